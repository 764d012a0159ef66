"""Outside a client's region nothing exists: every endpoint, one by one."""

import uuid
from dataclasses import dataclass, field

import pytest
from django.urls import URLPattern, get_resolver

from courses.models import Enrollment, PeopleImport
from lms.api.urls import version_1
from lms.people.models import ExternalId, Organisation, User
from tests.api.conftest import PERSON, enrol_path
from tests.api.test_certificates import make_certificate
from tests.factories import CohortFactory, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """One endpoint asked about ``world``'s things. ``name`` is that of its address."""

    name: str
    method: str
    path: str
    code: str
    body: dict | None = field(default=None, hash=False)

    def body_in(self, world) -> dict | None:
        if self.body is None:
            return None
        return {
            name: value.format(**world) if isinstance(value, str) else value
            for name, value in self.body.items()
        }


CASES = [
    Case("cohort", "GET", "/cohorts/{cohort}", "cohort-not-found"),
    Case(
        "enrol",
        "PUT",
        "/cohorts/{cohort}/enrolments/by-external-id/hr/77",
        "cohort-not-found",
        PERSON,
    ),
    Case("enrol", "GET", "/cohorts/{cohort}/enrolments/by-external-id/hr/77", "cohort-not-found"),
    Case("enrolment", "GET", "/enrolments/{enrolment}", "enrolment-not-found"),
    Case(
        "enrolment",
        "PATCH",
        "/enrolments/{enrolment}",
        "enrolment-not-found",
        {"metadata": {"order": "5"}},
    ),
    Case("progress", "GET", "/enrolments/{enrolment}/progress", "enrolment-not-found"),
    Case("enrolment-results", "GET", "/enrolments/{enrolment}/results", "enrolment-not-found"),
    Case(
        "transitions",
        "POST",
        "/enrolments/{enrolment}/transitions",
        "enrolment-not-found",
        {"to": "withdrawn"},
    ),
    Case(
        "transfer",
        "POST",
        "/enrolments/{enrolment}/transfer",
        "enrolment-not-found",
        {"cohort": "{cohort}"},
    ),
    Case("repeat", "POST", "/enrolments/{enrolment}/repeat", "enrolment-not-found", {}),
    Case("results", "GET", "/cohorts/{cohort}/results", "cohort-not-found"),
    Case("learner", "GET", "/learners/by-external-id/hr/77", "learner-not-found"),
    Case(
        "learner-by-id",
        "PATCH",
        "/learners/{learner}",
        "learner-not-found",
        {"position": "Начальник"},
    ),
    Case("organisation", "GET", "/organisations/{organisation}", "organisation-not-found"),
    Case(
        "organisation",
        "PATCH",
        "/organisations/{organisation}",
        "organisation-not-found",
        {"name": "Другое"},
    ),
    Case(
        "organisation",
        "PATCH",
        "/organisations/{organisation}",
        "organisation-not-found",
        {"inn": "7012345676", "parent": None, "metadata": {"a": "1"}},
    ),
    Case(
        "organisation-by-external-id",
        "GET",
        "/organisations/by-external-id/hr/o77",
        "organisation-not-found",
    ),
    Case("region", "GET", "/regions/{region}", "region-not-found"),
    Case("course", "GET", "/courses/{course}", "course-not-found"),
    Case("learner-by-id", "GET", "/learners/{learner}", "learner-not-found"),
    Case("learner-export", "GET", "/learners/{learner}/export", "learner-not-found"),
    Case("learner-consents", "GET", "/learners/{learner}/consents", "learner-not-found"),
    Case(
        "learner-erase", "POST", "/learners/{learner}/erase", "learner-not-found", {"reason": "x"}
    ),
    Case(
        "learner-merge",
        "POST",
        "/learners/{learner}/merge",
        "learner-not-found",
        {"duplicate": "{duplicate}"},
    ),
    Case("import", "GET", "/imports/{import}", "import-not-found"),
    Case("import-rows", "GET", "/imports/{import}/rows", "import-not-found"),
    Case("import-errors", "GET", "/imports/{import}/errors.csv", "import-not-found"),
    Case("import-confirm", "POST", "/imports/{import}/confirm", "import-not-found", {}),
    Case("import-cancel", "POST", "/imports/{import}/cancel", "import-not-found", {}),
    Case("import-undo", "POST", "/imports/{import}/undo", "import-not-found", {}),
    Case("certificate", "GET", "/certificates/{certificate}", "certificate-not-found"),
    Case(
        "certificate-revoke",
        "POST",
        "/certificates/{certificate}/revoke",
        "certificate-not-found",
        {"reason_class": "holder-asked", "reason": "Письмо"},
    ),
    Case("certificate-pdf", "GET", "/certificates/{certificate}/pdf", "certificate-not-found"),
]
LISTS = {
    "organisations": "/organisations",
    "courses": "/courses",
    "cohorts": "/cohorts",
    "enrolments": "/enrolments",
    "progress-list": "/progress",
    "attendance": "/attendance",
    "result-list": "/results",
    "imports": "/imports",
    "certificates": "/certificates",
}
WITHOUT_REGION = {"me", "schema", "oauth-token", "oauth-revoke"}
IN_A_TEST_OF_ITS_OWN = {"report", "regions", "learners", "accesses"}
"""The report needs many answers: test_reports.py keeps it to the region. Lists of regions and
learners are in test_resources.py, the log of accesses in test_accesses.py."""
OF_A_CLIENT = {
    "webhook-endpoints",
    "webhook-endpoint",
    "webhook-secret",
    "webhook-test",
    "webhook-deliveries",
    "webhook-resend",
    "requests",
    "usage",
}
"""Another client's do not exist, of whichever region: see test_webhooks and test_request_log."""
FEEDS = {"events"}
"""See test_events."""


