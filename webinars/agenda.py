"""Webinars and planned practicums in people's calendars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from courses.agenda import Event, EventKind
from courses.models import Cohort, Enrollment
from courses.tree_cache import address_of
from webinars.models.practicum import PracticumSeat, PracticumSession
from webinars.models.webinar import WebinarSession


def sessions_between(cohorts: Sequence[Cohort], start: datetime, end: datetime) -> Iterator[Event]:
    """The sessions of the cohorts in that time, cancelled ones too; one query."""
    courses = {cohort.pk: cohort.course for cohort in cohorts}
    sessions = (
        WebinarSession.objects.filter(cohort__in=courses, ends_at__gte=start, starts_at__lt=end)
        .select_related("webinar", "room")
        .only(
            "starts_at",
            "ends_at",
            "sequence",
            "cancelled_at",
            "changed_at",
            "cohort_id",
            "webinar__title",
            "room__uuid",
        )
        .order_by("starts_at", "pk")
    )
    for session in sessions:
        yield event_of_session(session, course_title=courses[session.cohort_id].title)


def event_of_session(session: WebinarSession, *, course_title: str) -> Event:
    """The session as an event; its room's number names it for ever."""
    return Event(
        uid=session.room.uuid,
        title=session.webinar.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        url=address_of(session.webinar),
        kind=EventKind.SESSION,
        cohort_id=session.cohort_id,
        course_title=course_title,
        sequence=session.sequence,
        is_cancelled=session.cancelled_at is not None,
        changed_at=session.changed_at,
    )


PRACTICUM_LASTS = timedelta(hours=1)


def practicums_between(
    enrollments: Sequence[Enrollment], start: datetime, end: datetime
) -> Iterator[tuple[int, Event]]:
    """The planned practicums of these people in that time; one query."""
    by_id = {enrollment.pk: enrollment for enrollment in enrollments}
    seats = PracticumSeat.objects.filter(
        enrollment__in=by_id,
        is_open=True,
        session__starts_at__gte=start - PRACTICUM_LASTS,
        session__starts_at__lt=end,
    ).select_related("session__practicum")
    for seat in seats:
        enrollment = by_id[seat.enrollment_id]
        yield enrollment.pk, event_of_practicum(seat.session, enrollment)


def event_of_practicum(session: PracticumSession, enrollment: Enrollment) -> Event:
    """A planned practicum in the calendar of one of its people."""
    assert session.starts_at is not None
    return Event(
        uid=session.uuid,
        title=session.practicum.title,
        starts_at=session.starts_at,
        ends_at=session.starts_at + PRACTICUM_LASTS,
        url=address_of(session.practicum),
        kind=EventKind.SESSION,
        cohort_id=enrollment.cohort_id,
        course_title=enrollment.cohort.course.title,
        changed_at=session.created_at,
    )
