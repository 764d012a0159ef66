"""Every kind of question, as a person answers it without a script, and what bad input gets."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.answering import (
    NewerAnswerKept,
    OutsideTheScale,
    answer,
    sheet_for,
    start_attempt,
    submit,
)
from assessments.models import Attempt, Instrument
from tests.assessments.factories import answered, chosen, course_with_waves, full_instrument
from tests.assessments.test_answering import make_instrument

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun():
    waves, enrollment = course_with_waves("pre")
    return start_attempt(enrollment=enrollment, assessment=waves["pre"])


def place(attempt: Attempt, code: str) -> int:
    return [item.code for item in sheet_for(attempt).items].index(code) + 1


def item_of(attempt: Attempt, code: str):
    return sheet_for(attempt).items[place(attempt, code) - 1]


def test_every_kind_of_question_is_answered_and_scored(client_of, begun):
    browser = client_of(begun.enrollment.learner)
    sheet = sheet_for(begun)
    for number, (item, keyed) in enumerate(zip(sheet.items, sheet.keyed, strict=True), 1):
        page = browser.get(f"/assessments/{begun.uuid}/{number}/").text
        assert item.text in page
        given = chosen(item.kind, keyed.parts, 3)
        data = (
            {"answer": given[0]}
            if keyed.parts <= 1
            else {f"answer-{part}": value for part, value in enumerate(given)}
        )
        browser.post(f"/assessments/{begun.uuid}/{number}/", data)
    check = browser.get(f"/assessments/{begun.uuid}/check/").text
    assert "Слушать молча." in check
    assert "Лучший: «Похоже, вы очень расстроены.»" in check
    assert "Ответа пока нет" not in check
    browser.post(f"/assessments/{begun.uuid}/check/")
    begun.refresh_from_db()
    means = {score.scale.code: score.mean for score in begun.scores.all()}
    assert means == {"feelings": 2.0, "hiding": 3.0, "papers": 3.0, "tired": 3.0, "sjt": 2.0}
    assert (begun.self_report, begun.judgement, begun.yardstick) == (2.0, 2.0, 3.0)
    assert (begun.failed_instructed, begun.critical_errors) == (0, 0)
    assert len(begun.vector) == sheet.width


def test_no_such_conversations_is_kept_as_missing_with_its_reason(begun):
    answer(attempt=begun, item=item_of(begun, "F2"), given="not_applicable")
    assert begun.responses.get().missing == "not_applicable"
    with pytest.raises(OutsideTheScale):
        answer(attempt=begun, item=item_of(begun, "F1"), given="not_applicable")


def test_a_critical_error_and_a_failed_check_of_attention_are_marked(begun):
    sheet = sheet_for(begun)
    for item, keyed in zip(sheet.items, sheet.keyed, strict=True):
        given = chosen(item.kind, keyed.parts, 2)
        if item.kind == "rate_each":
            given = ["5", "1", "5"]
        if item.kind == "instructed":
            given = ["4"]
        answer(attempt=begun, item=item, given=given)
    sent = submit(begun)
    assert (sent.critical_errors, sent.failed_instructed) == (1, 1)
    assert sent.scores.get(scale__code="sjt").mean == pytest.approx(4 / 3)


@pytest.mark.parametrize(
    ("code", "data", "words"),
    [
        ("VW", {"answer-0": "1", "answer-1": "1"}, "Ответьте на каждую часть"),
        ("VW", {"answer-0": "1"}, "Ответьте на каждую часть"),
        ("VW", {"answer-0": "7", "answer-1": "1"}, "Ответьте на каждую часть"),
        ("E1", {"answer": "2"}, "Выберите один из ответов"),
        ("C1", {"answer": "cannot_say"}, "Выберите один из ответов"),
        ("F1", {"answer-0": "1"}, "Выберите один из ответов"),
        ("F1", {"reason": "because"}, "Выберите один из ответов"),
    ],
)
def test_an_answer_that_does_not_fit_its_question_is_refused_in_words(
    client_of, begun, code, data, words
):
    browser = client_of(begun.enrollment.learner)
    page = browser.post(f"/assessments/{begun.uuid}/{place(begun, code)}/", data)
    assert page.status_code == 422
    assert words in page.text
    assert not begun.responses.exists()


def test_a_gap_in_one_part_keeps_the_others_on_the_page(client_of, begun):
    browser = client_of(begun.enrollment.learner)
    code = "VA" if begun.form == "A" else "VB"
    sent = {"answer-0": "5", "answer-1": "", "answer-2": "2"}
    page = browser.post(f"/assessments/{begun.uuid}/{place(begun, code)}/", sent)
    assert page.status_code == 422
    chosen = re.findall(r'name="(answer-\d)"[^>]*value="(\d)" checked', page.text)
    assert chosen == [("answer-0", "5"), ("answer-2", "2")]
    assert '<a href="#answer-1">Ответьте на каждую часть' in page.text
    (fieldset,) = re.findall(r"<fieldset[^>]*aria-invalid[^>]*>", page.text)
    assert 'aria-describedby="answer-error"' in fieldset
    assert page.text.count('id="answer-1"') == page.text.count('id="answer-error"') == 1


def test_words_that_are_too_long_stay_on_the_page(client_of, begun):
    browser = client_of(begun.enrollment.learner)
    address = f"/assessments/{begun.uuid}/{place(begun, 'R1')}/"
    page = browser.post(address, {"answer": "Строка" * 700})
    assert page.status_code == 422
    assert "до 4000 знаков" in page.text.replace("\xa0", "")
    assert "4200" in page.text.replace("\xa0", "")
    assert "Строка" * 700 in page.text
    assert 'aria-describedby="answer-error answer-hint" aria-invalid="true"' in page.text


def test_line_ends_count_once_as_in_the_browser(client_of, begun):
    browser = client_of(begun.enrollment.learner)
    address = f"/assessments/{begun.uuid}/{place(begun, 'R1')}/"
    browser.post(address, {"answer": "а\r\n" * 1999 + "я"})
    assert begun.responses.get().text == "а\n" * 1999 + "я"


def test_signs_that_no_database_keeps_are_left_out(client_of, begun):
    browser = client_of(begun.enrollment.learner)
    address = f"/assessments/{begun.uuid}/{place(begun, 'R1')}/"
    sent = {"answer": "Слу\x07шать\x1b молча", "key": "k\x0b 1"}
    assert browser.post(address, sent, headers={"X-Autosave": "1"}).status_code == 200
    kept = begun.responses.get()
    assert (kept.text, kept.key) == ("Слушать молча", "k 1")
    answer(attempt=begun, item=item_of(begun, "R1"), given="Слу\0шать", key="k\0 2")
    assert begun.responses.get().text == "Слушать"


@pytest.mark.parametrize("seconds", ["soon", "-1", "1e99", "nan", ""])
def test_a_strange_time_is_no_time(client_of, begun, seconds):
    browser = client_of(begun.enrollment.learner)
    browser.post(
        f"/assessments/{begun.uuid}/1/", {"answer": "2", "seconds": seconds, "age": seconds}
    )
    begun.refresh_from_db()
    assert begun.item_seconds == {}
    assert begun.responses.count() == 1


def test_one_sending_counts_once_however_often_it_arrives(begun):
    item = item_of(begun, "F1")
    for _ in range(3):
        answer(attempt=begun, item=item, given="2", seconds=4, key="k1")
    begun.refresh_from_db()
    assert begun.item_seconds == {"F1": 4}
    answer(attempt=begun, item=item, given="3", seconds=2, key="k2")
    begun.refresh_from_db()
    assert begun.item_seconds == {"F1": 6}


def test_an_older_answer_that_arrives_late_does_not_replace_a_newer_one(client_of, begun):
    item = item_of(begun, "F1")
    answer(attempt=begun, item=item, given="3")
    with pytest.raises(NewerAnswerKept):
        answer(attempt=begun, item=item, given="1", age=timedelta(minutes=5))
    reply = client_of(begun.enrollment.learner).post(
        f"/assessments/{begun.uuid}/1/",
        {"answer": "1", "age": "300", "key": "late"},
        headers={"X-Autosave": "1"},
    )
    assert "Оставлен более поздний ответ" in reply.json()["saved"]
    assert begun.responses.get().value == 3


def test_of_one_device_the_last_answer_stands_however_long_the_first_was_on_its_way(
    client_of, begun
):
    """The first seems to be given when it arrives, which is after the second was given."""
    page, client = f"/assessments/{begun.uuid}/1/", client_of(begun.enrollment.learner)

    def send(**fields: str) -> str:
        return client.post(page, fields, headers={"X-Autosave": "1"}).json()["saved"]

    send(answer="3", age="0.4", key="first")
    arrived_at = begun.responses.get().answered_at
    assert "Сохранено" in send(answer="1", age="2.5", key="second", after="zeroth first")
    kept = begun.responses.get()
    assert (kept.value, kept.answered_at) == (1, arrived_at)
    assert "Сохранено" in send(answer="2", age="2", key="third", after="first second")
    assert begun.responses.get().value == 2
    assert "Оставлен" in send(answer="3", age="2", key="of another device")
    assert begun.responses.get().value == 2


def test_a_situation_is_saved_reply_by_reply_but_not_sent_by_halves(client_of, begun):
    browser = client_of(begun.enrollment.learner)
    number = place(begun, "VA" if begun.form == "A" else "VB")
    url = f"/assessments/{begun.uuid}/{number}/"
    reply = browser.post(url, {"answer-1": "1"}, headers={"X-Autosave": "1"})
    assert reply.status_code == 200
    assert begun.responses.get().part == 1
    assert f"Вопрос {number}" in browser.post(f"/assessments/{begun.uuid}/check/").text


def test_all_questions_come_at_once_for_a_weak_connection(client_of, begun):
    browser = client_of(begun.enrollment.learner)
    browser.post(f"/assessments/{begun.uuid}/1/", {"answer": "3"})
    page = browser.get(f"/assessments/{begun.uuid}/pages/").text
    assert page.count("<template") == sheet_for(begun).pages
    assert 'value="3" checked' in page


def test_sending_takes_as_many_queries_for_a_short_sheet_as_for_a_long_one(
    django_assert_max_num_queries,
):
    counts = []
    for instrument in (full_instrument(), make_instrument()):
        waves, enrollment = course_with_waves("pre", "post", instrument=instrument)
        answered(enrollment, waves["pre"])  # whatever is remembered is remembered now
        attempt = answered(enrollment, waves["post"])
        Attempt.objects.filter(pk=attempt.pk).update(submitted_at=None, vector=None)
        attempt.scores.all().delete()
        with django_assert_max_num_queries(25) as queries:
            submit(attempt)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_instrument_freezes_at_the_first_answer_and_once():
    waves, enrollment = course_with_waves("pre")
    answered(enrollment, waves["pre"])
    instrument = Instrument.objects.get()
    assert timezone.now() - instrument.frozen_at < timedelta(minutes=5)
