"""Moments in words: in the reader's own time, with its zone named as people here name it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.people.zones import MOSCOW, zone_in_words


def time_in_words(moment: datetime) -> str:
    """The time for the reader with its zone, and Moscow time where it is another."""
    local = timezone.localtime(moment)
    words = f"{date_format(local, 'H:i')} ({zone_in_words(moment)})"
    moscow = moment.astimezone(MOSCOW)
    if moscow.utcoffset() == local.utcoffset():
        return words
    return _("%(moment)s, %(time)s in Moscow") % {"moment": words, "time": moscow.strftime("%H:%M")}


def moment_in_words(moment: datetime) -> str:
    """Day and time for the reader, and Moscow time where it is another."""
    local = timezone.localtime(moment)
    words = _("%(day)s at %(time)s (%(zone)s)") % {
        "day": date_format(local, "j E Y"),
        "time": date_format(local, "H:i"),
        "zone": zone_in_words(moment),
    }
    moscow = moment.astimezone(MOSCOW)
    if moscow.utcoffset() == local.utcoffset():
        return words
    return _("%(moment)s, %(time)s in Moscow") % {"moment": words, "time": moscow.strftime("%H:%M")}