@pytest.fixture
def world(omsk):
    """Things of Omsk, and the ids under which Tomsk asks for them."""
    learner = UserFactory(region=omsk, email="omsk@example.org", family_name="Омская")
    ExternalId.objects.create(region=omsk, system="hr", value="77", user=learner)
    enrollment = EnrollmentFactory(learner=learner, cohort=CohortFactory(regions=[omsk]))
    organisation = Organisation.objects.create(region=omsk, name="Центр Омска")
    organisation.external_ids.create(region=omsk, system="hr", value="o77")
    course = enrollment.cohort.course
    course.unpublish()
    return {
        "organisation": organisation.pk,
        "region": omsk.code,
        "course": course.translation_key,
        "cohort": enrollment.cohort.uuid,
        "enrolment": enrollment.uuid,
        "certificate": make_certificate(enrollment).uuid,
        "learner": learner.uuid,
        "duplicate": UserFactory(region=omsk).uuid,
        "import": PeopleImport.objects.create(
            region=omsk, file_name="a.csv", size_bytes=1, format="csv", state="checked"
        ).uuid,
    }


def test_every_endpoint_is_in_the_tables():
    names = {pattern.name for pattern in version_1 if isinstance(pattern, URLPattern)}
    assert (
        names
        == {case.name for case in CASES}
        | set(LISTS)
        | WITHOUT_REGION
        | IN_A_TEST_OF_ITS_OWN
        | OF_A_CLIENT
        | FEEDS
    )
    assert get_resolver().resolve("/api/v1/me").url_name == "me"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_lies_outside_the_region_is_404(caller, world, case):
    before = list(User.objects.values()), list(Enrollment.objects.values())
    response = caller.send(case.method, case.path.format(**world), case.body_in(world))
    assert (response.status_code, response.data["code"]) == (404, case.code)
    assert "Омск" not in response.content.decode()
    assert (list(User.objects.values()), list(Enrollment.objects.values())) == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_foreign_thing_and_one_that_is_not_there_answer_alike(caller, world, case):
    nowhere = dict.fromkeys(world, uuid.uuid4()) | {"organisation": 10**9, "region": "RU-XXX"}
    foreign = caller.send(case.method, case.path.format(**world), case.body_in(world))
    missing = caller.send(case.method, case.path.format(**nowhere), case.body_in(nowhere))
    for response in (foreign, missing):
        response.data.pop("instance")
    assert foreign.data == missing.data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_client_of_all_regions_reaches_it(caller_of, world, case):
    body = case.body_in(world)
    if body is not None and case.method == "PUT":
        body["region"] = "RU-OMS"
    response = caller_of(None).send(case.method, case.path.format(**world), body)
    assert response.status_code in (200, 201, 202, 409, 428)


@pytest.mark.parametrize("path", LISTS.values())
def test_lists_leave_it_out(caller, caller_of, omsk, world, path):
    assert caller.get(path).data["items"] == []
    assert len(caller_of(omsk).get(path).data["items"]) == 1
    assert len(caller_of(None).get(path).data["items"]) == 1


@pytest.mark.parametrize("name", ["cohort", "enrolment"])
def test_filters_do_not_reach_outside(caller, world, name):
    assert (
        caller.get(f"/enrolments?{name if name == 'cohort' else 'learner'}={world[name]}").data[
            "items"
        ]
        == []
    )


def test_a_cohort_of_two_regions_shows_each_its_own_people(caller_of, tomsk, omsk):
    cohort = CohortFactory(regions=[tomsk, omsk])
    caller_of(omsk).send("PUT", enrol_path(cohort), PERSON)
    caller = caller_of(tomsk)
    assert caller.get("/enrolments").data["items"] == []
    assert caller.get(f"/cohorts/{cohort.uuid}").data["regions"] == ["RU-TOM"]


def test_a_learner_of_two_regions_systems_shows_each_its_own_id(caller_of, tomsk, omsk):
    learner = UserFactory(region=tomsk)
    for region, value in ((tomsk, "1"), (omsk, "2")):
        ExternalId.objects.create(region=region, system="hr", value=value, user=learner)
    answer = caller_of(tomsk).get("/learners/by-external-id/hr/1").data
    assert answer["external_ids"] == [{"system": "hr", "value": "1"}]
    assert caller_of(omsk).get("/learners/by-external-id/hr/2").status_code == 404
