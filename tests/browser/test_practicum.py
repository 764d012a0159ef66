"""A practicum of three as people live it, Vera on a phone: every round, a loss, the trainer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import violations
from tests.browser.live import Meeting, make_hall
from tests.browser.people import Line, fill_in_sheet, held_back, press, sees, wait_until
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def hall(demo_stack: Stack) -> Meeting:
    return make_hall(demo_stack.environment)


@pytest.fixture
def people(hall, new_visitor, demo_stack) -> list[Page]:
    """The trainer, Anna and Boris at desks, Vera on a phone."""
    pages = []
    for who, width in enumerate((1280, 1280, 1280, 360)):
        page = new_visitor(width=width, height=900 if width > 400 else 740)
        hall.sign_in(page.context, who, demo_stack.url)
        pages.append(page)
    return pages


KEPT = "text => Object.values(sessionStorage).some((kept) => kept.includes(text))"


def looked_at(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def stands_at(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def say(page: Page, text: str) -> None:
    page.get_by_label("Ваша реплика").fill(text)
    press(page, "Сказать")


def hears(page: Page, text: str) -> None:
    expect(page.locator("[data-lines]").get_by_text(text)).to_be_visible()


def test_three_people_play_all_rounds_and_a_trainer_reviews(hall, people):
    trainer, *group = people
    find_each_other(hall, group)
    first_round(hall, trainer, *group)
    second_round(trainer, group)
    third_round(group)
    take_something_along(group)
    review(trainer, group[0])


def find_each_other(hall: Meeting, group: list[Page]) -> None:
    for page in group:
        page.goto(hall.page)
        page.get_by_role("checkbox").check()
        press(page, "Найти группу", exact=False)
    looked_at(group[2])
    for page in group[:2]:
        page.get_by_role("link", name="Перейти в практикум").click()
    for page, role in zip(group, ("специалист", "клиент", "наблюдатель"), strict=True):
        stands_at(page, "Раунд 1 из 3: подготовка")
        expect(page.get_by_text(f"Ваша роль — {role}")).to_be_visible()


def all_are_ready(group: list[Page]) -> None:
    for page in group:
        press(page, "Всё готово, начинаем")
    for page in group:
        stands_at(page, "разговор")


def first_round(hall: Meeting, trainer: Page, anna: Page, boris: Page, vera: Page) -> None:
    """Everything that a conversation can bring, and a trainer who is announced."""
    all_are_ready([anna, boris, vera])
    expect(boris.get_by_text("Сейчас ваше слово")).to_be_visible()
    say(boris, "Я третий раз сюда хожу!")
    hears(anna, "Я третий раз сюда хожу!")
    press(anna, "Беру паузу", exact=False)
    hears(boris, "берёт паузу")
    with sees(boris, "Анна Я. пишет…"), sees(vera, "Анна Я. пишет…"):
        anna.get_by_label("Ваша реплика").press_sequentially("Три")
    say(anna, "Три раза, и каждый раз заново. Это наша ошибка.")
    for page in (boris, vera):
        expect(page.get_by_text("пишет…")).to_have_count(0)
    hears(vera, "Это наша ошибка.")
    expect(vera.get_by_label("Ваша реплика")).to_have_count(0)
    with_marks(boris)
    without_personal_data(boris)
    in_two_windows(boris, anna)
    trainer.goto(hall.host)
    trainer.get_by_role("link", name=re.compile("Борис")).first.click()
    for page in (anna, boris, vera):
        expect(page.locator("[data-watching]")).to_contain_text("Ольга")
    looked_at(boris)
    looked_at(vera)
    press(vera, "Стоп: пауза для всех", exact=False)
    for page in (anna, boris, vera):
        stands_at(page, "пауза")
    for page in (anna, boris, vera):
        press(page, "Продолжить разговор")
    for page in (anna, boris):
        stands_at(page, "разговор")
        press(page, "Завершить разговор")
    the_three_sheets(anna, boris, vera)


def with_marks(client: Page) -> None:
    line = client.locator("[data-line]").filter(has_text="Это наша ошибка.")
    mark = line.get_by_role("button", name="Меня услышали")
    mark.click()
    expect(mark).to_have_attribute("aria-pressed", "true")


def without_personal_data(page: Page) -> None:
    say(page, "Звоните мне: 8 913 800-12-34")
    expect(page.get_by_text("номер телефона")).to_be_visible()
    field = page.get_by_label("Ваша реплика")
    expect(field).to_have_value("Звоните мне: 8 913 800-12-34")
    field.fill("")

    # The button says what was questioned, not what has been written since.
    named = "Меня зовут Иванов Пётр Сергеевич."
    say(page, named)
    expect(field).to_have_value(named)
    field.press_sequentially(" А вас")
    press(page, "Имя вымышленное, отправить", exact=False)
    expect(page.locator("[data-lines]").get_by_text(named, exact=True)).to_be_visible()
    expect(field).to_have_value("А вас")
    field.fill("")


def in_two_windows(page: Page, other: Page) -> None:
    """The later window only reads until it takes over."""
    later = page.context.new_page()
    later.goto(page.url)
    expect(later.get_by_text("Разговор открыт в другом окне")).to_be_visible()
    expect(later.get_by_label("Ваша реплика")).to_be_hidden()
    press(later, "Продолжить здесь")
    say(later, "Пишу из нового окна.")
    hears(other, "Пишу из нового окна.")
    expect(page.get_by_text("Разговор открыт в другом окне")).to_be_visible()
    press(page, "Продолжить здесь")
    expect(later.get_by_label("Ваша реплика")).to_be_hidden()
    later.close()


def the_three_sheets(anna: Page, boris: Page, vera: Page) -> None:
    for page in (anna, boris, vera):
        stands_at(page, "обратная связь")
    expect(anna.get_by_role("heading", name="Ваш собственный взгляд")).to_be_visible()
    press(vera, "Отправить обратную связь")
    expect(vera.get_by_role("heading", name="Кое-чего не хватает")).to_be_visible()
    looked_at(vera)
    fill_in_sheet(vera, "Признали ошибку, и стало тише.")
    boris.get_by_label("Что получилось").fill("Меня не поставили на место.")
    wait_until(boris, KEPT, "Меня не поставили")
    boris.reload()  # nothing of a half-filled sheet is lost
    expect(boris.get_by_label("Что получилось")).to_have_value("Меня не поставили на место.")
    fill_in_sheet(boris, "Меня не поставили на место.")
    fill_in_sheet(anna, "Выдержала паузу.")
    for page in (anna, boris, vera):
        stands_at(page, "читаем обратную связь")
    expect(anna.get_by_text("Признали ошибку, и стало тише.")).to_be_visible()
    anna.get_by_text("Разговор с отметками клиента").click()
    expect(anna.get_by_text("Клиент: меня услышали")).to_be_visible()
    looked_at(anna)
    looked_at(vera)
    for page in (anna, boris, vera):
        press(page, "Прочитано, идём дальше")


def second_round(trainer: Page, group: list[Page]) -> None:
    """Boris is the specialist; Vera, the client, loses the connection and comes back.

    The trainer goes on while she still writes: her sheet is taken all the same.
    """
    anna, boris, vera = group
    for page in group:
        stands_at(page, "Раунд 2 из 3: подготовка")
    all_are_ready(group)
    say(vera, "Вы издеваетесь?")
    hears(boris, "Вы издеваетесь?")
    address = vera.url
    vera.goto("about:blank")
    say(boris, "Слышу, как вы устали ходить.")
    hears(anna, "Слышу, как вы устали ходить.")
    line = Line(vera)
    vera.goto(address)
    stands_at(vera, "Раунд 2 из 3: разговор")
    hears(vera, "Слышу, как вы устали ходить.")
    over_a_bad_line(line, vera, boris)
    a_line_older_than_its_script(vera, boris)
    for page in (boris, vera):
        press(page, "Завершить разговор")
    for page in (anna, boris):
        stands_at(page, "обратная связь")
        fill_in_sheet(page, "Назвал усталость.")
    sheet = vera.get_by_label("Что получилось")
    anchors = vera.locator(".sheet fieldset:has(input[type=radio])").first.get_by_role("radio")
    a_sheet_older_than_its_script(vera, sheet, anchors)
    trainer.reload()
    press(trainer, "К следующему шагу")
    stands_at(vera, "читаем обратную связь")
    expect(vera.get_by_text("Ваш лист за раунд 2 ещё можно отправить")).to_be_visible()
    expect(sheet).to_have_value("Назвал мою\n\nусталость.")
    expect(anchors.nth(1)).to_be_checked()
    fill_in_sheet(vera, "Назвал мою усталость.")
    expect(vera.get_by_text("ещё можно отправить")).to_have_count(0)
    wait_until(vera, "() => !Object.keys(sessionStorage).some((key) => key.includes('sheet'))")
    for page in group:
        stands_at(page, "читаем обратную связь")
        press(page, "Прочитано, идём дальше")


def a_line_older_than_its_script(vera: Page, boris: Page) -> None:
    """She writes on before the page can know of it; nobody would hear her yet."""
    field = vera.get_by_label("Ваша реплика")
    with held_back(vera, "live/practicum"):
        vera.goto(vera.url, wait_until="commit")
        field.fill("сказала всего.")
        expect(vera.get_by_role("button", name="Сказать")).to_be_disabled()
    expect(field).to_have_value("Я ещё не\n\nсказала всего.")
    press(vera, "Сказать")
    hears(boris, "сказала всего.")


def a_sheet_older_than_its_script(vera: Page, sheet: Locator, anchors: Locator) -> None:
    """What is chosen now stands over what was kept; of two texts none is lost."""
    sheet.fill("Назвал мою")
    anchors.nth(2).check()
    wait_until(vera, KEPT, "Назвал мою")
    with held_back(vera, "live/practicum"):
        vera.goto(vera.url, wait_until="commit")
        sheet.fill("усталость.")
        anchors.nth(1).check()
    expect(sheet).to_have_value("Назвал мою\n\nусталость.")


def over_a_bad_line(line: Line, vera: Page, boris: Page) -> None:
    """What was on its way and what was half-written is there after a reload, and said once."""
    line.lose("Sent")
    say(vera, "Это не дошло.")
    expect(vera.get_by_label("Ваша реплика")).to_have_value("")
    line.lose("Sent", is_lost=False)
    vera.reload()
    hears(boris, "Это не дошло.")
    line.lose("Answers")
    say(vera, "Ответ не дошёл.")
    hears(boris, "Ответ не дошёл.")
    vera.get_by_label("Ваша реплика").press_sequentially("Я ещё не")
    line.lose("Answers", is_lost=False)
    vera.reload()
    hears(vera, "Ответ не дошёл.")
    expect(vera.get_by_label("Ваша реплика")).to_have_value("Я ещё не")
    for page in (vera, boris):
        for text in ("Это не дошло.", "Ответ не дошёл."):
            expect(page.locator("[data-lines]").get_by_text(text)).to_have_count(1)


def third_round(group: list[Page]) -> None:
    """It is hard for Anna, the client: the round is over at once, nobody has to explain or rate."""
    anna, _boris, vera = group
    for page in group:
        stands_at(page, "Раунд 3 из 3: подготовка")
    all_are_ready(group)
    say(anna, "Я никуда не уйду!")
    hears(vera, "Я никуда не уйду!")
    press(anna, "Мне тяжело: закончить раунд")
    for page in group:
        stands_at(page, "обратная связь")
        expect(page.get_by_text("Никто не обязан объяснять")).to_be_visible()
    looked_at(anna)
    for page in group:
        press(page, "Продолжить без обратной связи")
    for page in group:
        stands_at(page, "читаем обратную связь")
        press(page, "Прочитано, идём дальше")


def take_something_along(group: list[Page]) -> None:
    for page in group:
        stands_at(page, "Разбор")
        page.get_by_label("Как это было для вас?").fill("Непросто, но тепло.")
        page.get_by_label("Что вы заметили?").fill("Пауза помогает.")
        page.get_by_label("Что вы попробуете на этой неделе?").fill("Признавать ошибку.")
        press(page, "Завершить практикум")
    for page in group:
        stands_at(page, "Практикум завершён")
    expect(group[0].get_by_text("Его прочитает тренер")).to_be_visible()
    looked_at(group[2])


def review(trainer: Page, anna: Page) -> None:
    """A comment on a line, the trainer's own rating, and a decision for each."""
    trainer.goto("/practicum/review/")
    looked_at(trainer)
    trainer.get_by_role("link", name=re.compile("Практикум на троих")).first.click()
    expect(trainer.get_by_text("Завершён: словами «мне тяжело».")).to_be_visible()
    line = trainer.locator(".transcript__line").filter(has_text="Это наша ошибка.").first
    line.get_by_text("Комментировать реплику").click()
    line.get_by_label("Ваш комментарий").fill("Вот здесь и стало тише.")
    line.get_by_role("button", name="Отправить комментарий").click()
    expect(trainer.get_by_text("Вот здесь и стало тише.")).to_be_visible()
    looked_at(trainer)
    for name in ("Анна", "Борис", "Вера"):
        person = trainer.locator(".practicum__person").filter(
            has=trainer.get_by_role("heading", name=re.compile(name))
        )
        person.first.get_by_role("button", name="Принять").click()
        expect(trainer.get_by_text("Решение сохранено.")).to_be_visible()
    anna.reload()
    expect(anna.get_by_text("принято").first).to_be_visible()
    anna.get_by_text("Раунд 1", exact=True).click()
    expect(anna.get_by_text("Вот здесь и стало тише.")).to_be_visible()
