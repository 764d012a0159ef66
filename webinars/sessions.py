"""Sessions of webinars: planning, opening and closing them, and the page of one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from courses.models import Cohort, Enrollment
from courses.programme import place_in
from courses.when import moment_in_words
from lms.people.models import User
from webinars import attendance
from webinars.breakouts import close_breakouts_of
from webinars.feedback import RatingForm, rating_context
from webinars.live.features import checkin, poll
from webinars.live.rooms import close_room, create_room, live_urls, open_room
from webinars.models.attendance import AttendanceSegment
from webinars.models.poll import Poll
from webinars.models.room import Room
from webinars.models.webinar import WebinarSession
from webinars.pages import Webinar
from webinars.room_words import room_words
from webinars.summary import summary_of


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
    opened = open_room(session.room, actor=actor)
    _lay_ready(session, actor=actor)
    return opened


def _lay_ready(session: WebinarSession, *, actor: User) -> None:
    """The prepared polls, each once. Those from before there were kinds lack what they lack."""
    laid = set(Poll.objects.filter(room=session.room).values_list("prepared_as", flat=True))
    new = Poll.objects.bulk_create(
        Poll(
            room=session.room,
            prepared_as=str(block.id),
            kind=block.value.get("kind") or Poll.Kind.SINGLE,
            question=block.value["question"],
            options=list(block.value["options"]),
            is_anonymous=block.value.get("is_anonymous") is not False,
            is_result_live=bool(block.value.get("is_result_live")),
        )
        for block in session.webinar.polls
        if str(block.id) not in laid
    )
    poll.tell_prepared(session.room, new, actor=actor)


@transaction.atomic
def close_session(session: WebinarSession, *, actor: User) -> bool:
    """End the webinar: stays end, and whoever stayed long enough is in the ledger."""
    if not close_room(session.room, actor=actor):
        return False
    assert session.closed_at is not None
    close_breakouts_of(session.room, now=session.closed_at, actor=actor)
    poll.close_all(session.room, now=session.closed_at)
    checkin.close_all(session.room, now=session.closed_at)
    attendance.close_all(session, at=session.closed_at)
    people = AttendanceSegment.objects.filter(session=session).values_list("user_id", flat=True)
    attendance.complete_those_who_stayed(session, attendance.counted(session, set(people)))
    return True


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
        **place_in(programme, webinar),
    }
    if session is not None and phase_of(session) is Phase.AFTER:
        context |= after_context(session, enrollment.learner)
    return TemplateResponse(request, "webinars/webinar.html", context)


def after_context(session: WebinarSession, user: User) -> dict[str, Any]:
    """What stays of a meeting for those who were there, and their own rating."""
    return {
        "summary": summary_of(session),
        **rating_context(session, user, RatingForm, ended_at=session.room.closed_at),
    }


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
        "slides_url": reverse("webinars:room_slides", args=[session.room.uuid]),
    }
