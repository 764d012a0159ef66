"""What the hosts say to the whole room beside the chat: announcements, captions, a timer."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec

from webinars.live import log
from webinars.live.features.registry import CommandContext, Feature, Rate, required_text
from webinars.live.permissions import Role
from webinars.live.protocol import Payload
from webinars.live.room_state import read_state, write_state
from webinars.models.room import Room, RoomEvent, Stream

CAPTIONS = 30

feature = Feature("floor", kinds=[Room.Kind.WEBINAR, Room.Kind.BREAKOUT])


class Announcement(Payload, frozen=True):
    text: Annotated[str, msgspec.Meta(max_length=500)]


class Caption(Payload, frozen=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class TimerStart(Payload, frozen=True):
    seconds: Annotated[int, msgspec.Meta(ge=10, le=3 * 3600)]
    label: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Nothing(Payload, frozen=True):
    pass


@feature.command("announce", payload=Announcement, permission="announce")
def announce(context: CommandContext, payload: Announcement) -> None:
    """Put a line above everything; an empty one takes it down."""
    data = {"text": payload.text.strip()}
    write_state(context.room, "announcement", data)
    context.append("announced", data)


@feature.command("caption.say", payload=Caption, permission="caption.write", rate=Rate(2, 10))
def say_caption(context: CommandContext, payload: Caption) -> None:
    """One line of what is being said, typed by a moderator."""
    text = required_text(payload.text)
    context.append("caption.said", {"text": text})


@feature.command("timer.start", payload=TimerStart, permission="timer.lead")
def start_timer(context: CommandContext, payload: TimerStart) -> None:
    """Count down for everybody; nothing ticks on the wire."""
    ends_at = log.milliseconds(context.now + timedelta(seconds=payload.seconds))
    data = {"ends_at": ends_at, "label": payload.label.strip()}
    write_state(context.room, "timer", data)
    context.append("timer.started", data)


@feature.command("timer.stop", payload=Nothing, permission="timer.lead")
def stop_timer(context: CommandContext, payload: Nothing) -> None:
    write_state(context.room, "timer", {})
    context.append("timer.stopped", {})


@feature.snapshot
def on_the_floor(room: Room, role: Role) -> dict[str, Any]:
    said = RoomEvent.objects.filter(
        stream__room=room, stream__kind=Stream.Kind.ROOM, type="caption.said"
    ).order_by("-seq")[:CAPTIONS]
    return {
        "announcement": read_state(room, "announcement").data.get("text", ""),
        "timer": read_state(room, "timer").data,
        "captions": [event.data["text"] for event in reversed(said)],
    }
