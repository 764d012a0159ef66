"""What clients asked and how it ended: written down, read back by them and in the CMS."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from lms.api.models import AccessToken, ApiRequest
from lms.api.oauth.secrets import make_secret
from lms.api.request_log import recording
from lms.api.tasks import forget_old
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_client_reads_its_own_requests_the_newest_first(caller, caller_of, omsk):
    cohort = CohortFactory()
    caller.enrol(cohort, "12345")
    refused = caller.get("/enrolments/none")
    caller_of(omsk).get("/cohorts")
    first, second = caller.get("/requests").data["items"]
    assert (first["request"], first["status"], first["code"]) == (
        "GET /api/v1/enrolments/{enrolment_id}",
        404,
        "enrolment-not-found",
    )
    assert f"urn:uuid:{first['request_id']}" == refused.data["instance"]
    assert first["request_id"] == refused.headers["X-Request-Id"]
    assert (second["status"], second["code"]) == (201, "")
    assert second["request"].startswith("PUT /api/v1/cohorts/{cohort_id}/enrolments")
    assert "12345" not in str(caller.get("/requests").data), "no personnel number is kept"
    assert second["duration_ms"] >= 0


def test_it_is_narrowed_and_read_page_by_page(caller):
    began = timezone.now()
    for _time in range(3):
        caller.get("/me")
    caller.get("/enrolments/none")
    newest = caller.get("/requests?limit=2").data
    assert [one["status"] for one in newest["items"]] == [404, 200]
    older = caller.get(f"/requests?limit=200&cursor={newest['next_cursor']}").data
    assert [one["request"] for one in older["items"]] == ["GET /api/v1/me"] * 2
    assert not older["has_more"]
    (one,) = caller.get("/requests?outcome=refused").data["items"]
    (same,) = caller.get(f"/requests?request_id={one['request_id']}").data["items"]
    assert one == same
    moment = began.isoformat().replace("+00:00", "Z")
    assert caller.get(f"/requests?until={moment}").data["items"] == []
    assert caller.get(f"/requests?since={moment}&outcome=failed").data["items"] == []
    assert caller.get("/requests?outcome=sad").status_code == 422


def test_usage_says_what_was_asked_and_what_is_left(caller, settings):
    caller.get("/me")
    caller.get("/enrolments/none")
    usage = caller.get("/usage").data
    assert usage["requests_per_minute"] == settings.API_REQUESTS_PER_MINUTE
    assert usage["left"] <= usage["requests_per_minute"] - 1
    assert usage["kept_days"] == 30
    counted = ("requests", "refused", "failed")
    assert [sum(day[kind] for day in usage["days"]) for kind in counted] == [2, 1, 0]


def test_a_token_that_has_expired_is_in_the_log_of_its_client(caller):
    secret = make_secret(caller.client)
    caller.client.refresh_from_db()
    form = {
        "grant_type": "client_credentials",
        "client_id": caller.client.client_id,
        "client_secret": secret,
    }
    answer = Client().post(
        "/api/v1/oauth/token",
        "&".join(f"{name}={value}" for name, value in form.items()),
        content_type="application/x-www-form-urlencoded",
    )
    AccessToken.objects.update(expires_at=timezone.now())
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    (one,) = caller.get("/requests?outcome=refused").data["items"]
    assert (one["status"], one["code"]) == (401, "token-expired")


def test_of_too_many_requests_only_the_first_is_written(caller, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    codes = [caller.get("/me").status_code for _time in range(6)]
    cache.clear()
    written = [one["status"] for one in caller.get("/requests").data["items"]]
    if codes == [200, 200, 429, 429, 429, 429]:  # else a minute began in between
        assert written == [429, 200, 200]


def test_requests_by_scim_are_written_without_the_ids_in_them(caller):
    headers = {"Authorization": f"Bearer {caller.key}"}
    person = UserFactory(region=caller.client.region)
    answer = Client().get(f"/scim/v2/Users/{person.uuid}", headers=headers)
    assert answer.status_code == 200
    (one,) = caller.get("/requests").data["items"]
    assert one["request"] == "GET /scim/v2/Users"
    assert one["request_id"] == answer.headers["X-Request-Id"]
    (access,) = caller.get("/personal-data-accesses").data["items"]
    assert access["request_id"] == one["request_id"]


def test_nobody_elses_requests_are_written_and_no_answer_fails_for_the_log(caller, monkeypatch):
    Client().get("/api/v1/me")
    Client().get("/api/v1/schema/")
    Client().get("/api/v1/nowhere")
    assert not ApiRequest.objects.exists()

    def broken(**fields):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(recording.ApiRequest.objects, "create", broken)
    assert caller.get("/me").status_code == 200


def test_old_requests_are_forgotten(caller):
    caller.get("/me")
    caller.get("/me")
    first = ApiRequest.objects.first()
    ApiRequest.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=31))
    forget_old()
    assert ApiRequest.objects.count() == 1


# --- In the CMS ----------------------------------------------------------------------------------
PAGE = "/cms/api-requests/"


@pytest.fixture
def coordinator(tomsk) -> User:
    person = UserFactory(email="region@example.org")
    grant_role(user=person, role=Role.COORDINATOR, region=tomsk)
    return person


def test_a_coordinator_sees_how_the_systems_of_the_region_fare(
    client_of, coordinator, caller, caller_of, omsk
):
    other = caller_of(omsk)
    other.get("/me")
    refused = caller.get("/enrolments/none")
    browser = client_of(coordinator)
    page = browser.get(PAGE).content.decode()
    assert caller.client.name in page
    assert other.client.name not in page
    assert "enrolment-not-found" in page
    number = UUID(refused.headers["X-Request-Id"])
    assert str(number) in browser.get(f"{PAGE}?request_id={number}").content.decode()
    alone = browser.get(f"{PAGE}?client={caller.client.pk}&outcome=ok").content.decode()
    assert "enrolment-not-found" not in alone
    assert browser.get(f"{PAGE}?client={other.client.pk}").status_code == 422
    assert browser.get(f"{PAGE}?since=yesterday").status_code == 422


def test_an_administrator_sees_all_clients(client_of, caller, caller_of):
    everywhere = caller_of(None)
    everywhere.get("/me")
    page = client_of(User.objects.create_superuser("admin@example.org")).get(PAGE)
    for client in (caller.client, everywhere.client):
        assert client.name in page.content.decode()


def test_nobody_else_gets_there(client_of, caller):
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    for someone in (trainer, UserFactory()):
        assert client_of(someone).get(PAGE).status_code == 302
