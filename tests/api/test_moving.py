"""Transfers between cohorts, and a course once more, by the API."""

import pytest

from courses.enrollment_states import EnrollmentState
from courses.models import Completion, Enrollment, EnrollmentRequest, EnrollmentTransition
from courses.requesting import ask_for_place
from lms.api.events.models import Event
from lms.mail.models import Letter
from tests.factories import CohortFactory, UserFactory, active_enrollment, make_lesson, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def spring(tomsk):
    return CohortFactory(title="Весна", regions=[tomsk])


@pytest.fixture
def autumn(spring, tomsk):
    return CohortFactory(course=spring.course, title="Осень", regions=[tomsk])


@pytest.fixture
def learner(tomsk):
    return UserFactory(region=tomsk, email="learner@example.org")


def move(caller, enrollment, cohort, **headers):
    path = f"/enrolments/{enrollment.uuid}/transfer"
    return caller.send("POST", path, {"cohort": str(cohort.uuid)}, **headers)


def test_a_learner_moves_with_all_that_was_done(caller, spring, autumn, learner):
    lesson = make_lesson(make_module(spring.course), "Первый")
    enrollment = active_enrollment(cohort=spring, learner=learner)
    Completion.objects.create(enrollment=enrollment, activity=lesson, outcome="completed")
    moved, again = move(caller, enrollment, autumn), move(caller, enrollment, autumn)
    assert (moved.status_code, moved.data["outcome"]) == (200, "updated")
    assert again.data["outcome"] == "unchanged"
    assert moved.data["enrolment"]["id"] == str(enrollment.uuid)
    assert moved.data["enrolment"]["cohort"]["title"] == "Осень"
    assert moved.data["enrolment"]["state"] == "active"
    assert Enrollment.objects.get().completions.count() == 1
    entry = EnrollmentTransition.objects.get(from_cohort=spring)
    assert (entry.from_state, entry.to_state) == ("active", "active")
    assert entry.source == caller.client.source
    event = Event.objects.get(type="enrolment.transferred")
    assert event.data["from_cohort"] == str(spring.uuid)
    assert event.data["cohort"] == str(autumn.uuid)
    assert Letter.objects.filter(template="transferred").count() == 1


def test_the_place_that_becomes_free_goes_to_the_waiting_list(caller, spring, autumn, learner):
    spring.capacity = 1
    spring.save()
    enrollment = active_enrollment(cohort=spring, learner=learner)
    waiting = UserFactory(region=learner.region)
    ask_for_place(person=waiting, cohort=spring)
    move(caller, enrollment, autumn)
    assert waiting.enrollments.get().cohort == spring
    assert EnrollmentRequest.objects.get().state == "accepted"


def test_what_cannot_be_is_said_and_changes_nothing(caller, omsk, spring, autumn, learner):
    enrollment = active_enrollment(cohort=spring, learner=learner)
    full = CohortFactory(course=spring.course, regions=[learner.region], capacity=0)
    codes = {
        CohortFactory(regions=[learner.region]): "another-course",
        CohortFactory(course=spring.course, regions=[omsk]): "cohort-not-found",
        full: "cohort-full",
    }
    for cohort, code in codes.items():
        assert move(caller, enrollment, cohort).data["code"] == code
    active_enrollment(cohort=autumn, learner=learner)
    assert move(caller, enrollment, autumn).data["code"] == "studies-there"
    caller.send("POST", f"/enrolments/{enrollment.uuid}/transitions", {"to": "withdrawn"})
    assert move(caller, enrollment, autumn).data["code"] == "transition-not-possible"
    enrollment.refresh_from_db()
    assert enrollment.cohort == spring
    assert not EnrollmentTransition.objects.exclude(from_cohort=None).exists()


def test_a_stale_tag_moves_nobody(caller, spring, autumn, learner):
    enrollment = active_enrollment(cohort=spring, learner=learner)
    answer = move(caller, enrollment, autumn, **{"If-Match": '"old"'})
    assert answer.data["code"] == "precondition-failed"


@pytest.fixture
def completed(spring, learner):
    from django.utils import timezone

    return Enrollment.objects.create(
        cohort=spring,
        learner=learner,
        state=EnrollmentState.COMPLETED,
        completed_at=timezone.now(),
    )


def test_a_completed_course_is_begun_anew_as_a_new_attempt(caller, completed, autumn):
    path = f"/enrolments/{completed.uuid}/repeat"
    first, again = caller.send("POST", path, {}), caller.send("POST", path, {})
    assert (first.status_code, first.data["outcome"]) == (201, "created")
    assert (again.status_code, again.data["outcome"]) == (200, "unchanged")
    new = first.data["enrolment"]
    assert (new["attempt"], new["state"]) == (2, "invited")
    assert new["id"] == again.data["enrolment"]["id"] != str(completed.uuid)
    old = caller.get(f"/enrolments/{completed.uuid}").data
    assert (old["attempt"], old["state"]) == (1, "completed")
    assert caller.get(f"/enrolments/{completed.uuid}/progress").status_code == 200
    assert len(caller.get("/enrolments").data["items"]) == 2
    assert Letter.objects.filter(template="invitation").count() == 1


def test_a_repeat_in_another_cohort_counts_on(caller, completed, autumn):
    body = {"cohort": str(autumn.uuid)}
    done = caller.send("POST", f"/enrolments/{completed.uuid}/repeat", body)
    assert done.data["enrolment"]["attempt"] == 2
    assert done.data["enrolment"]["cohort"]["title"] == "Осень"


def test_only_what_is_completed_is_repeated(caller, spring, learner):
    enrollment = active_enrollment(cohort=spring, learner=learner)
    answer = caller.send("POST", f"/enrolments/{enrollment.uuid}/repeat", {})
    assert answer.data["code"] == "not-finished"
