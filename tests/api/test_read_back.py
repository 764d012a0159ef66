"""Reading back in bulk: progress, attendance, results of groups, and only what changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.models import Certificate
from courses.ledger import record_completion
from courses.models import Completion, Enrollment
from lms.api.scopes import ALL_SCOPES, Scope
from tests.api.test_certificates import make_certificate
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)
from tests.insights.test_programme import people
from tests.webinars.factories import make_meeting
from webinars.models import AttendanceSegment

pytestmark = pytest.mark.django_db


def stamp(moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_progress_of_many_comes_in_one_list(caller):
    lesson = make_lesson(module := make_module(course := make_course()))
    make_lesson(module, "Второй")
    enrollment = active_enrollment(cohort=CohortFactory(course=course))
    EnrollmentFactory(cohort=enrollment.cohort)
    completion = record_completion(enrollment=enrollment, activity=lesson)
    lines = caller.get(f"/progress?cohort={enrollment.cohort.uuid}").data["items"]
    (line,) = [line for line in lines if line["enrolment"] == str(enrollment.uuid)]
    assert (line["units_done"], line["units_total"], line["percent"]) == (1, 2, 50)
    assert line["last_finished_at"][:19] == completion.at.isoformat()[:19]
    single = caller.get(f"/enrolments/{enrollment.uuid}/progress").data
    assert {single[name] == line[name] for name in ("units_done", "units_total", "percent")} == {
        True
    }
    assert len(lines) == 2
    assert caller.get(f"/progress?enrolment={enrollment.uuid}").data["items"] == [line]


def test_progress_that_changed_since_follows_completions_too(caller):
    lesson = make_lesson(make_module(course := make_course()))
    make_lesson(make_module(course, "Ещё"))
    enrollment = active_enrollment(cohort=CohortFactory(course=course))
    past = timezone.now() - timedelta(days=3)
    Enrollment.objects.update(updated_at=past)
    since = stamp(timezone.now() - timedelta(days=1))
    assert caller.get(f"/progress?updated_since={since}").data["items"] == []
    record_completion(enrollment=enrollment, activity=lesson)
    assert len(caller.get(f"/progress?updated_since={since}").data["items"]) == 1


def test_the_lists_come_page_by_page_with_the_same_number_of_queries(
    caller, django_assert_max_num_queries, django_assert_num_queries
):
    meeting = make_meeting(learners=2)
    for path in ("/progress", "/attendance"):
        caller.get(path)  # the outline of the course is remembered
        with django_assert_max_num_queries(25) as few:
            caller.get(path)
            queries = len(few)
        for _ in range(3):
            active_enrollment(cohort=meeting.session.cohort)
        with django_assert_num_queries(queries):
            whole = caller.get(path).data["items"]
        first = caller.get(f"{path}?limit=2").data
        rest = caller.get(f"{path}?cursor={first['next_cursor']}").data
        assert first["items"] + rest["items"] == whole


def test_attendance_says_how_long_and_whether_it_counts(caller):
    meeting = make_meeting(minimum_minutes=10)
    maria, ivan = meeting.learners
    opened = timezone.now() - timedelta(hours=1)
    type(meeting.room).objects.update(opened_at=opened)
    AttendanceSegment.objects.create(
        session=meeting.session,
        user=maria,
        hub="a",
        joined_at=opened,
        last_seen_at=opened + timedelta(minutes=12),
    )
    lines = {line["learner"]: line for line in caller.get("/attendance").data["items"]}
    (there,) = lines[str(maria.uuid)]["webinars"]
    assert (there["minutes"], there["needed_minutes"], there["is_counted"]) == (12, 10, True)
    assert there["webinar"] == str(meeting.session.webinar.translation_key)
    (away,) = lines[str(ivan.uuid)]["webinars"]
    assert (away["minutes"], away["is_counted"]) == (0, False)
    since = stamp(opened - timedelta(minutes=1))
    (line,) = caller.get(f"/attendance?updated_since={since}").data["items"]
    assert line["learner"] == str(maria.uuid)
    since = stamp(timezone.now())
    assert caller.get(f"/attendance?updated_since={since}").data["items"] == []


def test_certificates_that_changed_since(caller):
    certificate = make_certificate(EnrollmentFactory())
    past = timezone.now() - timedelta(days=3)
    Certificate.objects.update(issued_at=past)
    since = stamp(timezone.now() - timedelta(days=1))
    assert caller.get(f"/certificates?updated_since={since}").data["items"] == []
    Certificate.objects.filter(pk=certificate.pk).update(changed_at=timezone.now())
    assert len(caller.get(f"/certificates?updated_since={since}").data["items"]) == 1


def test_results_are_numbers_of_the_own_region_with_few_people_hidden(caller, omsk, tomsk):
    cohort = CohortFactory(regions=[tomsk, omsk])
    people(tomsk, cohort, 12)
    people(omsk, cohort, 30)
    small = CohortFactory(course=cohort.course)
    people(tomsk, small, 3)
    whole = caller.get(f"/cohorts/{cohort.uuid}/results?among=course").data
    assert (whole["invited"], whole["completed"]) == (15, 15)
    hidden = caller.get(f"/cohorts/{small.uuid}/results").data
    assert hidden["is_hidden"] is True
    assert {hidden[name] for name in ("invited", "begun", "completed", "median_days")} == {None}
    # The other cohort is hidden with it: 15 − 12 would give the three away.
    assert caller.get(f"/cohorts/{cohort.uuid}/results").data["invited"] is None


def test_results_need_their_scope(caller_of, tomsk):
    cohort = CohortFactory()
    scopes = [scope for scope in ALL_SCOPES if scope != Scope.RESULTS_READ]
    response = caller_of(tomsk, scopes=scopes).get(f"/cohorts/{cohort.uuid}/results")
    assert response.data["missing_scopes"] == ["results:read"]


def test_an_empty_cohort_has_results_of_nobody(caller):
    cohort = CohortFactory()
    answer = caller.get(f"/cohorts/{cohort.uuid}/results").data
    assert (answer["invited"], answer["is_hidden"]) == (0, False)


@pytest.mark.parametrize("path", ["/progress", "/attendance"])
def test_names_do_not_stand_in_the_lists(caller, path):
    active_enrollment(learner=UserFactory(family_name="Редкая"))
    assert not Completion.objects.exists()
    assert "Редкая" not in caller.get(path).content.decode()
