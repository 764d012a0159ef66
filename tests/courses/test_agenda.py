"""What is dated in a person's learning."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from courses.agenda import EventKind, agenda_of
from courses.deadlines import deadlines_of
from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.ledger import record_completion
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)
from tests.webinars.factories import make_meeting

pytestmark = pytest.mark.django_db


def around_now(user, days: int = 30):
    now = timezone.now()
    return agenda_of(user, now - timedelta(days=days), now + timedelta(days=days))


def with_deadline(due_after_days: int = 3):
    """An enrolment in a course of one dated lesson, its cohort begun yesterday."""
    lesson = make_lesson(make_module(make_course()), due_after_days=due_after_days)
    return active_enrollment(cohort=CohortFactory(course=lesson.course())), lesson


def test_the_sessions_of_ones_cohort_are_in_the_agenda_and_those_of_others_are_not():
    meeting, other = make_meeting(), make_meeting()
    found = {e.uid for e in around_now(meeting.learners[0]) if e.kind is EventKind.SESSION}
    assert found == {meeting.room.uuid}
    assert other.room.uuid not in found


def test_a_deadline_stands_in_the_agenda_until_the_activity_is_done():
    enrollment, lesson = with_deadline()
    (deadline,) = [e for e in around_now(enrollment.learner) if e.kind is EventKind.DEADLINE]
    moscow = deadline.starts_at.astimezone(ZoneInfo("Europe/Moscow"))
    begun = enrollment.cohort.starts_at.astimezone(ZoneInfo("Europe/Moscow"))
    assert moscow.date() == begun.date() + timedelta(days=3)
    assert (moscow.hour, moscow.minute) == (23, 59)
    assert deadline.title == lesson.title
    record_completion(enrollment=enrollment, activity=lesson)
    assert EventKind.DEADLINE not in {e.kind for e in around_now(enrollment.learner)}


def test_the_start_and_the_end_of_the_cohort_are_events_with_lasting_numbers():
    learner = active_enrollment().learner
    first, second = around_now(learner, 90), around_now(learner, 90)
    assert [e.kind for e in first] == [EventKind.COHORT_START, EventKind.COHORT_END]
    assert [e.uid for e in first] == [e.uid for e in second]


def test_after_a_withdrawal_nothing_is_in_the_agenda():
    enrollment, _lesson = with_deadline()
    move(enrollment=enrollment, to=EnrollmentState.WITHDRAWN, source="test")
    assert around_now(enrollment.learner, 90) == []


def test_the_agenda_takes_as_many_queries_for_three_courses_as_for_one(
    django_assert_max_num_queries,
):
    learner = UserFactory()
    for _number in range(3):
        meeting = make_meeting(learners=0)
        active_enrollment(cohort=meeting.session.cohort, learner=learner)
    around_now(learner)  # the site's addresses are remembered
    with django_assert_max_num_queries(4):
        assert len([e for e in around_now(learner) if e.kind is EventKind.SESSION]) == 3


def test_nobody_has_no_deadlines():
    assert deadlines_of([]) == {}
