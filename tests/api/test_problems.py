"""Every error is a problem of RFC 9457, with a page that explains it."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from lms.api import cohorts
from lms.api.keys import rotate_key
from lms.api.problem_kinds import KINDS
from lms.api.scopes import Scope
from tests.api.conftest import PERSON, enrol_path
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db


def is_problem(response, status: int, code: str) -> bool:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["code"] == code
    assert body["status"] == status
    assert body["type"].endswith(f"/developers/problems/{code}")
    assert body["instance"] == f"urn:uuid:{response.headers['X-Request-Id']}"
    assert body["title"]
    assert body["detail"]
    return True


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/me", "/api/v1/me/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_an_unknown_address(path, method):
    assert is_problem(Client().generic(method, path), 404, "not-found")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "not-authenticated"),
        ({"Authorization": "Basic YTpi"}, "not-authenticated"),
        ({"Authorization": "Bearer"}, "invalid-key"),
        ({"Authorization": "Bearer bk_abcdefgh_" + "x" * 40}, "invalid-key"),
        ({"Authorization": "Bearer ключ"}, "invalid-key"),
        ({"Authorization": "Bearer a b"}, "invalid-key"),
        ({"X-API-Key": "bk_1"}, "invalid-key"),
    ],
)
def test_without_a_valid_key(headers, code):
    raw = {
        f"HTTP_{name.upper().replace('-', '_')}": value.encode().decode("latin-1")
        for name, value in headers.items()
    }
    response = Client().get("/api/v1/me", **raw)
    assert is_problem(response, 401, code)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_old_key_and_one_switched_off_are_not_valid(caller):
    assert caller.get("/me").status_code == 200
    new_key = rotate_key(caller.client)
    assert is_problem(caller.get("/me"), 401, "invalid-key")
    caller.key = new_key
    assert caller.get("/me").status_code == 200
    caller.client.is_active = False
    caller.client.save()
    assert is_problem(caller.get("/me"), 401, "invalid-key")


def test_the_key_may_come_in_its_own_header(caller):
    assert Client().get("/api/v1/me", headers={"X-API-Key": caller.key}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/cohorts", [Scope.COHORTS_READ]),
        ("GET", "/cohorts/1", [Scope.COHORTS_READ]),
        ("GET", "/enrolments", [Scope.ENROLMENTS_READ]),
        ("GET", "/enrolments/1", [Scope.ENROLMENTS_READ]),
        ("GET", "/enrolments/1/progress", [Scope.PROGRESS_READ]),
        ("POST", "/enrolments/1/transitions", [Scope.ENROLMENTS_WRITE]),
        ("GET", "/learners/by-external-id/hr/1", [Scope.LEARNERS_READ]),
        ("GET", "/courses/1/report", [Scope.REPORTS_READ]),
        ("GET", "/certificates", [Scope.CERTIFICATES_READ]),
        ("GET", "/certificates/1", [Scope.CERTIFICATES_READ]),
        ("GET", "/certificates/1/pdf", [Scope.CERTIFICATES_READ, Scope.LEARNERS_PII]),
        (
            "PUT",
            "/cohorts/1/enrolments/by-external-id/hr/1",
            [Scope.ENROLMENTS_WRITE, Scope.LEARNERS_WRITE],
        ),
    ],
)
def test_without_the_scope(caller_of, tomsk, method, path, needed):
    response = caller_of(tomsk, scopes=[]).send(method, path)
    assert is_problem(response, 403, "scope-missing")
    assert response.data["missing_scopes"] == needed
    others = [scope for scope in Scope.values if scope not in needed]
    assert caller_of(tomsk, scopes=others).send(method, path).status_code == 403


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "POST", "TRACE"])
def test_a_method_that_the_address_does_not_have(caller, method):
    response = caller.send(method, "/regions")
    assert is_problem(response, 405, "method-not-allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data", ""]
)
def test_a_body_that_is_not_json(caller, content_type):
    response = Client().generic(
        "PUT",
        f"/api/v1{enrol_path(CohortFactory())}",
        data=json.dumps(PERSON).encode(),
        content_type=content_type,
        headers={"Authorization": f"Bearer {caller.key}"},
    )
    assert is_problem(response, 415, "unsupported-media-type")


def test_too_many_requests(caller, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    first, second, third = (caller.get("/me") for _ in range(3))
    assert first.headers["RateLimit-Policy"] == '"default";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"default";r=1;t=')
    assert second.headers["RateLimit"].startswith('"default";r=0;t=')
    assert is_problem(third, 429, "too-many-requests")
    assert third.headers["RateLimit"].startswith('"default";r=0;t=')
    assert third.data["violated-policies"] == ["default"]
    assert 1 <= int(third.headers["Retry-After"]) <= 61


def test_a_mistake_of_ours_says_so_and_tells_nothing_else(caller, monkeypatch, caplog):
    def broken(self):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(cohorts.CohortView, "model_queryset", broken)
    response = caller.get("/cohorts")
    assert is_problem(response, 500, "internal-error")
    assert "secret" not in response.content.decode()
    assert response.headers["X-Request-Id"] in caplog.text


def test_an_error_from_before_the_views_is_a_problem_too():
    response = Client().get("/api/v1/me", headers={"Host": "evil.example"})
    assert is_problem(response, 400, "bad-request")


def test_every_answer_has_the_id_of_its_request(caller):
    first, second = caller.get("/me"), caller.get("/me")
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_problems_speak_russian_unless_english_is_asked_for(caller):
    russian = caller.get("/cohorts/1").data["title"]
    english = caller.get("/cohorts/1", **{"Accept-Language": "en-GB, ru;q=0.5"}).data["title"]
    assert (russian, english) == ("Такого потока нет", "There is no such cohort")
    other = caller.get("/cohorts/1", **{"Accept-Language": "de"})
    assert other.data["title"] == russian
    assert other.headers["Content-Language"] == "ru"


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_has_its_page_in_both_languages(client, code):
    kind = KINDS[code]
    page = client.get(reverse("api:problem", args=[code]))
    assert page.status_code == 200
    text = page.content.decode()
    assert 'lang="ru"' in text
    assert 'lang="en"' in text
    assert kind.url.endswith(f"/developers/problems/{code}")
    assert str(kind.remedy)[:20] in text.replace("&quot;", '"').replace("&lt;", "<")


def test_an_unknown_kind_has_no_page(client):
    assert client.get("/developers/problems/nothing").status_code == 404
