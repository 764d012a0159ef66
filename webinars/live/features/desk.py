"""The desk: a word to the hosts that nobody else reads, and their answer."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from lms.people.models import User
from webinars.live import log
from webinars.live.features.registry import CommandContext, Feature, Rate, Refused, required_text
from webinars.live.permissions import Audience, Role, audiences_of
from webinars.live.protocol import ErrorCode, Payload
from webinars.live.rooms import role_in
from webinars.models.room import Room, RoomEvent, Stream

HISTORY = 50

feature = Feature("desk", kinds=[Room.Kind.WEBINAR])

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
PersonId = Annotated[str, msgspec.Meta(pattern=r"^u_[0-9]{1,18}\Z")]


class DeskWrite(Payload, frozen=True):
    text: Text


class DeskAnswer(Payload, frozen=True):
    user: PersonId
    text: Text


@feature.command("desk.write", payload=DeskWrite, permission="desk.write", rate=Rate(0.2, 4))
def write(context: CommandContext, payload: DeskWrite) -> None:
    """Open to everybody at any time: also to whoever was silenced."""
    _say(context, context.user, payload.text)


@feature.command("desk.answer", payload=DeskAnswer, permission="desk.answer")
def answer(context: CommandContext, payload: DeskAnswer) -> None:
    _say(context, person_of(context.room, payload.user), payload.text)


def _say(context: CommandContext, person: User, text: str) -> None:
    text = required_text(text)
    data = {"with": {"id": log.public_id(person.pk), "n": person.get_short_name()}, "text": text}
    context.append("desk.said", data, to=Audience.STAFF)
    if person != context.user or Audience.STAFF not in audiences_of(context.role):
        context.append("desk.said", data, to=Audience.ME, owner=person)


def person_of(room: Room, public_id: str) -> User:
    """Somebody who has a place in the room; anybody else is refused without saying why."""
    user = User.objects.filter(pk=int(public_id.removeprefix("u_")), is_active=True).first()
    if user is None or role_in(room, user) is None:
        raise Refused(ErrorCode.FORBIDDEN)
    return user


def _said(stream: Stream | None) -> list[dict[str, Any]]:
    events = (
        RoomEvent.objects.filter(stream=stream, type="desk.said")
        .select_related("actor")
        .order_by("-seq")[:HISTORY]
    )
    return [msgspec.to_builtins(log.event_frame(event, "")) for event in reversed(events)]


@feature.snapshot
def for_staff(room: Room, role: Role) -> dict[str, Any]:
    if Audience.STAFF not in audiences_of(role):
        return {}
    return {"said": _said(log.stream_of(room, Stream.Kind.STAFF))}


@feature.personal
def own(room: Room, user: User, role: Role) -> dict[str, Any]:
    if Audience.STAFF in audiences_of(role):
        return {}
    return {"said": _said(log.stream_of(room, Stream.Kind.ME, user))}
