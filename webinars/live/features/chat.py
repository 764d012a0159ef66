"""The chat of a webinar: one line of text at a time, kept in the log."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from webinars.live import log
from webinars.live.features.registry import CommandContext, Feature, Rate, Refused, SignalContext
from webinars.live.permissions import Role
from webinars.live.protocol import ErrorCode, Payload
from webinars.models.room import Room, RoomEvent, Stream

HISTORY = 50
"""How many of the last messages a newcomer sees."""

feature = Feature("chat", kinds=[Room.Kind.WEBINAR])


class ChatSend(Payload, frozen=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Typing(Payload, frozen=True):
    pass


@feature.command("chat.send", payload=ChatSend, permission="chat.send", rate=Rate(0.5, 5))
def send(context: CommandContext, payload: ChatSend) -> None:
    text = payload.text.strip()
    if not text:
        raise Refused(ErrorCode.INVALID, field="/d/text")
    context.append("chat.sent", {"text": text})


@feature.signal("typing", payload=Typing, permission="chat.type", rate=Rate(1 / 3, 1))
def typing(context: SignalContext, payload: Typing) -> dict[str, Any]:
    return {"n": context.name}


@feature.snapshot
def last_messages(room: Room, role: Role) -> dict[str, Any]:
    """The last messages as the events that they are, oldest first, so that ids and order hold."""
    events = (
        RoomEvent.objects.filter(stream__room=room, stream__kind=Stream.Kind.ROOM, type="chat.sent")
        .select_related("actor")
        .order_by("-seq")[:HISTORY]
    )
    frames = [log.event_frame(event, Stream.Kind.ROOM) for event in reversed(events)]
    return {"messages": [msgspec.to_builtins(frame) for frame in frames]}
