import threading

import pytest
from django.db import connection
from django.test import TransactionTestCase

from assessments.answering import submit
from assessments.bulk import record_attempts
from assessments.loading import BrokenInstrument, load_instrument
from assessments.models import Assessment, Attempt, Instrument, Response, ScaleScore
from assessments.own_result import own_result
from assessments.reference import references
from courses.models import Enrollment
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    add_page,
    make_course,
    make_module,
)

OPTIONS = [(0, "Никогда"), (1, "Редко"), (2, "Иногда"), (3, "Часто"), (4, "Почти всегда")]
SCALES = [
    {
        "code": "feelings",
        "title": "Слышу чувства",
        "description": "d",
        "next_practice": "Спросите.",
    },
    {"code": "papers", "title": "Документы", "description": "d", "role": "control"},
]
ITEMS = [
    {"code": "F1", "scale": "feelings", "text": "Я дослушиваю.", "reversed": False},
    {"code": "F2", "scale": "feelings", "text": "Я перебиваю.", "reversed": True},
    {"code": "D1", "scale": "papers", "text": "Я нахожу бланк сразу.", "reversed": False},
]
FACTS = {
    "code": "T-1",
    "title": "Анкета",
    "purpose": "Зачем",
    "who_sees": "Только вы",
    "minutes": 2,
    "instruction": "За 4 недели",
}


def make_instrument() -> Instrument:
    return load_instrument(FACTS, scales=SCALES, items=ITEMS, options=OPTIONS)


def make_waves() -> tuple[Assessment, Assessment, Enrollment]:
    """A course that is nothing but the questionnaire before and after."""
    instrument, module = make_instrument(), make_module(make_course())
    before, after = (
        add_page(module, Assessment(title=title, instrument=instrument, wave=wave))
        for title, wave in [("До", "pre"), ("После", "post")]
    )
    cohort = CohortFactory(course=module.get_parent().specific)
    return before, after, active_enrollment(cohort=cohort)


def begin(browser, assessment, **data) -> Attempt:
    browser.post(f"/assessments/{assessment.pk}/start/", data)
    return Attempt.objects.get(assessment=assessment)


def fill_in(browser, assessment, answers, **data) -> Attempt:
    attempt = begin(browser, assessment, **data)
    for number, given in enumerate(answers, 1):
        browser.post(f"/assessments/{attempt.uuid}/{number}/", {"answer": given})
    browser.post(f"/assessments/{attempt.uuid}/check/")
    attempt.refresh_from_db()
    return attempt


@pytest.mark.django_db
def test_both_waves_without_javascript_and_what_has_changed(client_of):
    before, after, enrollment = make_waves()
    browser = client_of(enrollment.learner)
    first = fill_in(browser, before, ["1", "3", "2"])
    assert first.values == [1, 3, 2]
    assert {s.scale.code: s.mean for s in first.scores.all()} == {"feelings": 1.0, "papers": 2.0}
    thanks = browser.get(f"/assessments/{first.uuid}/sent/").text
    assert f'href="{after.url}">К следующему шагу: «После»' in thanks
    fill_in(browser, after, ["3", "1", "2"])
    page = browser.get(f"/assessments/gain/{enrollment.uuid}/").text
    assert "По шкале «Слышу чувства» было 1,0, стало 3,0 из 4" in page
    assert "<svg" in page
    assert "Спросите." in page
    assert enrollment.completions.count() == 2


@pytest.mark.django_db
def test_one_goes_on_where_one_stopped(client_of):
    before, _after, enrollment = make_waves()
    browser = client_of(enrollment.learner)
    attempt = begin(browser, before)
    browser.post(f"/assessments/{attempt.uuid}/1/", {"answer": "4"})
    elsewhere = client_of(enrollment.learner)
    answer = elsewhere.post(f"/assessments/{before.pk}/start/")
    assert answer.headers["Location"] == f"/assessments/{attempt.uuid}/2/"
    assert "checked" in elsewhere.get(f"/assessments/{attempt.uuid}/1/").text


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["5", "-1", "", "два", "2.0"])
def test_an_answer_outside_the_scale_is_refused_in_words(client_of, given):
    before, _after, enrollment = make_waves()
    browser = client_of(enrollment.learner)
    attempt = begin(browser, before)
    page = browser.post(f"/assessments/{attempt.uuid}/1/", {"answer": given})
    assert page.status_code == 422
    assert "Выберите один из ответов" in page.text
    assert 'role="alert" tabindex="-1" autofocus' in page.text, "it is read out at once"
    assert not Response.objects.exists()


@pytest.mark.django_db
def test_half_a_questionnaire_is_not_sent(client_of):
    before, _after, enrollment = make_waves()
    browser = client_of(enrollment.learner)
    attempt = begin(browser, before)
    browser.post(f"/assessments/{attempt.uuid}/2/", {"answer": "1"})
    page = browser.post(f"/assessments/{attempt.uuid}/check/")
    assert page.status_code == 422
    assert "Вопрос 1" in page.text
    assert 'role="alert" tabindex="-1" autofocus' in page.text, "it is read out at once"
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    assert not enrollment.completions.exists()


