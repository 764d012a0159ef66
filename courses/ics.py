"""Events as iCalendar (RFC 5545): for a feed, a file, or a letter.

Moments are in UTC, which every calendar program reads alike; UIDs last; a move raises SEQUENCE.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, vDuration
from icalendar import Event as Entry

from courses.agenda import Event, EventKind
from courses.when import moment_in_words

ALARM_BEFORE = timedelta(minutes=30)


def ics_of(events: Iterable[Event], *, method: str = "PUBLISH", name: str = "") -> str:
    """A calendar of the events. With ``method="CANCEL"`` it takes them out of calendars."""
    calendar = Calendar()
    calendar.add("prodid", "-//Berezhno//LMS//RU")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        every = vDuration(timedelta(hours=1))
        calendar.add("refresh-interval", every, parameters={"VALUE": "DURATION"})  # RFC 7986, 5.7
        calendar.add("x-published-ttl", every.to_ical().decode())
    for event in events:
        calendar.add_component(_entry(event))
    return calendar.to_ical().decode()


def absolute(url: str) -> str:
    """The address of a page for whoever is not on the site."""
    return settings.PUBLIC_URL + url if url.startswith("/") else url


def summary_of(event: Event) -> str:
    """The event in a calendar's one line."""
    if event.kind is EventKind.DEADLINE:
        return _("To be done by now: %(title)s") % {"title": event.title}
    return event.title


def _entry(event: Event) -> Entry:
    entry = Entry()
    entry.add("uid", str(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", timezone.now().astimezone(UTC))
    entry.add("dtstart", _utc(event.starts_at))
    if not event.is_moment:
        entry.add("dtend", _utc(event.ends_at))
    if event.changed_at is not None:
        entry.add("last-modified", _utc(event.changed_at))
    entry.add("summary", summary_of(event))
    entry.add("description", _description(event))
    if event.url:
        entry.add("url", absolute(event.url))
    entry.add("organizer", f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")  # CANCEL needs it
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    is_meeting = event.kind is EventKind.SESSION and not event.is_cancelled
    entry.add("transp", "OPAQUE" if is_meeting else "TRANSPARENT")
    if is_meeting:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary_of(event))
        alarm.add("trigger", -ALARM_BEFORE)
        entry.add_component(alarm)
    return entry


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _description(event: Event) -> str:
    lines = [_("Course “%(course)s”") % {"course": event.course_title}]
    if event.is_cancelled:
        lines.append(_("The webinar is cancelled."))
    elif event.kind is EventKind.SESSION:
        lines.append(_("Begins %(moment)s.") % {"moment": moment_in_words(event.starts_at)})
        lines.append(_("The way in: %(url)s") % {"url": absolute(event.url)})
    elif event.url:
        lines.append(absolute(event.url))
    return "\n".join(lines)
