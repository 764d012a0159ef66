"""Planning deliveries, sending them, trying again, giving up, and sending once more."""

from __future__ import annotations

import ipaddress
import json
import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from lms.api.events.kinds import TEST_TYPE, scope_of
from lms.api.events.models import Event
from lms.api.scopes import Scope
from lms.api.webhooks import posting
from lms.api.webhooks.addresses import AddressRefused, resolved
from lms.api.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from lms.api.webhooks.signing import headers_for, opened
from lms.vault import InvalidToken

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
"""How long a worker may have deliveries before another may believe that it died."""
LONGEST_TRY = timedelta(seconds=posting.SECONDS + 5)
"""A worker begins none that it might not end in time."""
LANES = 2
"""How many workers may be busy with one endpoint: one that hangs leaves room for the others."""
LANE_LENGTH = 100
_TICK = timedelta(microseconds=1)
GONE = 410
SECRET_UNREADABLE = "secret-unreadable"  # noqa: S105
"""The error of a try where SECRET_KEY was replaced since the endpoint's secret was made."""


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


@dataclass(frozen=True)
class Lane:
    """Deliveries of one endpoint that one worker sends, one after the other."""

    deliveries: list[int]
    taken_until: datetime


@transaction.atomic
def take_due_deliveries() -> list[Lane]:
    """Take what is due, the longest due first, and give it out; nobody else gets it meanwhile.

    An endpoint that is served by ``LANES`` workers already gets no further one.
    """
    now = timezone.now()
    pending = WebhookDelivery.objects.filter(state=WebhookDelivery.State.PENDING).order_by()
    due = pending.filter(_is_free(now), due_at__lte=now)
    endpoints = list(due.values_list("endpoint", flat=True).distinct())
    if not endpoints:
        return []
    busy = dict(
        pending.filter(taken_until__gt=now)
        .values("endpoint")
        .annotate(lanes=Count("taken_until", distinct=True))
        .values_list("endpoint", "lanes")
    )
    lanes = []
    for endpoint in endpoints:
        free = LANES - busy.get(endpoint, 0)
        rows = due.filter(endpoint=endpoint).order_by("due_at", "pk")
        rows = rows.select_for_update(skip_locked=True, of=("self",))
        found = list(rows.values_list("pk", flat=True)[: max(free, 0) * LANE_LENGTH])
        for start in range(0, len(found), LANE_LENGTH):
            # Two lanes are told apart by their moments.
            lane = Lane(found[start : start + LANE_LENGTH], now + TAKEN_FOR + start * _TICK)
            WebhookDelivery.objects.filter(pk__in=lane.deliveries).update(
                taken_until=lane.taken_until
            )
            lanes.append(lane)
    return lanes


def _is_free(now: datetime) -> Q:
    return Q(taken_until=None) | Q(taken_until__lte=now)


def send_lane(lane: Lane) -> None:
    """Send one after the other; an endpoint that does not answer is left alone until later.

    What was not begun is given back.
    """
    for delivery_id in lane.deliveries:
        if timezone.now() > lane.taken_until - LONGEST_TRY:
            break
        answer = send_delivery(delivery_id, lane=lane)
        if answer is not None and answer.status is None:
            break
    WebhookDelivery.objects.filter(pk__in=lane.deliveries, taken_until=lane.taken_until).update(
        taken_until=None
    )


def send_delivery(delivery_id: int, *, lane: Lane | None = None) -> posting.Answer | None:
    """Try one delivery that is due. None when another worker has it, or it is no longer due.

    It is taken by compare-and-set, if it was not taken with its ``lane``: a worker that dies leaves
    it free again after ``TAKEN_FOR``.
    """
    now = timezone.now()
    free = _is_free(now) if lane is None else Q(taken_until=lane.taken_until)
    taken = WebhookDelivery.objects.filter(
        free, pk=delivery_id, state=WebhookDelivery.State.PENDING, due_at__lte=now
    ).update(
        taken_until=now + TAKEN_FOR if lane is None else lane.taken_until, tries=F("tries") + 1
    )
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


def request_of(delivery: WebhookDelivery, at: datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body of the request as it goes, or went, out ``at`` that moment.

    Raises ``lms.vault.InvalidToken`` where the secret cannot be opened.
    """
    body = body_of(delivery)
    secrets = current_secrets(delivery.endpoint, at)
    headers = headers_for(message_id=str(delivery.uuid), at=at, body=body, secrets=secrets)
    headers |= {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Berezhno-Webhooks/1",
    }
    return headers, body


def _sent(delivery: WebhookDelivery, now: datetime) -> posting.Answer:
    endpoint = delivery.endpoint
    try:
        headers, body = request_of(delivery, now)
    except InvalidToken:
        return posting.Answer(None, SECRET_UNREADABLE, "", 0)
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
        with suppress(InvalidToken):  # made under a SECRET_KEY that was replaced: nobody has it
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
        due_at = timezone.now() + pause_before(delivery.tries + 1)
        _mine(delivery).update(due_at=due_at, taken_until=None)


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
    _mine(delivery).update(state=state, finished_at=timezone.now(), taken_until=None)


def resend(delivery: WebhookDelivery) -> WebhookDelivery:
    """Put a delivery in the queue once more, whatever became of it; its id stays the same."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=WebhookDelivery.State.PENDING,
        due_at=timezone.now(),
        taken_until=None,
        tries=0,
        finished_at=None,
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
