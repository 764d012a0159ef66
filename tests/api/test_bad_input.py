"""What bad input gets: the right status and code, a place, and nothing changed."""

import json
import re

import pytest
from django.test import Client

from courses.models import PeopleImport
from lms.people.models import ExternalId, User
from tests.api.conftest import PERSON, enrol_path
from tests.factories import CohortFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

BODIES = [
    ({"family_name": None}, "/family_name", "required"),
    ({"family_name": ""}, "/family_name", "blank"),
    ({"family_name": "   "}, "/family_name", "blank"),
    ({"family_name": 42}, "/family_name", "invalid"),
    ({"family_name": ["Иванова"]}, "/family_name", "invalid"),
    ({"family_name": "И" * 101}, "/family_name", "max-length"),
    ({"family_name": "Ива\u0000нова"}, "/family_name", "control"),
    ({"family_name": "Ива\nнова"}, "/family_name", "control"),
    ({"given_name": "\ud83d"}, "/given_name", "surrogate-characters-not-allowed"),
    ({"email": "not an address"}, "/email", "invalid"),
    ({"email": ""}, "/email", "blank"),
    ({"email": "a" * 250 + "@example.org"}, "/email", "max-length"),
    ({"timezone": "Europe/Tomsk"}, "/timezone", "unknown"),
    ({"locale": "tt"}, "/locale", "invalid-choice"),
    ({"organisation": True}, "/organisation", "invalid"),
    ({"organisation": 0}, "/organisation", "min-value"),
    ({"organisation": 10**30}, "/organisation", "max-value"),
    ({"organisation": 999_999}, "/organisation", "unknown"),
    ({"organisation": {"name": "Центр"}}, "/organisation", "invalid"),
    ({"region": "RU-OMS"}, "/region", "not-yours"),
    ({"region": "RU-XXX"}, "/region", "not-yours"),
    ({"phone": "51-23-45"}, "/phone", "not-a-phone"),
    ({"phone": 79990000000}, "/phone", "invalid"),
    ({"metadata": {"a": 1}}, "/metadata", "bad-value"),
    ({"enrolment_metadata": "a"}, "/enrolment_metadata", "invalid"),
    ({"telephone": "+7 999 000-00-00"}, "/telephone", "unknown-field"),
    ({"family/name": "x"}, "/family~1name", "unknown-field"),
    ({"password": "secret"}, "/password", "unknown-field"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), BODIES, ids=lambda value: str(value)[:40])
def test_a_field_that_does_not_fit_is_named(caller, omsk, changes, pointer, code):
    response = caller.send("PUT", enrol_path(CohortFactory()), _body(changes))
    assert (response.status_code, response.data["code"]) == (422, "validation-failed")
    assert [(error["pointer"], error["code"]) for error in response.data["errors"]] == [
        (pointer, code)
    ]
    assert not User.objects.exists()


def _body(changes: dict) -> bytes:
    body = {k: v for k, v in {**PERSON, **changes}.items() if v is not None}
    return json.dumps(body).encode()


RAW_BODIES = [
    (b"{", 400, "malformed-body"),
    (b"\xff\xfe", 400, "malformed-body"),
    ('{"family_name": "Иванова"}'.encode("cp1251"), 400, "malformed-body"),
    (b'{"family_name": NaN}', 400, "malformed-body"),
    (b"[" * 100_000, 400, "malformed-body"),
    (b'{"organisation": ' + b"9" * 5000 + b"}", 400, "malformed-body"),
    (b"[]", 422, "validation-failed"),
    (b'"text"', 422, "validation-failed"),
    (b"null", 422, "validation-failed"),
    (b" " * 3_000_000, 413, "body-too-large"),
]


@pytest.mark.parametrize(("raw", "status", "code"), RAW_BODIES, ids=lambda value: str(value)[:30])
def test_a_body_that_is_no_learner_is_refused(caller, raw, status, code):
    response = caller.send("PUT", enrol_path(CohortFactory()), raw)
    assert (response.status_code, response.data["code"]) == (status, code)
    assert not User.objects.exists()


FORM = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
FILE = PART % (b"file", b'; filename="a.csv"', b"1")
FORMS = [
    ("multipart/form-data", b"x", 400),
    ("multipart/form-data; boundary=", b"x", 400),
    ("multipart/form-data; boundary=\u0444", b"x", 400),
    (f"{FORM}; charset=nothing", FILE, 422),
    (FORM, b"", 422),
    (FORM, b"--b--\r\n", 422),
    (FORM, FILE, 422),
    (FORM, FILE[: len(FILE) // 2], 422),
    (FORM, PART % (b"file", b"", b"no file"), 422),
    (FORM, PART % (b"file", b'; filename="../../etc/passwd\0"', b"1") + b"--b--\r\n", 422),
    (FORM, FILE + PART % (b"region", b"", b"\0") + b"--b--\r\n", 422),
    (FORM, FILE + PART % (b"cohort", b"", b"\xff") + b"--b--\r\n", 422),
    (FORM, FILE + PART % (b"columns", b"", b"[" * 10_000) + b"--b--\r\n", 422),
    (FORM, (PART % (b"x", b"", b"")) * 2000 + b"--b--\r\n", 400),
    ("application/json", b"{}", 415),
    ("", b"", 422),
    ("", b"x", 415),
]


@pytest.mark.parametrize(("kind", "raw", "status"), FORMS, ids=range(len(FORMS)))
def test_a_form_that_is_broken_or_hostile_gets_a_problem(caller, kind, raw, status):
    response = Client(raise_request_exception=False).generic(
        "POST",
        "/api/v1/imports",
        raw,
        content_type=kind,
        headers={"Authorization": f"Bearer {caller.key}", "Idempotency-Key": "k"},
    )
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.status_code == status, response.content.decode()
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize("raw", [raw for raw, _status, _code in RAW_BODIES])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/enrolments/{}/transitions"),
        ("POST", "/learners/{}/erase"),
        ("POST", "/learners/{}/merge"),
        ("POST", "/webhook-endpoints"),
    ],
)
def test_no_body_that_is_broken_or_hostile_changes_anything(caller, method, path, raw):
    enrolment = caller.enrol(CohortFactory()).data["enrolment"]
    named = enrolment["id"] if "enrolments" in path else enrolment["learner"]["id"]
    response = caller.send(method, path.format(named), raw)
    assert response.status_code in (400, 413, 422)
    assert response.headers["Content-Type"] == "application/problem+json"
    again = caller.get(f"/enrolments/{enrolment['id']}").data
    assert again == enrolment


