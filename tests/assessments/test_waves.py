"""When a wave is open, which form is answered, and what each wave keeps."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments.answering import NotOpen, answer, sheet_for, start_attempt
from assessments.drawing import drawn_form
from assessments.models import Administration
from tests.assessments.factories import answered, course_with_waves, full_instrument
from tests.factories import active_enrollment

pytestmark = pytest.mark.django_db


def test_the_draw_is_balanced_and_can_be_repeated():
    instrument = full_instrument()
    drawn = [drawn_form(instrument, "cohort", number) for number in range(40)]
    assert Counter(drawn) == {"A": 20, "B": 20}
    assert all(Counter(drawn[n : n + 4]) == {"A": 2, "B": 2} for n in range(0, 40, 4))
    assert drawn == [drawn_form(instrument, "cohort", number) for number in range(40)]
    assert drawn != [drawn_form(instrument, "another", number) for number in range(40)]


def test_the_form_changes_from_wave_to_wave():
    waves, enrollment = course_with_waves("pre", "post")
    before, after = (answered(enrollment, waves[wave]) for wave in ("pre", "post"))
    assert {before.form, after.form} == {"A", "B"}


def test_half_of_a_cohort_begins_with_either_form():
    waves, enrollment = course_with_waves("pre")
    people = [enrollment] + [active_enrollment(cohort=enrollment.cohort) for _ in range(7)]
    forms = [start_attempt(enrollment=e, assessment=waves["pre"]).form for e in people]
    assert Counter(forms) == {"A": 4, "B": 4}


def test_looking_back_opens_when_the_answers_after_are_locked(client_of):
    waves, enrollment = course_with_waves("pre", "post", "then")
    browser = client_of(enrollment.learner)
    answered(enrollment, waves["pre"], level=2)
    page = browser.get(waves["then"].url).text
    assert "Откроется, когда вы отправите анкету «после»" in page
    with pytest.raises(NotOpen):
        start_attempt(enrollment=enrollment, assessment=waves["then"])
    answered(enrollment, waves["post"], level=3)
    then = answered(enrollment, waves["then"], level=1)
    assert [item.code for item in sheet_for(then).items] == ["F1"]
    assert then.yardstick == 1.0
    assert not then.scores.exists()


def test_the_follow_up_opens_eight_weeks_after_and_closes_four_weeks_later(client_of):
    waves, enrollment = course_with_waves("pre", "post", "follow_up")
    answered(enrollment, waves["pre"])
    answered(enrollment, waves["post"])
    for weeks, is_open in [(7, False), (9, True), (13, False)]:
        with time_machine.travel(timezone.now() + timedelta(weeks=weeks)):
            page = client_of(enrollment.learner).get(waves["follow_up"].url).text
            assert ("Начать</button>" in page) == is_open


def test_a_waiting_cohort_answers_twice_before():
    waves, enrollment = course_with_waves("pre", "pre_again", "post")
    with pytest.raises(NotOpen):
        start_attempt(enrollment=enrollment, assessment=waves["pre_again"])
    forms = [answered(enrollment, waves[wave]).form for wave in ("pre", "pre_again", "post")]
    assert forms in (["A", "B", "A"], ["B", "A", "B"])


def closing(assessment, enrollment, **fields):
    return Administration.objects.create(assessment=assessment, cohort=enrollment.cohort, **fields)


def test_a_closed_wave_says_when_it_closed_and_keeps_the_draft(client_of):
    waves, enrollment = course_with_waves("pre")
    browser = client_of(enrollment.learner)
    attempt = start_attempt(enrollment=enrollment, assessment=waves["pre"])
    browser.post(f"/assessments/{attempt.uuid}/1/", {"answer": "3"})
    closing(waves["pre"], enrollment, closes_at=timezone.now() - timedelta(days=3))
    page = browser.post(f"/assessments/{attempt.uuid}/2/", {"answer": "3"}, follow=True)
    assert "Приём ответов закончился" in page.text
    autosave = browser.post(
        f"/assessments/{attempt.uuid}/2/", {"answer": "3"}, headers={"X-Autosave": "1"}
    )
    assert autosave.status_code == 409
    assert "Приём ответов закончился" in autosave.json()["message"]
    sending = browser.post(f"/assessments/{attempt.uuid}/check/", follow=True)
    assert "Приём ответов закончился" in sending.text
    assert attempt.responses.get().value == 3


def test_an_answer_given_in_time_counts_though_it_arrives_late():
    waves, enrollment = course_with_waves("pre")
    attempt = start_attempt(enrollment=enrollment, assessment=waves["pre"])
    closing(waves["pre"], enrollment, closes_at=timezone.now() - timedelta(hours=1))
    item = sheet_for(attempt).items[0]
    with pytest.raises(NotOpen):
        answer(attempt=attempt, item=item, given="3")
    answer(attempt=attempt, item=item, given="3", age=timedelta(hours=2))
    assert attempt.responses.get().value == 3


def test_a_wave_that_opens_later_is_not_begun(client_of):
    waves, enrollment = course_with_waves("pre")
    closing(waves["pre"], enrollment, opens_at=timezone.now() + timedelta(days=2))
    page = client_of(enrollment.learner).post(f"/assessments/{waves['pre'].pk}/start/", follow=True)
    assert "Откроется" in page.text
    assert not enrollment.attempts.exists()


def test_a_questionnaire_without_questions_says_so(client_of):
    waves, enrollment = course_with_waves("pre", "post", "then")
    waves["pre"].instrument.items.filter(is_asked_looking_back=True).update(
        is_asked_looking_back=False
    )
    for wave in ("pre", "post"):
        answered(enrollment, waves[wave])
    browser = client_of(enrollment.learner)
    assert "пока нет вопросов" in browser.get(waves["then"].url).text
    sent = browser.post(f"/assessments/{waves['then'].pk}/start/", follow=True)
    assert "пока нет вопросов" in sent.text


def test_what_was_sent_counts_as_sent_though_its_answers_are_erased(client_of):
    waves, enrollment = course_with_waves("pre", "post", "then", "follow_up")
    for wave in ("pre", "post"):
        answered(enrollment, waves[wave])
    browser = client_of(enrollment.learner)
    browser.post(f"/assessments/gain/{enrollment.uuid}/erase/")
    assert "Начать</button>" in browser.get(waves["then"].url).text
    answered(enrollment, waves["then"])
    with time_machine.travel(timezone.now() + timedelta(weeks=9)):
        page = client_of(enrollment.learner).get(waves["follow_up"].url).text
        assert "Начать</button>" in page


def test_the_time_before_is_not_asked_about_after_the_answers_after(client_of):
    waves, enrollment = course_with_waves("pre", "post")
    browser = client_of(enrollment.learner)
    draft = start_attempt(enrollment=enrollment, assessment=waves["pre"])
    answered(enrollment, waves["post"])
    page = browser.get(waves["pre"].url).text
    assert "Анкету «после» вы уже отправили" in page
    autosave = browser.post(
        f"/assessments/{draft.uuid}/1/", {"answer": "3"}, headers={"X-Autosave": "1"}
    )
    assert autosave.status_code == 409
    sending = browser.post(f"/assessments/{draft.uuid}/check/", follow=True)
    assert "Анкету «после» вы уже отправили" in sending.text
    draft.refresh_from_db()
    assert draft.submitted_at is None
