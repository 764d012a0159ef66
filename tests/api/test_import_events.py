"""What an import writes past the models stands in the feed, and one webhook tells of its end."""

import pytest

from lms.api.events.models import Event
from lms.api.events.numbering import number_events
from lms.api.webhooks.models import WebhookDelivery
from tests.api.test_imports import checked_import
from tests.courses.importing.making import csv_of, person
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db


def test_an_import_stands_in_the_feed_and_sends_one_webhook(caller):
    caller.send("POST", "/webhook-endpoints", {"url": "https://example.org/hooks"})
    people = csv_of([person(1), person(2)])
    checked_import(caller, people, cohort=str(CohortFactory().uuid), dry_run="false")
    types = [event["type"] for event in caller.get("/events").data["items"]]
    assert sorted(types[:4]) == sorted(["learner.created", "enrolment.created"] * 2)
    assert types[4:] == ["import.finished"]
    number_events()
    assert WebhookDelivery.objects.get().event.type == "import.finished"
    assert not Event.objects.filter(data__icontains="Иванова").exists()
