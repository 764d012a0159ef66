import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.demo.content.scenarios import SCENARIOS
from webinars.practicum.personal_data import Kind, find

SCENARIO = "Лариса Викторовна Снегова, сорок три года, работает кладовщицей."


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Звоните: +7 (913) 800-12-34", [Kind.PHONE]),
        ("мой номер 89138001234", [Kind.PHONE]),
        ("8 3822 51 22 33, спросить Ольгу", [Kind.PHONE]),
        ("913-800-12-34 вечером", [Kind.PHONE]),
        ("городской 51-22-33", [Kind.PHONE]),
        ("СНИЛС 112-233-445 95", [Kind.SNILS]),
        ("снилс 11223344595", [Kind.SNILS]),
        ("паспорт 6912 345678", [Kind.DOCUMENT]),
        ("карта 2200 1234 5678 9010", [Kind.DOCUMENT]),
        ("пишите на maria.p@tomsk.example", [Kind.EMAIL]),
        ("пишите на мария@почта.рф", [Kind.EMAIL]),
        ("Это про Петрову Марию Ивановну, она наша подопечная.", [Kind.NAME]),
        ("Вчера приходил Сидоров Иван, кричал", [Kind.NAME]),
        ("Приходила Мария Петрова", [Kind.NAME]),
        ("По делу Кузнецова А. В.", [Kind.NAME]),
        ("Гасанов Али Вагиф оглы просил о том же", [Kind.NAME]),
    ],
)
def test_data_of_real_people_are_noticed(text, kinds):
    assert find(text, invented=SCENARIO) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте, Лариса Викторовна, проходите.",
        "Здравствуйте Лариса Викторовна",
        "Меня зовут Анна Сергеевна, я специалист по социальной работе.",
        "Я Лариса Викторовна Снегова, мне пришёл отказ.",
        "Лариса, вы ждали 13 742 рубля, а пришло одно слово.",
        "Приходите 15.03.2026 в 10-30, кабинет 214.",
        "Номер заявления 4471, от 12 ноября.",
        "Это Томская область, Октябрьский район, я там живу.",
        "Понимаю Вас. Мне тоже было бы страшно.",
        "Нужны Единый портал и Социальный фонд России?",
        "У меня 2 ребёнка, 11 и 15 лет, и зарплата 28 500.",
        "За период с 2024-2025 годов доход 178 000 рублей",
        "",
    ],
)
def test_an_ordinary_line_goes_through(text):
    assert find(text, invented=SCENARIO) == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["slug"])
def test_the_phrases_and_people_of_our_scenarios_go_through(scenario):
    invented = str(scenario)
    for text in [*scenario["phrases_to_try"], scenario["situation"]]:
        assert find(text, invented=invented) == [], text


@settings(max_examples=150)
@given(st.text(alphabet="аБв Гд.+-(78905@\n—", max_size=120))
def test_any_text_is_read_without_trouble(text):
    assert len(find(text)) <= len(Kind)
