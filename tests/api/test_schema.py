"""The description is valid OpenAPI 3.1, complete, and says what may go wrong."""

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from lms.api.problem_kinds import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client):
    response = client.get("/api/v1/schema/")
    assert response.status_code == 200
    return json.loads(response.content)


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_valid(schema):
    assert schema["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(schema).iter_errors()] == []


def test_it_describes_every_endpoint(schema):
    assert sorted(name for name, _operation in operations(schema)) == [
        "DELETE /api/v1/webhook-endpoints/{endpoint_id}",
        "GET /api/v1/attendance",
        "GET /api/v1/certificates",
        "GET /api/v1/certificates/{certificate_id}",
        "GET /api/v1/certificates/{certificate_id}/pdf",
        "GET /api/v1/cohorts",
        "GET /api/v1/cohorts/{cohort_id}",
        "GET /api/v1/cohorts/{cohort_id}/enrolments/by-external-id/{system}/{value}",
        "GET /api/v1/cohorts/{cohort_id}/results",
        "GET /api/v1/courses",
        "GET /api/v1/courses/{course_id}",
        "GET /api/v1/courses/{course_id}/report",
        "GET /api/v1/enrolments",
        "GET /api/v1/enrolments/{enrolment_id}",
        "GET /api/v1/enrolments/{enrolment_id}/progress",
        "GET /api/v1/enrolments/{enrolment_id}/results",
        "GET /api/v1/events",
        "GET /api/v1/imports",
        "GET /api/v1/imports/{import_id}",
        "GET /api/v1/imports/{import_id}/errors.csv",
        "GET /api/v1/imports/{import_id}/rows",
        "GET /api/v1/learners",
        "GET /api/v1/learners/by-external-id/{system}/{value}",
        "GET /api/v1/learners/{learner_id}",
        "GET /api/v1/learners/{learner_id}/consents",
        "GET /api/v1/learners/{learner_id}/export",
        "GET /api/v1/me",
        "GET /api/v1/organisations",
        "GET /api/v1/organisations/by-external-id/{system}/{value}",
        "GET /api/v1/organisations/{organisation_id}",
        "GET /api/v1/personal-data-accesses",
        "GET /api/v1/progress",
        "GET /api/v1/regions",
        "GET /api/v1/regions/{code}",
        "GET /api/v1/requests",
        "GET /api/v1/results",
        "GET /api/v1/usage",
        "GET /api/v1/webhook-endpoints",
        "GET /api/v1/webhook-endpoints/{endpoint_id}",
        "GET /api/v1/webhook-endpoints/{endpoint_id}/deliveries",
        "PATCH /api/v1/enrolments/{enrolment_id}",
        "PATCH /api/v1/learners/{learner_id}",
        "PATCH /api/v1/organisations/{organisation_id}",
        "POST /api/v1/certificates/{certificate_id}/revoke",
        "POST /api/v1/cohorts",
        "POST /api/v1/enrolments/{enrolment_id}/repeat",
        "POST /api/v1/enrolments/{enrolment_id}/transfer",
        "POST /api/v1/enrolments/{enrolment_id}/transitions",
        "POST /api/v1/imports",
        "POST /api/v1/imports/{import_id}/cancel",
        "POST /api/v1/imports/{import_id}/confirm",
        "POST /api/v1/imports/{import_id}/undo",
        "POST /api/v1/learners",
        "POST /api/v1/learners/{learner_id}/erase",
        "POST /api/v1/learners/{learner_id}/merge",
        "POST /api/v1/oauth/revoke",
        "POST /api/v1/oauth/token",
        "POST /api/v1/organisations",
        "POST /api/v1/webhook-deliveries/{delivery_id}/resend",
        "POST /api/v1/webhook-endpoints",
        "POST /api/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
        "POST /api/v1/webhook-endpoints/{endpoint_id}/test",
        "PUT /api/v1/cohorts/{cohort_id}/enrolments/by-external-id/{system}/{value}",
        "PUT /api/v1/learners/by-external-id/{system}/{value}",
        "PUT /api/v1/organisations/by-external-id/{system}/{value}",
        "PUT /api/v1/webhook-endpoints/{endpoint_id}",
    ]


def test_every_operation_says_what_it_is_and_what_may_go_wrong(schema):
    for name, operation in operations(schema):
        assert operation["summary"], name
        if "/oauth/" in name:
            continue  # its errors are those of RFC 6749: see test_oauth
        (token, *keys) = operation["security"]
        assert list(token) == ["oauth2"], name
        assert keys == [{"bearerKey": []}, {"headerKey": []}], name
        answers = set(operation["responses"])
        headers = {
            parameter["name"]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "header"
        }
        assert ("304" in answers) == (name.startswith("GET") and "If-None-Match" in headers), name
        assert ("412" in answers) == ("If-Match" in headers), name
        failures = {code for code in operation["responses"] if int(code) >= 400}
        assert {"401", "429", "500"} <= failures, name
        for code in failures:
            (media_type,) = operation["responses"][code]["content"]
            assert media_type == "application/problem+json", name


def test_the_problems_of_enrolling_are_all_there(schema):
    path = "/api/v1/cohorts/{cohort_id}/enrolments/by-external-id/{system}/{value}"
    responses = schema["paths"][path]["put"]["responses"]
    assert set(responses) == {
        "200", "201", "400", "401", "403", "404", "409", "412", "415", "422", "429", "500",
    }  # fmt: skip
    for code in ("cohort-full", "enrolment-closed", "email-taken"):
        assert code in responses["409"]["description"]


def test_the_codes_of_problems_are_listed(schema):
    problem = schema["components"]["schemas"]["Problem"]
    assert problem["properties"]["code"]["enum"] == sorted(KINDS)


def test_it_speaks_the_language_that_is_asked_for(client):
    def summary(query: str = "", **headers: str) -> str:
        body = json.loads(client.get(f"/api/v1/schema/{query}", headers=headers).content)
        return body["paths"]["/api/v1/me"]["get"]["summary"]

    assert summary() == summary("?lang=ru") == summary("?lang=zz") == "Что разрешает ваш ключ"
    assert summary("?lang=en") == "What your key may do"
    assert summary(**{"Accept-Language": "en"}) == "What your key may do"


@pytest.mark.parametrize("page", ["", "guide/", "reference/", "problems/", "spreadsheet/"])
def test_pages_for_developers_open(client, page):
    response = client.get(f"/developers/{page}")
    assert response.status_code == 200
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"].split("style-src")[0]


def test_only_the_reference_may_write_styles(client):
    def policy(path: str) -> str:
        return client.get(path).headers["Content-Security-Policy"]

    assert "style-src 'self' 'unsafe-inline'" in policy("/developers/reference/")
    assert "unsafe-inline" not in policy("/developers/")
