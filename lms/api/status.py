"""How the parts of the platform that regions' systems rely on fare at this moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import Error
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.api.models import ApiRequest, Event, WebhookDelivery
from lms.jobs.models import Job

LATE = timedelta(minutes=2)
"""Work that has waited for longer than this is late: its clock strikes every few seconds."""
LOOKED_BACK = timedelta(minutes=15)
MOST_FAILURES = 0.05
FEWEST_CLIENTS = 2
"""More failures than this share of the answers, and to so many clients, are no longer a slip that
one client's odd request meets again and again."""


class Health(StrEnum):
    WELL = "well"
    LATE = "late"
    BROKEN = "broken"

    @property
    def words(self) -> Promise:
        return {
            Health.WELL: _("works"),
            Health.LATE: _("late"),
            Health.BROKEN: _("does not work"),
        }[self]


@dataclass(frozen=True)
class Part:
    """``since``: the moment of the oldest piece of work that waits, if it is late."""

    name: str
    title: Promise
    health: Health
    since: datetime | None = None


def parts() -> list[Part]:
    """Every part, the database first: without it nothing else can be told."""
    return [
        _part("requests", _("Requests to the API"), _requests),
        _part("feed", _("Feed of events"), _feed),
        _part("webhooks", _("Webhooks"), _webhooks),
        _part("jobs", _("Imports and other long work"), _jobs),
    ]


def overall(found: list[Part]) -> Health:
    """The worst of them."""
    order = list(Health)
    return max((part.health for part in found), key=order.index)


def _part(name: str, title: Promise, look: Callable[[], tuple[Health, datetime | None]]) -> Part:
    try:
        health, since = look()
    except Error:
        health, since = Health.BROKEN, None
    return Part(name, title, health, since)


def _requests() -> tuple[Health, None]:
    of_late = ApiRequest.objects.filter(at__gte=timezone.now() - LOOKED_BACK)
    failed = Q(status__gte=500)
    recent = of_late.exclude(client__region__is_sandbox=True).aggregate(
        all=Count("pk"),
        failed=Count("pk", filter=failed),
        clients=Count("client", filter=failed, distinct=True),
    )
    is_broken = (
        recent["clients"] >= FEWEST_CLIENTS and recent["failed"] > recent["all"] * MOST_FAILURES
    )
    return (Health.BROKEN if is_broken else Health.WELL), None


def _feed() -> tuple[Health, datetime | None]:
    """Events get their place in the feed when it is read, or every few seconds."""
    return _waiting(Event.objects.filter(position=None).aggregate(first=Min("occurred_at")))


def _webhooks() -> tuple[Health, datetime | None]:
    """Not counting endpoints that have just left us without an answer: they hold up their own."""
    pending = WebhookDelivery.objects.filter(state=WebhookDelivery.State.PENDING)
    silent = pending.filter(tries__gt=0).values("endpoint")
    pending = pending.exclude(endpoint__in=silent)
    return _waiting(pending.aggregate(first=Min("due_at")))


def _jobs() -> tuple[Health, datetime | None]:
    """First tries only: those put back after a failure wait on purpose."""
    queued = Job.objects.filter(state=Job.State.QUEUED, tries=0)
    return _waiting(queued.aggregate(first=Min("created_at")))


def _waiting(found: dict[str, datetime | None]) -> tuple[Health, datetime | None]:
    first = found["first"]
    if first is None or first > timezone.now() - LATE:
        return Health.WELL, None
    return Health.LATE, first
