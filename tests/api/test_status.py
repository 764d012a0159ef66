"""The page that says how the parts of the platform that systems rely on fare."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import Error
from django.utils import timezone

from lms.api import status
from lms.api.models import ApiRequest, Event, WebhookDelivery, WebhookEndpoint
from lms.jobs.models import Job

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(minutes=10)


def said(client) -> dict[str, str]:
    answer = client.get("/developers/status.json")
    assert answer.status_code == (503 if answer.json()["status"] == "broken" else 200)
    assert "no-store" in answer.headers["Cache-Control"]
    return {part["name"]: part["status"] for part in answer.json()["parts"]}


def test_all_is_well(client):
    assert said(client) == dict.fromkeys(("requests", "feed", "webhooks", "jobs"), "well")
    assert "Всё работает." in client.get("/developers/status/").content.decode()


def test_work_that_waits_too_long_is_late(client, caller):
    Job.objects.create(kind="test", key="1")
    Event.objects.create(type="learner.created", region=caller.client.region, object_id=uuid4())
    endpoint = WebhookEndpoint.objects.create(client=caller.client, url="https://example.org")
    WebhookDelivery.objects.create(endpoint=endpoint)
    assert set(said(client).values()) == {"well"}
    then = timezone.now() - LONG_AGO
    Job.objects.update(created_at=then)
    Event.objects.update(occurred_at=then)
    WebhookDelivery.objects.update(due_at=then)
    assert said(client) == {"requests": "well", "feed": "late", "webhooks": "late", "jobs": "late"}
    page = client.get("/developers/status/").content.decode()
    assert page.count("дольше всего ждёт с") == 3
    Job.objects.update(tries=1)
    assert said(client)["jobs"] == "well", "it waits on purpose"


def test_failures_of_one_client_are_a_slip_and_of_two_a_fault(client, caller_of):
    def fail(caller) -> None:
        ApiRequest.objects.create(
            client=caller.client, request_id=uuid4(), method="GET", route="/", status=500,
            duration_ms=1,
        )  # fmt: skip

    mine, theirs = caller_of(), caller_of()
    fail(mine)
    fail(mine)
    assert said(client)["requests"] == "well"
    fail(theirs)
    assert said(client)["requests"] == "broken"
    assert "Что-то не работает" in client.get("/developers/status/").content.decode()


def test_a_part_that_cannot_be_asked_does_not_work(client, monkeypatch):
    def away():
        raise Error("the database is away")

    monkeypatch.setattr(status, "_feed", away)
    assert said(client)["feed"] == "broken"
