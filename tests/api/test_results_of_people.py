"""Results of an enrolment: that something was answered or finished, never how one scored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.ledger import record_completion
from courses.models import Completion, Enrollment
from lms.api.scopes import ALL_SCOPES, Scope
from tests.api.test_read_back import stamp
from tests.assessments.factories import answered, course_with_waves
from tests.factories import active_enrollment, add_page, make_lesson
from tests.webinars.practicum.factories import make_practicum
from webinars.models import Practicum

pytestmark = pytest.mark.django_db


@pytest.fixture
def studying(tomsk):
    """A course of two questionnaires and an optional third, and somebody who studies it."""
    waves, enrollment = course_with_waves("pre", "post", "follow_up")
    enrollment.learner.region = tomsk
    enrollment.learner.save()
    return waves, enrollment


def results(caller, enrollment: Enrollment) -> list[dict]:
    answer = caller.get(f"/enrolments/{enrollment.uuid}/results")
    assert answer.status_code == 200, answer.content
    return answer.data["results"]


def test_every_questionnaire_is_answered_or_open(caller, studying):
    waves, enrollment = studying
    attempt = answered(enrollment, waves["pre"])
    first, second, third = results(caller, enrollment)
    assert (first["code"], first["wave"], first["kind"]) == ("FULL", "pre", "assessment")
    assert (first["state"], first["passed"], first["attempt"]) == ("answered", True, 1)
    assert first["graded_at"][:19] == attempt.submitted_at.isoformat()[:19]
    assert first["activity"] == str(waves["pre"].translation_key)
    for other, wave in ((second, "post"), (third, "follow_up")):
        assert (other["wave"], other["state"]) == (wave, "open")
        assert (other["passed"], other["graded_at"]) == (None, None)


def test_no_score_of_a_person_is_told_whatever_the_scopes(caller, studying):
    waves, enrollment = studying
    answered(enrollment, waves["pre"])
    Completion.objects.update(score=3.21, evidence={"judgement": 3.21})
    for path in (f"/enrolments/{enrollment.uuid}/results", "/results"):
        shown = caller.get(path)
        assert "3.21" not in shown.content.decode()
        assert "judgement" not in shown.content.decode()
    (first, *_others) = results(caller, enrollment)
    assert (first["score"], first["no_score"]) == (None, "learners-own")


def test_a_draft_and_erased_answers_are_not_told_of(caller, studying):
    waves, enrollment = studying
    attempt = answered(enrollment, waves["pre"])
    before = results(caller, enrollment)
    attempt.vector, attempt.erased_at = None, timezone.now()
    attempt.save()
    assert results(caller, enrollment) == before


def test_a_questionnaire_that_was_waived(caller, studying):
    waves, enrollment = studying
    record_completion(
        enrollment=enrollment, activity=waves["pre"], outcome=Completion.Outcome.WAIVED
    )
    assert [one["state"] for one in results(caller, enrollment)] == ["waived", "open", "open"]


def test_required_activities_come_once_they_have_an_outcome(caller, studying):
    _waves, enrollment = studying
    module = enrollment.cohort.course.outline().modules[0].page
    lesson = make_lesson(module)
    optional = make_lesson(module, "По желанию", is_required=False)
    model = make_practicum()
    practicum = add_page(
        module, Practicum(title="Практикум", scenario=model.scenario, rubric=model.rubric)
    )
    record_completion(enrollment=enrollment, activity=optional)
    assert len(results(caller, enrollment)) == 3
    record_completion(enrollment=enrollment, activity=lesson)
    record_completion(
        enrollment=enrollment, activity=practicum, outcome=Completion.Outcome.FAILED, score=1.0
    )
    found = {one["title"]: one for one in results(caller, enrollment)[3:]}
    assert set(found) == {"Урок", "Практикум"}
    done, failed = found["Урок"], found["Практикум"]
    assert (done["state"], done["passed"], done["no_score"]) == ("completed", True, "not-scored")
    assert (done["code"], done["wave"]) == (None, None)
    assert (failed["state"], failed["passed"], failed["score"]) == ("failed", False, None)
    assert failed["no_score"] == "learners-own"


def test_the_list_holds_what_the_single_ones_hold(caller, studying, django_assert_num_queries):
    waves, enrollment = studying
    answered(enrollment, waves["pre"])
    single = caller.get(f"/enrolments/{enrollment.uuid}/results").data
    assert caller.get("/results").data["items"] == [single]
    assert caller.get(f"/results?enrolment={enrollment.uuid}").data["items"] == [single]
    caller.get("/results")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        caller.get("/results")
    for _ in range(3):
        active_enrollment(cohort=enrollment.cohort, learner__region=enrollment.learner.region)
    with django_assert_num_queries(len(few)):
        lines = caller.get(f"/results?cohort={enrollment.cohort.uuid}").data["items"]
    assert len(lines) == 4
    first = caller.get("/results?limit=3").data
    rest = caller.get(f"/results?cursor={first['next_cursor']}").data
    assert first["items"] + rest["items"] == lines


def test_what_changed_since_follows_the_outcomes(caller, studying):
    waves, enrollment = studying
    Enrollment.objects.update(updated_at=timezone.now() - timedelta(days=3))
    since = stamp(timezone.now() - timedelta(days=1))
    assert caller.get(f"/results?updated_since={since}").data["items"] == []
    answered(enrollment, waves["pre"])
    (line,) = caller.get(f"/results?updated_since={since}").data["items"]
    assert line["results"][0]["state"] == "answered"
    tag = caller.get(f"/enrolments/{enrollment.uuid}/results").headers["ETag"]
    path = f"/enrolments/{enrollment.uuid}/results"
    assert caller.get(path, **{"If-None-Match": tag}).status_code == 304


def test_they_need_the_scope_of_the_progress(caller_of, tomsk, studying):
    _waves, enrollment = studying
    scopes = [scope for scope in ALL_SCOPES if scope != Scope.PROGRESS_READ]
    for path in (f"/enrolments/{enrollment.uuid}/results", "/results"):
        refused = caller_of(tomsk, scopes=scopes).get(path)
        assert refused.data["missing_scopes"] == ["progress:read"]
