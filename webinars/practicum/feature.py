"""What is said in a practicum, on the live room's log; and who may come in."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from courses.models import Cohort
from lms.people.models import User
from webinars.live import log
from webinars.live.features.registry import CommandContext, Feature, Rate, Refused, SignalContext
from webinars.live.permissions import Role
from webinars.live.protocol import ErrorCode, Payload
from webinars.live.rooms import RoomRules
from webinars.models import PracticumSeat, PracticumSession, Room, RoomEvent, Stream
from webinars.practicum import rounds

HISTORY = 300
"""A practicum is short: a newcomer gets the whole conversation."""

feature = Feature("practicum", kinds=[Room.Kind.PRACTICUM])


class PracticumRules(RoomRules):
    """Those who have a seat play; trainers of the cohort may come in, and everyone sees it."""

    def role_in(self, room: Room, user: User) -> Role | None:
        session = PracticumSession.objects.get(room=room)
        if session.seats.filter(enrollment__learner=user).exists():
            return Role.PARTICIPANT
        if Cohort.objects.run_by(user).filter(pk=session.cohort_id).exists():
            return Role.HOST
        return None


class Say(Payload):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Typing(Payload):
    pass


@feature.command("practicum.say", payload=Say, permission="practicum.act", rate=Rate(1, 8))
def say(context: CommandContext, payload: Say) -> None:
    """One line of the conversation, spoken in the part that the person plays at that moment."""
    text = payload.text.strip()
    if not text:
        raise Refused(ErrorCode.INVALID, field="/d/text")
    session = PracticumSession.objects.select_for_update().get(room=context.room)
    seat = PracticumSeat.objects.filter(session=session, enrollment__learner=context.user).first()
    part = "trainer"
    if seat is not None:
        course = session.course(seated=session.people)
        if not rounds.may_speak(course, seat.number):
            raise Refused(ErrorCode.STATE, "not your turn to speak", data={"phase": session.phase})
        part = course.part_of(seat.number)
    context.append(
        "practicum.said", {"text": text, "round": session.round, "part": part}, as_role=part
    )


@feature.signal("typing", payload=Typing, permission="practicum.act", rate=Rate(1 / 3, 1))
def typing(context: SignalContext, payload: Typing) -> dict[str, int | str]:
    return {log.public_id(context.user_id): context.name}


@feature.snapshot
def conversation(room: Room, role: Role) -> dict[str, Any]:
    """Everything said so far, as the events that they are, and the version of the phase."""
    events = (
        RoomEvent.objects.filter(
            stream__room=room, stream__kind=Stream.Kind.ROOM, type="practicum.said"
        )
        .select_related("actor")
        .order_by("-seq")[:HISTORY]
    )
    frames = [log.event_frame(event, Stream.Kind.ROOM) for event in reversed(events)]
    session = PracticumSession.objects.get(room=room)
    return {
        "messages": [msgspec.to_builtins(frame) for frame in frames],
        "version": session.version,
    }