@pytest.mark.parametrize(
    ("system", "value", "code"),
    [
        ("snils", "12345", "snils-refused"),
        ("SNILS", "12345", "snils-refused"),
        ("hr", "112-233-445 95", "snils-refused"),
        ("кадры", "1", "validation-failed"),
        ("h" * 41, "1", "validation-failed"),
        ("hr", "1" * 121, "validation-failed"),
        ("hr", "a%00b", "validation-failed"),
    ],
)
def test_an_id_that_cannot_be_one_is_refused(caller, system, value, code):
    path = enrol_path(CohortFactory(), value, system=system)
    for method, address in (("PUT", path), ("GET", path[path.index("/by-external") :])):
        address = address if method == "PUT" else f"/learners{address}"
        response = caller.send(method, address, PERSON if method == "PUT" else None)
        assert (response.status_code, response.data["code"]) == (422, code)
    assert not ExternalId.objects.exists()


def test_a_refused_snils_is_not_repeated_in_the_answer(caller):
    response = caller.enrol(CohortFactory(), "112-233-445 95")
    assert "112" not in response.data["detail"]


@pytest.mark.parametrize("cohort_id", ["6f1d0c1e-5a4b-4c7e-9a53-2f0f4f4b7c11", "1", "..", "0" * 32])
def test_an_unknown_cohort_is_404(caller, cohort_id):
    response = caller.send("PUT", f"/cohorts/{cohort_id}/enrolments/by-external-id/hr/1", PERSON)
    assert (response.status_code, response.data["code"]) == (404, "cohort-not-found")
    assert not User.objects.exists()


def test_a_cohort_of_another_region_is_404(caller, omsk):
    cohort = CohortFactory(regions=[omsk])
    response = caller.enrol(cohort)
    assert (response.status_code, response.data["code"]) == (404, "cohort-not-found")
    assert not User.objects.exists()


def test_another_regions_organisation_is_unknown(caller, omsk):
    response = caller.enrol(CohortFactory(), organisation=OrganisationFactory(region=omsk).pk)
    assert response.data["errors"][0]["pointer"] == "/organisation"
    assert not User.objects.exists()


def test_a_client_of_all_regions_must_name_one_that_exists(caller_of, tomsk):
    everywhere, cohort = caller_of(None), CohortFactory()
    for changes, code in (({}, "required"), ({"region": "RU-XX"}, "unknown")):
        response = everywhere.enrol(cohort, **changes)
        assert response.status_code == 422
        assert response.data["errors"] == [
            {"pointer": "/region", "code": code, "detail": response.data["errors"][0]["detail"]}
        ]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("state=enrolled", "state"),
        ("cohort=1", "cohort"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
        ("limit=0", "limit"),
        ("limit=100000", "limit"),
        ("limit=ten", "limit"),
        ("cursor=broken", "cursor"),
        ("cursor=WyIyMDI2IiwxXQ:1abc:xyz", "cursor"),
        ("update_since=2026-01-01T00:00:00Z", "update_since"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(caller, query, parameter):
    response = caller.get(f"/enrolments?{query}")
    assert (response.status_code, response.data["code"]) == (422, "validation-failed")
    assert response.data["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/to"),
        ({"to": "completed"}, "/to"),
        ({"to": "withdrawn", "reason": 5}, "/reason"),
        ({"to": "withdrawn", "reason": "и" * 251}, "/reason"),
        ({"to": "withdrawn", "state": "x"}, "/state"),
    ],
)
def test_a_transition_that_does_not_fit_is_named(caller, body, pointer):
    enrolment = caller.enrol(CohortFactory()).data["enrolment"]
    response = caller.send("POST", f"/enrolments/{enrolment['id']}/transitions", body)
    assert response.status_code == 422
    assert response.data["errors"][0]["pointer"] == pointer
    assert caller.get(f"/enrolments/{enrolment['id']}").data["state"] == "invited"


def test_no_parameter_makes_a_nul_byte_our_mistake(caller):
    schema = json.loads(Client().get("/api/v1/schema/").content)
    tried = 0
    for path, operations in schema["paths"].items():
        for said in operations.get("get", {}).get("parameters", []):
            if said["in"] != "query":
                continue
            address = re.sub(r"{[^}]*}", "00000000-0000-4000-8000-000000000000", path)
            answer = caller.get(f"{address.removeprefix('/api/v1')}?{said['name']}=a%00b")
            assert answer.status_code < 500, (path, said["name"])
            tried += 1
    assert tried > 20
