"""The rubric: who fills it in, what is refused, what is read of it."""

from __future__ import annotations

import pytest

from tests.webinars.practicum.factories import SHEET, make_group
from webinars.models import PracticumFeedback, PracticumReview, RubricRating
from webinars.practicum import agreement

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(client_of):
    """Three people after a conversation; ``lines`` are the specialist's."""
    group = make_group(3, client_of=client_of)
    group.everyone()
    group.talk("Мне отказали!", "Слышу обиду.", "Ещё бы.", "Давайте посмотрим вместе.")
    group.everyone()
    return group


def test_client_observer_and_specialist_fill_in_the_rubric(three):
    first, second = three.specialist_lines()
    for number in range(3):
        three.act(number, "feedback", **SHEET, lines=[first], **{"lines-hears": [second, first]})
    given = PracticumFeedback.objects.order_by("rater__number")
    assert [one.by for one in given] == ["specialist", "client", "observer"]
    assert {one.ratee.number for one in given} == {0}
    assert given[1].lines == [first]
    assert RubricRating.objects.get(feedback=given[1], criterion="hears").lines == [first, second]
    page = three.page(0)
    assert page.count("Слышу обиду.") > 3
    assert "Вы назвали обиду." in page
    assert "hears2" in page
    assert "Процитировано в обратной связи" in page


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"worked": " "}, "Что получилось"),
        ({"hears": ""}, "hears"),
        ({"calms": "9"}, "calms"),
        ({"lines": []}, "Слова, которые помогли"),
    ],
)
def test_a_sheet_with_gaps_comes_back_with_what_was_written(three, changed, missing):
    sent = {**SHEET, "lines": three.specialist_lines()[:1], "try_next": "Дольше молчать"} | changed
    page = three.act(1, "feedback", **sent)
    assert page.status_code == 422
    assert "Кое-чего не хватает" in page.text
    assert missing in page.text.split("error-summary")[1].split("</ul>")[0]
    assert "Дольше молчать" in page.text
    assert not PracticumFeedback.objects.exists()


def test_a_line_that_is_not_the_specialists_is_no_evidence(three):
    page = three.sheet(1, lines=[three.specialist_lines()[0] - 1])
    assert page.status_code == 422


def test_data_of_real_people_do_not_get_into_feedback(three):
    page = three.sheet(1, worked="Звоните мне 8 913 800-12-34")
    assert page.status_code == 422
    assert "Без номеров и адресов настоящих людей" in page.text
    assert not PracticumFeedback.objects.exists()


def test_nobody_observes_themselves(three):
    page = three.sheet(0, by="observer")
    assert page.status_code == 422
    assert "наблюдать за самим собой нельзя" in page.text
    assert "Вы назвали обиду." in page.text, "nothing of it is lost"
    assert not PracticumFeedback.objects.exists()
    three.sheet(0, by="specialist")
    assert PracticumFeedback.objects.get().by == "specialist"


def test_feedback_is_given_once_and_belongs_to_its_phase(three):
    three.sheet(1)
    three.sheet(1, worked="Ещё раз")
    assert PracticumFeedback.objects.get().worked == "Вы назвали обиду."
    for number in (0, 2):
        three.sheet(number)
    assert three.now().phase == "swap"
    three.sheet(0)
    assert PracticumFeedback.objects.count() == 3


def test_feedback_is_read_by_all_and_noted_as_read(three):
    for number in range(3):
        three.sheet(number)
    three.act(0, "agree")
    assert three.session.rounds.get().readers == [0]
    assert "Что увидели в вас" in three.page(0)
    three.everyone()
    assert three.session.rounds.get(number=0).readers == [0, 1, 2]


def test_a_debrief_with_gaps_comes_back(client_of):
    group = make_group(2, client_of=client_of)
    group.play_to_debrief()
    page = group.act(0, "debrief", felt="Трудно", learned="", will_try="Пауза")
    assert page.status_code == 422
    assert "Трудно" in page.text
    assert not group.enrollments[0].completions.exists()


def test_the_ledger_gets_the_scores_that_others_gave(client_of):
    group = make_group(2, client_of=client_of)
    group.play_to_end()
    completion = group.enrollments[0].completions.get()
    assert completion.score == 2.5
    assert completion.evidence == {
        "session": str(group.session.uuid),
        "score": 2.5,
        "criteria": {"hears": 2, "calms": 3},
        "self": 2.5,
        "ratings": 2,
    }


def test_what_was_played_counts_over_two_groups(client_of):
    """One has been the specialist here, the client there: nothing has to be played again."""
    group = make_group(2, client_of=client_of)
    group.play_round()
    group.act(1, "leave")
    page = group.browsers[1].get(group.practicum.url).text
    assert "Вы побывали клиентом." in page
    assert "Осталось: один раз побыть специалистом." in page


def test_where_a_review_is_required_it_counts_with_the_trainers_word(client_of):
    group = make_group(2, client_of=client_of, requires_review=True)
    group.play_to_end()
    assert not group.enrollments[0].completions.exists()
    assert "Его прочитает тренер" in group.page(0)
    group.lead("decide/0", outcome="another", text="Попробуйте сначала помолчать.")
    assert not group.enrollments[0].completions.exists()
    assert "Попробуйте сначала помолчать." in group.browsers[0].get(group.practicum.url).text
    group.lead("decide/0", outcome="accepted")
    group.lead("decide/1", outcome="accepted", text="Спасибо.")
    assert [e.completions.count() for e in group.enrollments] == [1, 1]
    assert PracticumReview.objects.count() == 2


def test_agreement_is_counted_in_pairs_of_the_same_thing():
    ratings = [
        ((1, 0, "hears"), "client", 2),
        ((1, 0, "hears"), "observer", 3),
        ((1, 0, "hears"), "specialist", 2),
        ((1, 1, "hears"), "client", 1),
        ((1, 1, "hears"), "observer", 1),
        ((1, 1, "hears"), "observer", 0),
    ]
    found = agreement.tables(ratings)
    assert found["client", "observer"][2][3] == 1
    assert found["client", "observer"][1][1] == found["client", "observer"][1][0] == 1
    assert found["client", "specialist"][2][2] == 1
    assert found["observer", "observer"][0][1] == found["observer", "observer"][1][0] == 1
    assert sum(map(sum, found["observer", "specialist"])) == 1
