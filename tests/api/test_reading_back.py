"""Regions read back: lists page by page, progress, personal data only with its scope."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.ledger import record_completion
from courses.models import Enrollment
from lms.api.models import PersonalDataAccess
from lms.api.scopes import ALL_SCOPES, Scope
from lms.people.models import ExternalId
from tests.api.test_certificates import make_certificate
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    OrganisationFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(tomsk):
    return CohortFactory(capacity=100)


def enrol_people(cohort, count: int) -> list[Enrollment]:
    enrollments = []
    for number in range(count):
        learner = UserFactory(organisation=OrganisationFactory())
        ExternalId.objects.create(
            region=learner.region, system="hr", value=f"{learner.pk}", user=learner
        )
        enrollments.append(EnrollmentFactory(learner=learner, cohort=cohort))
        assert number < 200
    return enrollments


def pages(caller, path: str) -> list[list[dict]]:
    found, cursor = [], ""
    while True:
        page = caller.get(path + (f"&cursor={cursor}" if cursor else "")).data
        found.append(page["items"])
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            return found
        cursor = page["next_cursor"]


def test_a_list_comes_whole_page_by_page(caller, cohort):
    enrollments = enrol_people(cohort, 5)
    Enrollment.objects.update(updated_at=timezone.now())  # the same moment for all
    found = pages(caller, "/enrolments?limit=2")
    assert [len(page) for page in found] == [2, 2, 1]
    assert [row["id"] for page in found for row in page] == [str(e.uuid) for e in enrollments]


def test_a_row_that_changes_between_pages_is_not_lost(caller, cohort):
    first, *_others = enrol_people(cohort, 4)
    page = caller.get("/enrolments?limit=2").data
    first.save()
    rest = caller.get(f"/enrolments?cursor={page['next_cursor']}").data["items"]
    assert str(first.uuid) in {row["id"] for row in rest}
    assert len(rest) == 3


def test_a_page_has_a_hundred_rows_unless_said_otherwise(caller, cohort):
    enrol_people(cohort, 101)
    page = caller.get("/enrolments").data
    assert (len(page["items"]), page["has_more"]) == (100, True)
    cursor = page["next_cursor"]
    rest = caller.get(f"/enrolments?cursor={cursor}").data
    assert (len(rest["items"]), rest["has_more"], rest["next_cursor"]) == (1, False, None)


@pytest.mark.parametrize("path", ["/progress", "/attendance", "/cohorts", "/certificates"])
def test_a_cursor_belongs_to_its_list(caller, cohort, path):
    enrol_people(cohort, 2)
    cursor = caller.get("/enrolments?limit=1").data["next_cursor"]
    for changed in (cursor, cursor[:-1], cursor.upper(), f"{cursor}x"):
        refused = caller.get(f"{path}?cursor={changed}")
        assert refused.status_code == 422
        assert refused.data["errors"][0]["parameter"] == "cursor"


def test_filters_are_explicit(caller, cohort):
    enrollment, _other = enrol_people(cohort, 2)
    active = active_enrollment(cohort=CohortFactory(course=cohort.course))
    assert len(caller.get("/enrolments").data["items"]) == 3
    assert len(caller.get(f"/enrolments?cohort={cohort.uuid}").data["items"]) == 2
    assert [row["id"] for row in caller.get("/enrolments?state=active").data["items"]] == [
        str(active.uuid)
    ]
    assert len(caller.get(f"/enrolments?learner={enrollment.learner.uuid}").data["items"]) == 1
    Enrollment.objects.filter(pk=active.pk).update(updated_at=timezone.now() + timedelta(hours=1))
    since = (timezone.now() + timedelta(minutes=30)).isoformat().replace("+", "%2B")
    assert len(caller.get(f"/enrolments?updated_since={since}").data["items"]) == 1


@pytest.mark.parametrize("path", ["/enrolments", "/cohorts", "/certificates"])
def test_a_list_takes_the_same_number_of_queries_whatever_its_length(caller, cohort, path):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert caller.get(path).status_code == 200
        return len(captured)

    def more(count: int) -> None:
        for enrollment in enrol_people(cohort, count):
            make_certificate(enrollment)
            CohortFactory(course=cohort.course)

    more(1)
    caller.get("/me")  # so that the use of the key is not written in between
    few = queries()
    more(5)
    assert queries() == few


def test_progress_is_that_of_the_ledger(caller, cohort):
    module = make_module(cohort.course)
    first, _second = make_lesson(module, "Первый"), make_lesson(module, "Второй")
    make_lesson(module, "По желанию", is_required=False)
    enrollment = active_enrollment(cohort=cohort)
    completion = record_completion(enrollment=enrollment, activity=first, score=0.4)
    answer = caller.get(f"/enrolments/{enrollment.uuid}/progress").data
    assert (answer["units_done"], answer["units_total"], answer["percent"]) == (1, 2, 50)
    assert [(a["title"], a["state"]) for a in answer["activities"]] == [
        ("Первый", "completed"),
        ("Второй", "open"),
        ("По желанию", "locked"),
    ]
    finished = answer["activities"][0]
    assert (finished["kind"], finished["outcome"]) == ("lesson", "completed")
    assert answer["last_activity_at"] == finished["finished_at"]
    assert finished["finished_at"][:19] == completion.at.isoformat()[:19]
    assert "score" not in finished


def test_personal_data_needs_its_scope(caller_of, tomsk, cohort):
    (enrollment,) = enrol_people(cohort, 1)
    stranger = caller_of(tomsk, scopes=[s for s in ALL_SCOPES if s != Scope.LEARNERS_PII])
    learner = enrollment.learner
    for path in ("/enrolments", f"/enrolments/{enrollment.uuid}",
                 f"/learners/by-external-id/hr/{learner.pk}"):  # fmt: skip
        text = stranger.get(path).content.decode()
        assert "М. П. И." in text
        for secret in ("Иванова", "Мария", learner.email, learner.organisation.name):
            assert secret not in text
    assert not PersonalDataAccess.objects.exists()
    answer = stranger.enrol(cohort, "new")
    assert "Иванова" not in answer.content.decode()


def test_reading_personal_data_leaves_a_record(caller, cohort):
    first, second = enrol_people(cohort, 2)
    response = caller.get("/enrolments")
    assert response.data["items"][0]["learner"]["family_name"] == "Иванова"
    records = PersonalDataAccess.objects.all()
    assert {record.person for record in records} == {first.learner, second.learner}
    assert {record.endpoint for record in records} == {"GET /api/v1/enrolments"}
    assert {str(record.request_id) for record in records} == {response.headers["X-Request-Id"]}


def test_a_record_of_access_is_neither_changed_nor_deleted(caller, cohort):
    enrol_people(cohort, 1)
    caller.get("/enrolments")
    record = PersonalDataAccess.objects.get()
    with pytest.raises(TypeError):
        record.save()
    with pytest.raises(TypeError):
        record.delete()


def test_a_learner_is_found_by_the_regions_own_id(caller, cohort):
    caller.enrol(cohort, "12/345")
    answer = caller.get("/learners/by-external-id/hr/12/345").data
    assert answer["email"] == "ivanova@example.org"
    assert answer["region"] == "RU-TOM"


def test_an_id_of_two_regions_is_ambiguous_for_a_client_of_all(caller_of, tomsk, omsk):
    for region in (tomsk, omsk):
        learner = UserFactory(region=region)
        ExternalId.objects.create(region=region, system="hr", value="7", user=learner)
    everywhere = caller_of(None)
    response = everywhere.get("/learners/by-external-id/hr/7")
    assert (response.status_code, response.data["code"]) == (409, "ambiguous-identifier")
    named = everywhere.get("/learners/by-external-id/hr/7?region=RU-OMS")
    assert named.data["region"] == "RU-OMS"


def test_cohorts_say_how_many_places_are_left(caller, cohort):
    enrol_people(cohort, 3)
    answer = caller.get(f"/cohorts/{cohort.uuid}").data
    assert (answer["capacity"], answer["places_left"]) == (100, 97)
    assert answer["is_enrolment_open"] is True
    assert answer["course"]["title"] == make_course.__defaults__[0]


def test_a_key_can_be_asked_what_it_may_do(caller):
    answer = caller.get("/me").data
    assert answer["region"]["code"] == "RU-TOM"
    assert answer["scopes"] == sorted(ALL_SCOPES)
    assert caller.key not in str(answer)
