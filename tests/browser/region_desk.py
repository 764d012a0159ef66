"""Makes what a region's systems leave behind, for pictures, inside an installation's own process.

Run as a module with the installation's environment; prints where it is and who may come in.
"""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from lms.api.events.models import Event  # noqa: E402
from lms.api.keys import create_client, end_key  # noqa: E402
from lms.api.models import ApiClient, PersonalDataAccess  # noqa: E402
from lms.api.oauth.secrets import make_secret  # noqa: E402
from lms.api.sandbox import make_sandbox, make_test_client  # noqa: E402
from lms.api.scopes import ALL_SCOPES  # noqa: E402
from lms.api.webhooks.endpoints import add_endpoint  # noqa: E402
from lms.api.webhooks.models import (  # noqa: E402
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from lms.people.details import PersonDetails  # noqa: E402
from lms.people.models import Region, User  # noqa: E402
from lms.people.registering import register_person  # noqa: E402
from tests.webinars.clients import session_key_of  # noqa: E402

PEOPLE = [
    ("Никитина", "Вера", "Андреевна"),
    ("Соболев", "Глеб", "Юрьевич"),
    ("Тарасова", "Инна", "Михайловна"),
    ("Ушакова", "Лидия", "Фёдоровна"),
]
State = WebhookDelivery.State


def prepare() -> dict:
    office = User.objects.get(email="admin@demo.example")
    coordinator = User.objects.get(email="region@demo.example")
    region: Region = coordinator.coordinated_regions().get()
    hr, _key = create_client(
        name="Кадры Томской области", scopes=ALL_SCOPES, region=region, created_by=office
    )
    end_key(hr)
    make_secret(hr, made_by=office)
    make_secret(hr, made_by=office, former_works_for=timedelta(days=7))
    report, _key = create_client(
        name="Сводка министерства",
        scopes=["cohorts:read", "reports:read"],
        region=None,
        created_by=office,
    )
    make_test_client(make_sandbox(), name="Проба Томской области", created_by=office)
    people = [
        register_person(
            region=region,
            system="hr",
            value=str(number),
            details=PersonDetails(family_name=family, given_name=given, patronymic=patronymic),
        ).user
        for number, (family, given, patronymic) in enumerate(PEOPLE, start=1001)
    ]
    request_id = accesses(hr, office, people)
    endpoint = webhook(hr)
    return {
        "cookie": settings.SESSION_COOKIE_NAME,
        "keys": {
            name: session_key_of(user)
            for name, user in (("office", office), ("coordinator", coordinator))
        },
        "request": f"/cms/accesses/{request_id}/",
        "secrets": f"/cms/api_clients/access/{hr.pk}/",
        "deliveries": f"/cms/webhook_endpoints/deliveries/{endpoint.pk}/",
        "report": report.pk,
    }


def accesses(hr: ApiClient, office: User, people: list[User]) -> str:
    """Some days of what the log keeps; the number of the request about all of them."""
    now = timezone.now()
    about_all = uuid4()
    log = [
        (now - timedelta(minutes=20), {"client": hr}, "GET /api/v1/learners", people, about_all),
        (
            now - timedelta(hours=2),
            {"reader": office},
            "GET /cms/personal-data/{pk}/download/",
            people[:1],
            uuid4(),
        ),
        (
            now - timedelta(hours=5),
            {"client": hr},
            "PUT /api/v1/cohorts/{cohort_id}/enrolments/by-external-id/{system}/{value}",
            people[1:2],
            uuid4(),
        ),
        (
            now - timedelta(days=1),
            {"reader": office},
            "GET /cms/cohorts/{cohort_id}/people/",
            people[:3],
            uuid4(),
        ),
        (
            now - timedelta(days=2),
            {"client": hr},
            "GET /api/v1/certificates/{certificate_id}/pdf",
            people[2:3],
            uuid4(),
        ),
    ]
    PersonalDataAccess.objects.bulk_create(
        PersonalDataAccess(person=person, endpoint=endpoint, request_id=number, at=at, **who)
        for at, who, endpoint, seen, number in log
        for person in seen
    )
    return str(about_all)


def webhook(hr: ApiClient) -> WebhookEndpoint:
    """An endpoint of an address that nobody has, with messages in every state."""
    endpoint, _secret = add_endpoint(
        client=hr, url="https://kadry.example.org/hooks/berezhno", description="Кадровая система"
    )
    now = timezone.now()
    events = list(Event.objects.filter(region=hr.region).order_by("-pk")[:3])
    for event, state, status, minutes in zip(
        events,
        (State.PENDING, State.DELIVERED, State.DELIVERED),
        (503, 204, 200),
        (3, 12, 47),
        strict=True,
    ):
        delivery = WebhookDelivery.objects.create(
            endpoint=endpoint,
            event=event,
            state=state,
            tries=1,
            due_at=now + timedelta(minutes=30),
        )
        WebhookAttempt.objects.create(
            delivery=delivery,
            at=now - timedelta(minutes=minutes),
            status=status,
            excerpt="Service Unavailable" if status == 503 else "",
            duration_ms=40 + minutes,
        )
    return endpoint


if __name__ == "__main__":
    print(json.dumps(prepare()))
