"""The time zone that a person lives by."""

from __future__ import annotations

import zoneinfo

from django.conf import settings

from lms.people.models import User


def zone_of(user: User) -> zoneinfo.ZoneInfo:
    """The person's own zone; the platform's if theirs is not known any more."""
    try:
        return zoneinfo.ZoneInfo(user.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
