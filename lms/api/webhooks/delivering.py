"""Planning deliveries, sending them, trying again, giving up, and sending once more."""

from __future__ import annotations

import ipaddress
import json
import random
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from lms.api.events.kinds import TEST_TYPE, scope_of
from lms.api.events.models import Event
from lms.api.scopes import Scope
from lms.api.webhooks import posting
from lms.api.webhooks.addresses import AddressRefused, resolved
from lms.api.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from lms.api.webhooks.signing import headers_for, opened

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Before the second try, the third … (Standard Webhooks, “Deliverability and reliability”)."""
JITTER = 0.2
"""A pause is made longer by up to this part, so that receivers are not met by a crowd."""
TAKEN_FOR = timedelta(seconds=60)
"""How long a try may take before another worker may believe that the first one died."""
GONE = 410
SENT_AT_ONCE = 200


def client_may_hear(endpoint: WebhookEndpoint, event_type: str) -> bool:
    """Whether the endpoint wants this type, and its client's scopes still allow it."""
    client = endpoint.client
    wanted = not endpoint.types or event_type in endpoint.types
    may = client.may(Scope.WEBHOOKS_MANAGE) and client.may(scope_of(event_type))
    return client.is_active and wanted and may


def plan_deliveries(events: QuerySet[Event]) -> int:
    """Make one delivery of each event for each endpoint that should hear of it; how many.

    Called once for every event, in the transaction that gives it its place in the feed.
    """
    endpoints = list(
        WebhookEndpoint.objects.filter(state=WebhookEndpoint.State.ACTIVE).select_related("client")
    )
    if not endpoints:
        return 0
    planned = [
        WebhookDelivery(endpoint=endpoint, event_id=event_id)
        for event_id, event_type, region_id in events.filter(is_quiet=False).values_list(
            "pk", "type", "region_id"
        )
        for endpoint in endpoints
        if endpoint.client.region_id in (None, region_id) and client_may_hear(endpoint, event_type)
    ]
    WebhookDelivery.objects.bulk_create(planned)
    return len(planned)


def due_deliveries() -> list[int]:
    """Ids of the deliveries whose moment has come, the longest due first."""
    due = WebhookDelivery.objects.filter(
        state=WebhookDelivery.State.PENDING, due_at__lte=timezone.now()
    )
    return list(due.order_by("due_at").values_list("pk", flat=True)[:SENT_AT_ONCE])


def send_delivery(delivery_id: int) -> posting.Answer | None:
    """Try one delivery that is due. None when another worker has it, or it is no longer due.

    It is taken by compare-and-set: a worker that dies leaves it due again after ``TAKEN_FOR``.
    """
    now = timezone.now()
    taken = WebhookDelivery.objects.filter(
        pk=delivery_id, state=WebhookDelivery.State.PENDING, due_at__lte=now
    ).update(due_at=now + TAKEN_FOR, tries=F("tries") + 1)
    if not taken:
        return None
    delivery = WebhookDelivery.objects.select_related(
        "endpoint__client", "event__region", "event__learner"
    ).get(pk=delivery_id)
    if (
        delivery.endpoint.state != WebhookEndpoint.State.ACTIVE
        or not delivery.endpoint.client.is_active
    ):
        _finish(delivery, WebhookDelivery.State.FAILED)
        return None
    answer = _sent(delivery, now)
    _note(delivery, answer, at=now)
    return answer


def _sent(delivery: WebhookDelivery, now: datetime) -> posting.Answer:
    endpoint = delivery.endpoint
    body = body_of(delivery)
    headers = headers_for(
        message_id=str(delivery.uuid), at=now, body=body, secrets=current_secrets(endpoint, now)
    )
    headers |= {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Berezhno-Webhooks/1",
    }
    try:
        target = resolved(endpoint.url, allowed=allowed_networks())
    except AddressRefused as refused:
        return posting.Answer(None, refused.reason, "", 0)
    return posting.post(target, body=body, headers=headers)


def allowed_networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The networks that the operator lets webhooks go to, though they are not public."""
    return [ipaddress.ip_network(network) for network in settings.WEBHOOK_ALLOWED_NETWORKS]


def current_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The new secret first; after a rotation the former one beside it, for a while."""
    secrets = [opened(endpoint.secret)]
    if endpoint.former_secret_until is not None and now < endpoint.former_secret_until:
        secrets.append(opened(endpoint.former_secret))
    return secrets


def body_of(delivery: WebhookDelivery) -> bytes:
    """The message, by the form that Standard Webhooks recommends: type, timestamp, data.

    The same bytes in every try. Ids and states only; names are read through the API.
    """
    event = delivery.event
    message: dict[str, Any]
    if event is None:
        message = {
            "type": TEST_TYPE,
            "timestamp": delivery.created_at.isoformat(),
            "data": {"endpoint": str(delivery.endpoint.uuid)},
        }
    else:
        message = {
            "type": event.type,
            "timestamp": event.occurred_at.isoformat(),
            "data": {
                "event": str(event.uuid),
                "number": event.number,
                "region": event.region.code,
                "object": str(event.object_id),
                "learner": str(event.learner.uuid) if event.learner else None,
                **event.data,
            },
        }
    return json.dumps(message, ensure_ascii=False, sort_keys=True).encode()


@transaction.atomic
def _note(delivery: WebhookDelivery, answer: posting.Answer, *, at: datetime) -> None:
    """Write the try into the log, and what follows from it."""
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=at,
        status=answer.status,
        error=answer.error,
        excerpt=answer.excerpt,
        duration_ms=answer.duration_ms,
    )
    if answer.status is not None and 200 <= answer.status < 300:
        _finish(delivery, WebhookDelivery.State.DELIVERED)
    elif answer.status == GONE:
        _finish(delivery, WebhookDelivery.State.FAILED)
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(
            state=WebhookEndpoint.State.GONE, updated_at=timezone.now()
        )
    elif delivery.tries > len(PAUSES) or delivery.event_id is None:
        _finish(delivery, WebhookDelivery.State.FAILED)  # a test is tried once
    else:
        _mine(delivery).update(due_at=timezone.now() + pause_before(delivery.tries + 1))


def pause_before(attempt: int, *, chance: float | None = None) -> timedelta:
    """How long to wait before try ``attempt`` (2 …). ``chance`` 0..1 is drawn when left out."""
    drawn = random.random() if chance is None else chance  # noqa: S311  nothing to guess
    return PAUSES[attempt - 2] * (1 + JITTER * drawn)


def _mine(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    """The row, as long as nobody has taken the delivery over from this worker."""
    return WebhookDelivery.objects.filter(
        pk=delivery.pk, state=WebhookDelivery.State.PENDING, tries=delivery.tries
    )


def _finish(delivery: WebhookDelivery, state: WebhookDelivery.State) -> None:
    _mine(delivery).update(state=state, finished_at=timezone.now())


def resend(delivery: WebhookDelivery) -> WebhookDelivery:
    """Put a delivery in the queue once more, whatever became of it; its id stays the same."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=WebhookDelivery.State.PENDING, due_at=timezone.now(), tries=0, finished_at=None
    )
    delivery.refresh_from_db()
    return delivery


def send_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send a test message at once; what came of it stands in the delivery's attempts."""
    delivery = WebhookDelivery.objects.create(endpoint=endpoint, event=None)
    send_delivery(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def forget_old_deliveries() -> int:
    """Delete the log of deliveries that ended more than ``WEBHOOK_LOG_DAYS`` ago; how many."""
    limit = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    _count, by_model = WebhookDelivery.objects.filter(finished_at__lt=limit).delete()
    return by_model.get("api.WebhookDelivery", 0)