@pytest.mark.django_db
def test_hard_to_say_is_kept_as_missing_with_its_reason(client_of):
    before, _after, enrollment = make_waves()
    attempt = fill_in(client_of(enrollment.learner), before, ["cannot_say", "1", "2"])
    assert attempt.values == [None, 1, 2]
    feelings = attempt.scores.get(scale__code="feelings")
    assert (feelings.mean, feelings.answered, feelings.of_items) == (None, 1, 2)
    assert attempt.responses.get(item__code="F1").missing == "cannot_say"


@pytest.mark.django_db
def test_sent_answers_are_locked(client_of):
    before, _after, enrollment = make_waves()
    browser = client_of(enrollment.learner)
    attempt = fill_in(browser, before, ["1", "1", "1"])
    browser.post(f"/assessments/{attempt.uuid}/1/", {"answer": "4"})
    late = browser.post(
        f"/assessments/{attempt.uuid}/1/", {"answer": "4"}, headers={"X-Autosave": "1"}
    )
    assert late.status_code == 409
    assert attempt.responses.get(item__code="F1").value == 1


@pytest.mark.django_db
def test_an_answer_is_saved_before_one_moves_on(client_of):
    before, _after, enrollment = make_waves()
    browser = client_of(enrollment.learner)
    attempt = begin(browser, before)
    answer = browser.post(
        f"/assessments/{attempt.uuid}/1/", {"answer": "3"}, headers={"X-Autosave": "1"}
    )
    assert "Сохранено в" in answer.json()["saved"]
    assert attempt.responses.get().value == 3


@pytest.mark.django_db
def test_nobody_else_sees_answers_or_the_result(client_of):
    before, _after, enrollment = make_waves()
    attempt = fill_in(client_of(enrollment.learner), before, ["1", "1", "1"])
    administrator = UserFactory(is_superuser=True, is_staff=True)
    for stranger in (UserFactory(), administrator):
        browser = client_of(stranger)
        for url in (
            f"/assessments/{attempt.uuid}/1/",
            f"/assessments/{attempt.uuid}/check/",
            f"/assessments/{attempt.uuid}/sent/",
            f"/assessments/gain/{enrollment.uuid}/",
        ):
            assert browser.get(url).status_code == 404


@pytest.mark.django_db
def test_the_wording_freezes_at_the_first_answer(client_of):
    before, _after, enrollment = make_waves()
    attempt = begin(client_of(enrollment.learner), before)
    before.instrument.full_clean()
    client_of(enrollment.learner).post(f"/assessments/{attempt.uuid}/1/", {"answer": "1"})
    before.instrument.refresh_from_db()
    with pytest.raises(Exception, match="новую версию"):
        before.instrument.full_clean()


@pytest.mark.django_db
def test_an_answer_needs_the_same_number_of_queries_early_and_late(
    client_of, django_assert_max_num_queries
):
    before, _after, enrollment = make_waves()
    browser = client_of(enrollment.learner)
    attempt = begin(browser, before)
    counts = []
    for number in (1, 2):
        with django_assert_max_num_queries(40) as queries:
            browser.post(f"/assessments/{attempt.uuid}/{number}/", {"answer": "1"})
        counts.append(len(queries))
    assert counts[1] <= counts[0]


@pytest.mark.django_db
def test_a_broken_instrument_is_refused_whole():
    with pytest.raises(BrokenInstrument, match="papers"):
        load_instrument(FACTS, scales=SCALES, items=ITEMS[:2], options=OPTIONS)
    assert not Instrument.objects.exists()


def cohort_with_answers(people: int, *, is_synthetic: bool):
    """A cohort in which everyone's feelings rise by one or two points."""
    before, after, enrollment = make_waves()
    cohort = enrollment.cohort
    enrollments = [
        active_enrollment(cohort=cohort, learner=UserFactory(is_synthetic=is_synthetic))
        for _ in range(people)
    ]
    now = enrollment.created_at
    record_attempts(before, [(e, [1, 3, 2], now) for e in enrollments])
    record_attempts(after, [(e, [2 + n % 2, 2, 2], now) for n, e in enumerate(enrollments)])
    return Enrollment.objects.filter(cohort=cohort)


@pytest.mark.django_db
def test_nothing_is_said_about_one_persons_error_before_the_instrument_is_known():
    enrollments = cohort_with_answers(12, is_synthetic=False)
    assert references(Instrument.objects.get()) == {}
    result = own_result(enrollments.filter(attempts__isnull=False).first())
    assert all(change.error is None for change in result.changes)


class RacingSubmissions(TransactionTestCase):
    def test_a_double_click_sends_once(self):
        before, _after, enrollment = make_waves()
        attempt = Attempt.objects.create(
            enrollment=enrollment, assessment=before, instrument=before.instrument, wave="pre"
        )
        for item in before.instrument.items.all():
            Response.objects.create(attempt=attempt, item=item, value=1)
        errors = []

        def send():
            try:
                submit(attempt)
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert ScaleScore.objects.filter(attempt=attempt).count() == 2
        assert enrollment.completions.count() == 1
