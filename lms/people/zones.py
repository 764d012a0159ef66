"""Time zones: which one a person lives by, and how people here name them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.people.models import User

MOSCOW = ZoneInfo("Europe/Moscow")


def zone_in_words(moment: datetime) -> str:
    """The active time zone by its distance from Moscow: MSK, MSK+4, MSK−1."""
    local, moscow = timezone.localtime(moment), moment.astimezone(MOSCOW)
    here, there = local.utcoffset(), moscow.utcoffset()
    assert here is not None
    assert there is not None
    minutes = int((here - there).total_seconds()) // 60
    if minutes == 0:
        return _("MSK")
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−"
    return _("MSK") + f"{sign}{hours}" + (f":{rest:02d}" if rest else "")


def zone_of(user: User) -> ZoneInfo:
    """The person's own zone; the platform's if theirs is not known any more."""
    try:
        return ZoneInfo(user.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
