"""What is dated in a person's learning: the events of their cohorts and their own deadlines.

Rooms above register a source, so that courses need not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from courses.deadlines import deadlines_of
from courses.models import Cohort, Enrollment
from courses.tree_cache import address_of
from lms.people.models import User

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class EventKind(StrEnum):
    SESSION = "session"
    DEADLINE = "deadline"
    COHORT_START = "cohort_start"
    COHORT_END = "cohort_end"


@dataclass(frozen=True)
class Event:
    """One dated thing. ``url`` is the page where it happens; ``sequence`` counts its moves."""

    uid: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    """Equal to ``starts_at`` for a moment, such as a deadline."""
    url: str
    kind: EventKind
    cohort_id: int
    course_title: str = ""
    sequence: int = 0
    is_cancelled: bool = False
    changed_at: datetime | None = None

    @property
    def is_moment(self) -> bool:
        return self.starts_at == self.ends_at


Source = Callable[[Sequence[Cohort], datetime, datetime], Iterable[Event]]
"""Events of the cohorts (with their courses) that end after the first moment and begin before
the second, cancelled ones included; a constant number of queries however many cohorts."""

OwnSource = Callable[[Sequence[Enrollment], datetime, datetime], Iterable[tuple[int, Event]]]
"""Events of single people by the id of their enrolment; a constant number of queries."""

_sources: list[Source] = []
_own_sources: list[OwnSource] = []


def register_source(source: Source) -> None:
    """Let a room offer events; called once, when the application starts."""
    if source not in _sources:
        _sources.append(source)


def register_own_source(source: OwnSource) -> None:
    """Let a room offer events that concern some people of a cohort only."""
    if source not in _own_sources:
        _own_sources.append(source)


def events_of(cohorts: Sequence[Cohort], start: datetime, end: datetime) -> list[Event]:
    """Everything dated that the cohorts share, in order of time."""
    found = [event for cohort in cohorts for event in _cohort_dates(cohort)]
    found = [event for event in found if event.ends_at >= start and event.starts_at < end]
    for source in _sources:
        found.extend(source(cohorts, start, end))
    return sorted(found, key=_by_time)


def agendas_of(
    enrollments: Sequence[Enrollment], start: datetime, end: datetime
) -> dict[int, list[Event]]:
    """For each enrolment (by id) its cohort's events and the learner's unfinished deadlines.

    ``enrollments`` come with ``cohort__course``; a constant number of queries for all of them.
    """
    cohorts = {enrollment.cohort_id: enrollment.cohort for enrollment in enrollments}
    shared: dict[int, list[Event]] = {}
    for event in events_of(list(cohorts.values()), start, end):
        shared.setdefault(event.cohort_id, []).append(event)
    own = deadlines_of(enrollments)
    personal: dict[int, list[Event]] = {}
    for source in _own_sources:
        for enrollment_id, event in source(enrollments, start, end):
            personal.setdefault(enrollment_id, []).append(event)
    agendas = {}
    for enrollment in enrollments:
        events = shared.get(enrollment.cohort_id, []) + personal.get(enrollment.pk, [])
        for deadline in own.get(enrollment.pk, []):
            if start <= deadline.due_at < end:
                events.append(
                    Event(
                        uid=uuid5(enrollment.uuid, f"deadline:{deadline.activity.pk}"),
                        title=deadline.activity.title,
                        starts_at=deadline.due_at,
                        ends_at=deadline.due_at,
                        url=address_of(deadline.activity),
                        kind=EventKind.DEADLINE,
                        cohort_id=enrollment.cohort_id,
                        course_title=enrollment.cohort.course.title,
                        changed_at=deadline.activity.last_published_at,
                    )
                )
        agendas[enrollment.pk] = sorted(events, key=_by_time)
    return agendas


def led_sessions_of(user: User, start: datetime, end: datetime) -> list[Event]:
    """The meetings of the cohorts that the person trains, cancelled ones too, in order of time."""
    if not user.has_roles:
        return []
    cohorts = list(user.trained_cohorts.select_related("course"))
    found = events_of(cohorts, start, end) if cohorts else []
    return [event for event in found if event.kind is EventKind.SESSION]


def agenda_of(user: User, start: datetime, end: datetime) -> list[Event]:
    """Everything dated in the person's open enrolments and the meetings that they lead."""
    enrollments = list(
        Enrollment.objects.open().filter(learner=user).select_related("cohort__course")
    )
    agendas = agendas_of(enrollments, start, end).values()
    found = [event for events in agendas for event in events]
    known = {event.uid for event in found}  # whoever learns where they lead has it once
    found += [event for event in led_sessions_of(user, start, end) if event.uid not in known]
    return sorted(found, key=_by_time)


def event_of(user: User, uid: UUID) -> Event | None:
    """One of the person's own events, whenever it is."""
    found = agenda_of(user, EARLIEST, LATEST)
    return next((event for event in found if event.uid == uid), None)


def _by_time(event: Event) -> tuple[datetime, datetime, str]:
    return event.starts_at, event.ends_at, event.title


def _cohort_dates(cohort: Cohort) -> list[Event]:
    course = cohort.course

    def moment(kind: EventKind, at: datetime, title: str) -> Event:
        return Event(
            uid=uuid5(cohort.uuid, kind.value),
            title=title % {"course": course.title},
            starts_at=at,
            ends_at=at,
            url=address_of(course),
            kind=kind,
            cohort_id=cohort.pk,
            course_title=course.title,
            changed_at=cohort.created_at,
        )

    return [
        moment(EventKind.COHORT_START, cohort.starts_at, _("“%(course)s” begins")),
        moment(EventKind.COHORT_END, cohort.ends_at, _("“%(course)s” ends")),
    ]
