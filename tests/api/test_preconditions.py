"""ETag, If-None-Match and If-Match: nobody overwrites what they have not seen."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from courses.models import Enrollment, PeopleImport
from lms.api.scopes import ALL_SCOPES
from lms.people.models import User
from tests.api.conftest import PERSON, Caller, enrol_path
from tests.api.test_certificates import make_certificate
from tests.api.test_problems import is_problem
from tests.factories import CohortFactory

HOOK = {"url": "https://example.org/hook"}
SINGLES = [
    "/me",
    "/cohorts/{cohort}",
    "/cohorts/{cohort}/results",
    "/cohorts/{cohort}/enrolments/by-external-id/hr/1",
    "/enrolments/{enrolment}",
    "/enrolments/{enrolment}/progress",
    "/enrolments/{enrolment}/results",
    "/learners/{learner}",
    "/learners/by-external-id/hr/1",
    "/regions/RU-TOM",
    "/courses/{course}",
    "/organisations/by-external-id/hr/9",
    "/imports/{import}",
    "/certificates/{certificate}",
    "/certificates/{certificate}/pdf",
    "/webhook-endpoints/{endpoint}",
]


@pytest.fixture
def world(db, caller):
    cohort = CohortFactory()
    enrolment = caller.enrol(cohort).data["enrolment"]
    row = Enrollment.objects.get(uuid=enrolment["id"])
    caller.send("PUT", "/organisations/by-external-id/hr/9", {"name": "Центр"})
    return {
        "cohort": cohort.uuid,
        "course": cohort.course.translation_key,
        "enrolment": enrolment["id"],
        "learner": enrolment["learner"]["id"],
        "import": PeopleImport.objects.create(
            region=row.learner.region,
            file_name="a.csv",
            size_bytes=1,
            format="csv",
            state="checked",
        ).uuid,
        "certificate": make_certificate(row).uuid,
        "endpoint": caller.send("POST", "/webhook-endpoints", HOOK).data["endpoint"]["id"],
    }


@pytest.mark.parametrize("path", SINGLES)
def test_a_reader_who_has_it_is_told_that_nothing_is_new(caller, world, path):
    first = caller.get(path.format(**world), **{"Accept-Encoding": "gzip"})
    tag = first.headers["ETag"]
    assert (first.status_code, tag[0], tag[-1]) == (200, '"', '"')
    for said in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = caller.get(path.format(**world), **{"If-None-Match": said})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
    assert caller.send("HEAD", path.format(**world)).headers["ETag"] == tag
    other = caller.get(path.format(**world), **{"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_the_tag_follows_what_the_caller_sees(caller, caller_of, world, tomsk):
    path = f"/enrolments/{world['enrolment']}"
    blind = caller_of(tomsk, scopes=set(ALL_SCOPES) - {"learners:pii"})
    before, before_blind = caller.get(path), blind.get(path)
    assert before.headers["ETag"] != before_blind.headers["ETag"]
    User.objects.filter(uuid=world["learner"]).update(position="директор")  # as an import does
    assert caller.get(path).headers["ETag"] != before.headers["ETag"]
    assert blind.get(path).headers["ETag"] == before_blind.headers["ETag"]


CHANGES = [
    ("PUT", "/webhook-endpoints/{endpoint}", "/webhook-endpoints/{endpoint}", HOOK),
    ("DELETE", "/webhook-endpoints/{endpoint}", "/webhook-endpoints/{endpoint}", None),
    ("POST", "/webhook-endpoints/{endpoint}/rotate-secret", "/webhook-endpoints/{endpoint}", None),
    ("POST", "/enrolments/{enrolment}/transitions", "/enrolments/{enrolment}", {"to": "withdrawn"}),
    ("POST", "/imports/{import}/confirm", "/imports/{import}", {}),
    ("POST", "/imports/{import}/cancel", "/imports/{import}", None),
    (
        "PUT",
        "/organisations/by-external-id/hr/9",
        "/organisations/by-external-id/hr/9",
        {"name": "Новый центр"},
    ),
    ("PATCH", "/learners/{learner}", "/learners/{learner}", {"family_name": "Новикова"}),
    ("POST", "/learners/{learner}/erase", "/learners/{learner}", {"reason": "x"}),
    (
        "PUT",
        "/cohorts/{cohort}/enrolments/by-external-id/hr/1",
        "/enrolments/{enrolment}",
        PERSON | {"family_name": "Новикова"},
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "seen", "body"), CHANGES, ids=lambda value: str(value)[:30]
)
def test_a_change_is_made_only_to_what_was_read(caller, world, method, path, seen, body):
    path, seen = path.format(**world), seen.format(**world)
    tag = caller.get(seen).headers["ETag"]
    for stale in ('"stale"', f"W/{tag}", "nothing", '"a", "b"'):
        refused = caller.send(method, path, body, **{"If-Match": stale})
        assert is_problem(refused, 412, "precondition-failed")
        assert caller.get(seen).headers["ETag"] == tag
    done = caller.send(method, path, body, **{"If-Match": f'"other", {tag}'})
    assert done.status_code in (200, 201, 202, 204), done.data
    again = caller.send(method, path, body, **{"If-Match": tag})
    assert again.status_code in (404, 412), again.data


def test_what_a_put_answers_has_the_tag_of_what_is_there_now(caller, world):
    path = f"/webhook-endpoints/{world['endpoint']}"
    changed = caller.send("PUT", path, HOOK | {"description": "другой"})
    assert changed.headers["ETag"] == caller.get(path).headers["ETag"]
    path = f"/cohorts/{world['cohort']}/enrolments/by-external-id/hr/1"
    changed = caller.send("PUT", path, PERSON | {"position": "директор"})
    assert changed.headers["ETag"] == caller.get(path).headers["ETag"]


@pytest.mark.django_db
def test_to_create_only_leaves_what_is_there_alone(caller):
    cohort = CohortFactory()
    star = {"If-None-Match": "*"}
    path = enrol_path(cohort)
    assert caller.send("PUT", path, PERSON, **star).status_code == 201
    changed = PERSON | {"family_name": "Новикова", "organisation": "Новая"}
    refused = caller.send("PUT", path, changed, **star)
    assert is_problem(refused, 412, "precondition-failed")
    assert User.objects.get(email=PERSON["email"]).family_name == "Иванова"
    assert caller.send("PUT", path, changed).status_code == 200
    path = "/organisations/by-external-id/hr/9"
    assert caller.send("PUT", path, {"name": "Центр"}, **star).status_code == 201
    assert caller.send("PUT", path, {"name": "Другой"}, **star).status_code == 412
    assert caller.get(path).data["name"] == "Центр"
    nobody = caller.send("PUT", enrol_path(cohort, "2"), PERSON, **{"If-Match": "*"})
    assert is_problem(nobody, 412, "precondition-failed")
    assert User.objects.filter(external_ids__value="2").count() == 0


@pytest.mark.django_db
def test_an_enrolment_is_read_under_the_address_that_made_it(caller, caller_of, tomsk, omsk):
    cohort = CohortFactory(regions=[tomsk, omsk])
    caller.enrol(cohort)
    read = caller.get(enrol_path(cohort))
    assert read.data["learner"]["family_name"] == "Иванова"
    assert is_problem(caller.get(enrol_path(cohort, "2")), 404, "enrolment-not-found")
    assert is_problem(caller.get(enrol_path(CohortFactory())), 404, "enrolment-not-found")
    assert caller_of(omsk).get(enrol_path(cohort)).status_code == 404
    everywhere = caller_of(None)
    everywhere.enrol(cohort, region="RU-OMS", email=None)
    both = everywhere.get(enrol_path(cohort))
    assert is_problem(both, 409, "ambiguous-identifier")
    assert everywhere.get(f"{enrol_path(cohort)}?region=RU-TOM").data == read.data


def together(caller: Caller, requests: list[tuple]) -> list[int]:
    """The statuses of requests that are sent at the same moment."""
    gate = threading.Barrier(len(requests))

    def send(request: tuple) -> int:
        gate.wait()
        try:
            *request, headers = request
            return caller.send(*request, **headers).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return sorted(pool.map(send, requests))


@pytest.mark.django_db(transaction=True)
def test_of_racing_changes_to_one_state_just_one_goes_through(caller):
    cohort = CohortFactory()
    path = enrol_path(cohort)
    tag = caller.send("PUT", path, PERSON).headers["ETag"]
    statuses = together(
        caller,
        [("PUT", path, PERSON | {"position": f"{n}"}, {"If-Match": tag}) for n in range(6)],
    )
    assert statuses == [200] + [412] * 5
    hook = caller.send("POST", "/webhook-endpoints", HOOK).data["endpoint"]["id"]
    hook_path = f"/webhook-endpoints/{hook}"
    tag = caller.get(hook_path).headers["ETag"]
    statuses = together(
        caller,
        [("PUT", hook_path, HOOK | {"description": str(n)}, {"If-Match": tag}) for n in range(6)],
    )
    assert statuses == [200] + [412] * 5


@pytest.mark.django_db(transaction=True)
def test_of_racing_creations_just_one_creates(caller):
    path = enrol_path(CohortFactory())
    requests = [("PUT", path, PERSON, {"If-None-Match": "*"})] * 6
    assert together(caller, requests) == [201] + [412] * 5
    assert User.objects.filter(external_ids__value="1").count() == 1
