"""The dates of one cohort for the page of its course: begin and end, modules, live sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from courses.agenda import EARLIEST, LATEST, Event, EventKind, events_of
from courses.models import Cohort
from courses.programme import Programme


@dataclass(frozen=True)
class Entry:
    """One line: when, and what. ``event_id`` names it in the calendar of those who study."""

    at: datetime
    words: str
    is_session: bool = False
    is_cancelled: bool = False
    event_id: UUID | None = None


def timetable_of(programme: Programme, cohort: Cohort | None) -> list[Entry]:
    """In order of time; empty where no cohort concerns the visitor."""
    if cohort is None:
        return []
    entries = [_entry(event) for event in events_of([cohort], EARLIEST, LATEST)]
    for module in programme.modules:
        days = min((row.activity.opens_after_days for row in module.rows), default=0)
        if days:
            at = cohort.starts_at + timedelta(days=days)
            words = _("The module “%(title)s” opens") % {"title": module.page.title}
            entries.append(Entry(at, words))
    return sorted(entries, key=lambda entry: (entry.at, entry.words))


def _entry(event: Event) -> Entry:
    return Entry(
        at=event.starts_at,
        words=event.title,
        is_session=event.kind is EventKind.SESSION,
        is_cancelled=event.is_cancelled,
        event_id=event.uid,
    )
