"""What is said and marked in a practicum, on the live room's log; and who may come in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.db.models import Q
from django.utils import timezone

from courses.models import Cohort, Enrollment
from lms.people.models import User
from webinars.live import log
from webinars.live.features.registry import (
    CommandContext,
    Feature,
    Rate,
    Refused,
    SignalContext,
    required_text,
)
from webinars.live.permissions import Audience, Role
from webinars.live.protocol import ErrorCode, Payload, Ulid
from webinars.live.rooms import RoomRules
from webinars.models import PracticumSeat, PracticumSession, Room
from webinars.practicum import personal_data, reviewing, rounds, sessions
from webinars.practicum.feedback import mark_line
from webinars.practicum.rounds import NotNow, Phase
from webinars.practicum.transcript import as_frames, last_speaker, marks_of

HISTORY = 400
"""A practicum is short: a newcomer gets the whole conversation."""

feature = Feature("practicum", kinds=[Room.Kind.PRACTICUM])


class PracticumRules(RoomRules):
    """Those who have a seat play; trainers of the cohort may come in, and everyone sees it."""

    has_deadlines = True

    def role_in(self, room: Room, user: User) -> Role | None:
        session = PracticumSession.objects.get(room=room)
        seated = session.seats.filter(enrollment__learner=user)
        if seated.filter(enrollment__in=Enrollment.objects.studying()).exists():
            return Role.PARTICIPANT
        if seated.exists():  # taken out of the cohort
            return None
        if Cohort.objects.run_by(user).filter(pk=session.cohort_id).exists():
            return Role.HOST
        return None

    def record_presence(
        self, room: Room, *, user_ids: Iterable[int], hub: str, at: datetime
    ) -> dict[int, dict[str, Any]]:
        here = list(user_ids)
        seats = PracticumSeat.objects.filter(session__room=room, enrollment__learner__in=here)
        seats.update(last_seen_at=at)
        watching = set(here) - set(seats.values_list("enrollment__learner", flat=True))
        for trainer in User.objects.filter(pk__in=watching):
            # Whichever way they have come in: nobody watches without the group's knowing.
            session = PracticumSession.objects.select_related("room").get(room=room)
            reviewing.announce_visit(session, trainer)
        return {}

    def record_departure(
        self, room: Room, *, user_ids: Iterable[int], hub: str, at: datetime, reason: str
    ) -> None:
        """Whoever has closed their last window may go on in any other."""
        seats = PracticumSeat.objects.filter(
            session__room=room, enrollment__learner__in=list(user_ids)
        )
        # Not of those who have come back meanwhile: this may be written late.
        gone = Q(last_seen_at=None) | Q(last_seen_at__lte=at)
        seats.filter(gone).update(last_seen_at=at, tab="")

    def meet_deadlines(self, room: Room, *, now: datetime) -> None:
        session = PracticumSession.objects.select_related("room").get(room=room)
        sessions.meet_deadlines(session, now=now)


class Say(Payload):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    tab: Ulid | Literal[""] = ""
    invented: bool = False
    """The writer says that a name in it belongs to nobody."""


class Breath(Payload):
    tab: Ulid | Literal[""] = ""


class Mark(Payload):
    line: Annotated[int, msgspec.Meta(ge=1)]
    feeling: Literal["heard", "judged", "calmer", "worse", ""]


class Hold(Payload):
    tab: Ulid
    take: bool = False


class Typing(Payload):
    pass


@feature.command(
    "practicum.say",
    payload=Say,
    permission="practicum.act",
    rate=Rate(1, 8),
    may_be_nameless=True,
)
def say(context: CommandContext, payload: Say) -> None:
    """One line of the conversation, spoken in the part that the person plays at that moment.

    A stop word is no line of it: everything pauses, out of turn and from any window, and nobody is
    named, not in the list of commands either.
    """
    text = required_text(payload.text)
    session = _session(context)
    if rounds.is_stop_word(text) and session.phase == Phase.ROLEPLAY:
        try:
            sessions.move(session, rounds.pause)
        except NotNow as problem:  # the phase ended at the same moment
            raise Refused(ErrorCode.STATE, str(problem)) from problem
        context.leave_no_name()
        return
    part = _may_speak(context, session, tab=payload.tab)
    found = personal_data.find(text, invented=str(session.scenario))
    if payload.invented:
        found = [kind for kind in found if kind in personal_data.CERTAIN]
    if found:
        kinds = [str(kind) for kind in found]
        raise Refused(ErrorCode.STATE, "personal data", data={"personal": kinds})
    context.append("practicum.said", {"text": text, **_moment(session, part)}, as_role=part)


@feature.command("practicum.breath", payload=Breath, permission="practicum.act", rate=Rate(0.2, 2))
def breath(context: CommandContext, payload: Breath) -> None:
    """“I take a breath”: the others see that the silence is meant."""
    session = _session(context)
    part = _may_speak(context, session, tab=payload.tab, is_turn_asked=False)
    context.append("practicum.breath", _moment(session, part), as_role=part)


@feature.command("practicum.mark", payload=Mark, permission="practicum.act", rate=Rate(2, 10))
def mark(context: CommandContext, payload: Mark) -> None:
    """How a line felt to the client; nobody else learns it before the round is over."""
    seat = _seat(context, _session(context))
    try:
        if seat is None:
            raise NotNow("a trainer marks no lines")
        mark_line(seat, line=payload.line, feeling=payload.feeling)
    except NotNow as problem:
        raise Refused(ErrorCode.STATE, str(problem)) from problem
    data = {"line": payload.line, "feeling": payload.feeling}
    context.append("practicum.marked", data, to=Audience.ME, owner=context.user)


@feature.command("practicum.hold", payload=Hold, permission="practicum.act", rate=Rate(1, 10))
def hold(context: CommandContext, payload: Hold) -> dict[str, bool]:
    """A window wants to write: the first one may, a later one reads until it takes over."""
    seat = _seat(context, _session(context))
    if seat is None:
        return {"held": True}
    if seat.tab and seat.tab != payload.tab and not payload.take:
        return {"held": False}
    seen = {"tab": payload.tab, "last_seen_at": timezone.now()}
    PracticumSeat.objects.filter(pk=seat.pk).update(**seen)
    if seat.tab != payload.tab:
        context.append("practicum.held", {"tab": payload.tab}, to=Audience.ME, owner=context.user)
    return {"held": True}


def may_type(context: SignalContext) -> bool:
    """Whoever may speak now: nobody in a pause, no observer while the others talk."""
    session = PracticumSession.objects.get(room__uuid=context.room_uuid)
    seat = session.seats.filter(enrollment__learner=context.user_id).first()
    return seat is None or rounds.may_speak(session.course(), seat.number)


@feature.signal(
    "typing", payload=Typing, permission="practicum.act", rate=Rate(1 / 3, 1), gate=may_type
)
def typing(context: SignalContext, payload: Typing) -> dict[str, int | str]:
    return {log.public_id(context.user_id): context.name}


@feature.snapshot
def conversation(room: Room, role: Role) -> dict[str, Any]:
    """Everything said so far, as the events that they are, and the version of the phase."""
    session = PracticumSession.objects.get(room=room)
    return {
        "messages": as_frames(session, HISTORY),
        "version": session.version,
        "ends_at": log.milliseconds(session.phase_ends_at) if session.phase_ends_at else None,
    }


@feature.personal
def own(room: Room, user: User, role: Role) -> dict[str, Any]:
    """One's own marks, and the facts of one's own part."""
    session = PracticumSession.objects.get(room=room)
    seat = session.seats.filter(enrollment__learner=user).first()
    part = session.course().part_of(seat.number) if seat else None
    return {
        "marks": {str(line): feeling for line, feeling in marks_of(seat).items()} if seat else {},
        "facts": sessions.facts_known_to(session, part),
        "tab": seat.tab if seat else "",
    }


def _session(context: CommandContext) -> PracticumSession:
    rows = PracticumSession.objects.select_for_update(of=("self",)).select_related("room")
    return rows.get(room=context.room)


def _seat(context: CommandContext, session: PracticumSession) -> PracticumSeat | None:
    return sessions.seat_of(session, context.user)


def _may_speak(
    context: CommandContext, session: PracticumSession, *, tab: str, is_turn_asked: bool = True
) -> str:
    """The part in which the person speaks now. Raises Refused ``state`` saying why not."""
    seat = _seat(context, session)
    if seat is None:
        return "trainer"
    course = session.course()
    if not rounds.may_speak(course, seat.number):
        raise Refused(ErrorCode.STATE, "not now", data={"why": "phase", "phase": session.phase})
    if tab and seat.tab and seat.tab != tab:
        raise Refused(ErrorCode.STATE, "another window writes", data={"why": "tab"})
    if is_turn_asked and session.scenario.get("is_turn_based"):
        turn = rounds.turn(course, last_speaker(session))
        if turn is not None and turn != seat.number:
            raise Refused(ErrorCode.STATE, "not your turn", data={"why": "turn"})
    PracticumSeat.objects.filter(pk=seat.pk).update(last_seen_at=timezone.now())
    return course.part_of(seat.number)


def _moment(session: PracticumSession, part: str) -> dict[str, Any]:
    """When in the practicum something was said, and as what."""
    return {"round": session.round, "part": part, "phase": session.phase}
