"""Sessions of webinars: planning, opening and closing them, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from courses.models import Cohort, Enrollment
from courses.when import moment_in_words
from lms.people.models import User
from webinars import attendance
from webinars.live.rooms import close_room, create_room, live_urls, open_room
from webinars.models.attendance import AttendanceSegment
from webinars.models.poll import Poll
from webinars.models.room import Room
from webinars.models.webinar import WebinarSession
from webinars.pages import Webinar
from webinars.room_words import room_words


class Phase(StrEnum):
    """Where a session stands for those who look at its page."""

    UNANNOUNCED = "unannounced"
    BEFORE = "before"
    OPEN = "open"
    AFTER = "after"
    CANCELLED = "cancelled"


def phase_of(session: WebinarSession | None) -> Phase:
    if session is None:
        return Phase.UNANNOUNCED
    if session.closed_at is not None:
        return Phase.AFTER
    if session.cancelled_at is not None:
        return Phase.CANCELLED
    return Phase.OPEN if session.opened_at is not None else Phase.BEFORE


@transaction.atomic
def plan_session(
    *, webinar: Webinar, cohort: Cohort, starts_at: datetime, ends_at: datetime
) -> WebinarSession:
    """A session with its room. Raises IntegrityError ``webinar_meets_once_for_a_cohort``."""
    room = create_room(kind=Room.Kind.WEBINAR, title=webinar.title)
    return WebinarSession.objects.create(
        webinar=webinar, cohort=cohort, room=room, starts_at=starts_at, ends_at=ends_at
    )


@transaction.atomic
def open_session(session: WebinarSession, *, actor: User) -> bool:
    """Open the room and lay the prepared polls ready.

    False if that was done before, or the session is cancelled.
    """
    locked = WebinarSession.objects.select_for_update().get(pk=session.pk)
    if locked.cancelled_at is not None:
        return False
    Poll.objects.bulk_create(
        [
            Poll(
                room=session.room,
                prepared_as=str(block.id),
                question=block.value["question"],
                options=list(block.value["options"]),
            )
            for block in session.webinar.polls
        ],
        ignore_conflicts=True,
    )
    return open_room(session.room, actor=actor)


@transaction.atomic
def close_session(session: WebinarSession, *, actor: User) -> bool:
    """End the webinar: stays end, and whoever stayed long enough is in the ledger."""
    if not close_room(session.room, actor=actor):
        return False
    assert session.closed_at is not None
    attendance.close_all(session, at=session.closed_at)
    people = AttendanceSegment.objects.filter(session=session).values_list("user_id", flat=True)
    attendance.complete_those_who_stayed(session, attendance.counted(session, set(people)))
    return True


@dataclass(frozen=True)
class AttendanceRow:
    """One line of the host's list."""

    learner: User
    attended: attendance.Attended


def attendance_list(session: WebinarSession) -> list[AttendanceRow]:
    """Every learner of the cohort and what is counted for them, absent ones included."""
    learners = [
        enrollment.learner
        for enrollment in Enrollment.objects.studying()
        .filter(cohort=session.cohort)
        .select_related("learner")
        .order_by("learner__family_name", "learner__given_name")
    ]
    found = attendance.counted(session, [learner.pk for learner in learners])
    return [AttendanceRow(learner, found[learner.pk]) for learner in learners]


def webinar_page(
    request: HttpRequest, webinar: Webinar, enrollment: Enrollment | None
) -> HttpResponse:
    """The learner's page of a webinar, or for staff the list of the sessions that they lead."""
    if enrollment is None:
        sessions = (
            WebinarSession.objects.run_by(request.user)
            .filter(webinar=webinar)
            .select_related("cohort", "room")
            .distinct()
        )
        rows = [
            {"session": s, "phase": phase_of(s), "starts": moment_in_words(s.starts_at)}
            for s in sessions
        ]
        context = {"page": webinar, "webinar": webinar, "sessions": rows}
        return TemplateResponse(request, "webinars/webinar_sessions.html", context)
    session = (
        WebinarSession.objects.filter(webinar=webinar, cohort=enrollment.cohort)
        .select_related("webinar", "cohort", "room")
        .first()
    )
    programme = request.activity_door.programme  # type: ignore[attr-defined]
    context = room_context(session, enrollment.learner) | {
        "page": webinar,
        "webinar": webinar,
        "enrollment": enrollment,
        "programme": programme,
        "row": next((row for row in programme.rows if row.activity.pk == webinar.pk), None),
    }
    return TemplateResponse(request, "webinars/webinar.html", context)


def room_context(session: WebinarSession | None, user: User) -> dict:
    """What every page of a session shows: phase, addresses of the room, one's own minutes."""
    if session is None:
        return {"session": None, "phase": Phase.UNANNOUNCED}
    attended = attendance.counted(session, [user.pk])[user.pk]
    words = room_words()
    return {
        "session": session,
        "phase": phase_of(session),
        "starts": moment_in_words(session.starts_at),
        "live": live_urls(session.room),
        "words": words,
        "attended": attended,
        "minutes": words["minutes"].format(n=attended.minutes, needed=attended.needed_minutes),
        "needed_seconds": session.webinar.minimum_minutes * 60,
    }
