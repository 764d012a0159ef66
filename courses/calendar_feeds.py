"""The secret address under which a person's own calendar program reads their agenda."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from courses.agenda import agenda_of
from courses.ics import ics_of
from courses.models import CalendarFeed
from lms.people.models import User

BEFORE, AHEAD = timedelta(days=60), timedelta(days=400)
"""How much of the past and of the future a feed holds."""
_signer = Signer(salt="courses.calendar_feed", sep=".")


def address_of(feed: CalendarFeed) -> str:
    token = _signer.sign(feed.key.hex)
    return settings.PUBLIC_URL + reverse("courses:calendar_feed", args=[token])


def renew_feed(user: User) -> CalendarFeed:
    """A feed with a new address; the old one is out of use from now on."""
    feed, _created = CalendarFeed.objects.update_or_create(
        person=user, defaults={"key": uuid.uuid4(), "created_at": timezone.now()}
    )
    return feed


def find_feed(token: str) -> CalendarFeed | None:
    """The feed of this address, while its person may use the platform."""
    try:
        key = uuid.UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return (
        CalendarFeed.objects.select_related("person")
        .filter(key=key, person__is_active=True)
        .first()
    )


def feed_of(user: User, *, name: str) -> str:
    """The person's agenda as a calendar file."""
    now = timezone.now()
    return ics_of(agenda_of(user, now - BEFORE, now + AHEAD), name=name)
