from datetime import timedelta

import pytest
from django.utils import timezone

from courses.enrolling import CohortFull, EnrollmentClosed, Outcome, enroll, move
from courses.enrollment_states import EnrollmentState, IllegalTransition
from courses.ledger import NotStudying, record_completion
from courses.models import Completion
from courses.signals import course_completed
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)

pytestmark = pytest.mark.django_db


def test_enrolling_twice_leaves_one_enrolment():
    cohort, learner = CohortFactory(), UserFactory()
    first = enroll(learner=learner, cohort=cohort, source="test")
    second = enroll(learner=learner, cohort=cohort, source="test")
    assert (first.outcome, second.outcome) == (Outcome.CREATED, Outcome.UNCHANGED)
    assert first.enrollment == second.enrollment
    assert cohort.enrollments.count() == 1


def test_a_full_cohort_takes_nobody_more_and_writes_nothing():
    cohort = CohortFactory(capacity=1)
    enroll(learner=UserFactory(), cohort=cohort, source="test")
    with pytest.raises(CohortFull):
        enroll(learner=UserFactory(), cohort=cohort, source="test")
    assert cohort.enrollments.count() == 1


def test_a_cohort_whose_enrolment_has_closed_takes_nobody():
    cohort = CohortFactory(enrollment_closes_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(EnrollmentClosed):
        enroll(learner=UserFactory(), cohort=cohort, source="test")


def test_every_move_is_in_the_audit():
    enrollment = EnrollmentFactory()
    move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source="invitation")
    move(enrollment=enrollment, to=EnrollmentState.WITHDRAWN, source="api", reason="уволилась")
    listed = list(enrollment.transitions.values_list("from_state", "to_state", "reason"))
    assert listed == [("invited", "active", ""), ("active", "withdrawn", "уволилась")]


def test_a_completed_enrolment_stays_completed():
    enrollment = active_enrollment()
    move(enrollment=enrollment, to=EnrollmentState.COMPLETED, source="test")
    with pytest.raises(IllegalTransition):
        move(enrollment=enrollment, to=EnrollmentState.WITHDRAWN, source="api")


def test_the_last_required_activity_completes_the_course(django_capture_on_commit_callbacks):
    module = make_module(make_course())
    first, second = make_lesson(module, "Первый"), make_lesson(module, "Второй")
    make_lesson(module, "По желанию", is_required=False)
    enrollment = active_enrollment(cohort=CohortFactory(course=module.get_parent().specific))
    heard = []

    def listen(sender, enrollment_id, **kwargs):
        heard.append(enrollment_id)

    course_completed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            record_completion(enrollment=enrollment, activity=first)
        assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            record_completion(enrollment=enrollment, activity=second)
            record_completion(enrollment=enrollment, activity=second)
    finally:
        course_completed.disconnect(listen)
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.COMPLETED
    assert heard == [enrollment.pk]


def test_a_failed_activity_does_not_count_until_it_is_passed():
    module = make_module(make_course())
    lesson = make_lesson(module)
    enrollment = active_enrollment(cohort=CohortFactory(course=module.get_parent().specific))
    record_completion(
        enrollment=enrollment, activity=lesson, outcome=Completion.Outcome.FAILED, score=0.2
    )
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.ACTIVE
    record_completion(
        enrollment=enrollment, activity=lesson, outcome=Completion.Outcome.PASSED, score=0.9
    )
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.COMPLETED


def test_nothing_is_recorded_for_someone_who_has_not_begun():
    lesson = make_lesson(make_module(make_course()))
    enrollment = EnrollmentFactory(cohort=CohortFactory(course=lesson.course()))
    with pytest.raises(NotStudying):
        record_completion(enrollment=enrollment, activity=lesson)
    assert not enrollment.completions.exists()
