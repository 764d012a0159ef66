"""The chat: messages with replies, changed or taken back by their author, hidden by moderators."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from django.core.exceptions import ValidationError

from webinars.live import log
from webinars.live.commands import buckets
from webinars.live.features.registry import (
    CommandContext,
    Feature,
    Rate,
    Refused,
    SignalContext,
    required_text,
)
from webinars.live.permissions import Audience, Role, audiences_of, may
from webinars.live.protocol import ErrorCode, Payload
from webinars.live.room_state import locked_state, read_state, write_state
from webinars.models.room import Room
from webinars.models.talk import ChatMessage

HISTORY = 50
"""How many of the last messages a newcomer sees."""
EDITABLE_FOR = timedelta(minutes=10)
ROOM_PER_SECOND = 8
ROOM_BURST = 20
"""What a room of two thousand still reads and one core still sends; beyond it slow mode begins."""
SLOW_BY_ITSELF = 10
QUOTED = 80

feature = Feature("chat", kinds=[Room.Kind.WEBINAR, Room.Kind.BREAKOUT])

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
MessageId = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class ChatSend(Payload, frozen=True):
    text: Text
    reply: MessageId | None = None


class ChatEdit(Payload, frozen=True):
    m: MessageId
    text: Text


class ChatChoice(Payload, frozen=True):
    m: MessageId


class ChatSlow(Payload, frozen=True):
    seconds: Annotated[int, msgspec.Meta(ge=0, le=300)]


class Typing(Payload, frozen=True):
    pass


@feature.command(
    "chat.send", payload=ChatSend, permission="chat.send", rate=Rate(0.5, 5), is_speech=True
)
def send(context: CommandContext, payload: ChatSend) -> dict[str, Any]:
    text = required_text(payload.text)
    _not_too_fast(context)
    quoted = _find(context.room, payload.reply) if payload.reply else None
    message = ChatMessage.objects.create(
        room=context.room,
        author=context.user,
        author_role=context.role,
        text=text,
        reply_to=quoted,
        sent_at=context.now,
    )
    data = {"m": str(message.uuid), "text": text}
    if quoted is not None:
        data["reply"] = quotation(quoted)
    context.append("chat.sent", data)
    return {"m": str(message.uuid)}


@feature.command(
    "chat.edit", payload=ChatEdit, permission="chat.send", rate=Rate(0.5, 5), is_speech=True
)
def edit(context: CommandContext, payload: ChatEdit) -> None:
    """Authors change their own words for a while; everybody sees that they were changed."""
    message = _own(context, payload.m)
    if message.sent_at < context.now - EDITABLE_FOR:
        raise Refused(ErrorCode.STATE, "too late to change it")
    if message.hidden_at is not None:
        raise Refused(ErrorCode.STATE, "hidden words are not said again")
    message.text, message.edited_at = required_text(payload.text), context.now
    message.save(update_fields=["text", "edited_at"])
    context.append("chat.edited", {"m": str(message.uuid), "text": message.text})


@feature.command("chat.delete", payload=ChatChoice, permission="chat.send", rate=Rate(0.5, 5))
def delete(context: CommandContext, payload: ChatChoice) -> None:
    """Take one's own words back: they are gone from the log as well."""
    message = _own(context, payload.m)
    message.text, message.deleted_at = "", context.now
    message.save(update_fields=["text", "deleted_at"])
    stream = context.stream(Audience.ROOM)
    log.redact(stream, where={"m": str(message.uuid)}, fields=["text"])
    log.redact(stream, where={"reply__m": str(message.uuid)}, fields=["reply"])
    context.append("chat.deleted", {"m": str(message.uuid)})


@feature.command("chat.hide", payload=ChatChoice, permission="chat.moderate")
def hide(context: CommandContext, payload: ChatChoice) -> None:
    """A moderator takes a message from everybody's eyes; it can be shown again."""
    message = _find(context.room, payload.m)
    message.hidden_at = context.now
    message.save(update_fields=["hidden_at"])
    context.append("chat.hidden", {"m": str(message.uuid)})


@feature.command("chat.show", payload=ChatChoice, permission="chat.moderate")
def show(context: CommandContext, payload: ChatChoice) -> None:
    message = _find(context.room, payload.m)
    message.hidden_at = None
    message.save(update_fields=["hidden_at"])
    context.append("chat.shown", {"m": str(message.uuid), "text": message.text})


@feature.command("chat.slow", payload=ChatSlow, permission="chat.slow")
def slow(context: CommandContext, payload: ChatSlow) -> None:
    """Everybody but the staff waits so long between two messages; 0 ends it."""
    write_state(context.room, "slow", {"seconds": payload.seconds})
    context.append("chat.slowed", {"seconds": payload.seconds})


@feature.signal("typing", payload=Typing, permission="chat.type", rate=Rate(1 / 3, 1))
def typing(context: SignalContext, payload: Typing) -> dict[str, int | str]:
    return {log.public_id(context.user_id): context.name}


def _not_too_fast(context: CommandContext) -> None:
    """The room's own pace: slow mode, and slow mode by itself when a flood begins."""
    if may(context.role, "chat.slow"):
        return
    seconds = read_state(context.room, "slow").data.get("seconds", 0)
    if seconds:
        _await_turn(context, seconds)
    crowded = buckets.take(
        (context.room.pk, "chat"),
        per_second=ROOM_PER_SECOND,
        burst=ROOM_BURST,
        what=context.cmd_id,
    )
    if crowded and not seconds:
        write_state(context.room, "slow", {"seconds": SLOW_BY_ITSELF})
        context.append("chat.slowed", {"seconds": SLOW_BY_ITSELF, "by_itself": True})


def _await_turn(context: CommandContext, seconds: int) -> None:
    """Slow mode counts from a person's last message, whichever process took it."""
    locked_state(
        context.room, "slow"
    )  # of two messages at once the second waits, and sees the first
    own = ChatMessage.objects.filter(room=context.room, author=context.user).order_by("-pk")
    last = own.values_list("sent_at", flat=True).first()
    if last is None:
        return
    wait = min(seconds, (last - context.now).total_seconds() + seconds)
    if wait > 0:
        raise Refused(ErrorCode.RATE, data={"slow": seconds}, retry_ms=round(wait * 1000) + 1)


def _find(room: Room, message_id: str) -> ChatMessage:
    """A message of this room that is still there; any other is refused without saying why."""
    try:
        return ChatMessage.objects.select_for_update().get(
            room=room, uuid=message_id, deleted_at=None
        )
    except (ChatMessage.DoesNotExist, ValidationError):
        raise Refused(ErrorCode.FORBIDDEN) from None


def _own(context: CommandContext, message_id: str) -> ChatMessage:
    message = _find(context.room, message_id)
    if message.author_id != context.user.pk:
        raise Refused(ErrorCode.FORBIDDEN)
    return message


def quotation(message: ChatMessage) -> dict[str, Any]:
    """Enough of a message to know what is answered."""
    text = message.text[:QUOTED] if message.hidden_at is None else ""
    return {"m": str(message.uuid), "n": message.author.get_short_name(), "text": text}


@feature.snapshot
def last_messages(room: Room, role: Role) -> dict[str, Any]:
    """The last messages as they stand now, oldest first, and the pace of the chat."""
    found = (
        ChatMessage.objects.filter(room=room, deleted_at=None)
        .select_related("author", "reply_to__author")
        .order_by("-pk")[:HISTORY]
    )
    is_staff = Audience.STAFF in audiences_of(role)
    return {
        "messages": [described(message, is_staff=is_staff) for message in reversed(found)],
        "slow": read_state(room, "slow").data.get("seconds", 0),
    }


def described(message: ChatMessage, *, is_staff: bool) -> dict[str, Any]:
    """A message in a snapshot; a hidden one without its words, but for those who may show it."""
    actor = log.actor_frame(message.author, message.author_role)
    shown: dict[str, Any] = {
        "m": str(message.uuid),
        "ts": log.milliseconds(message.sent_at),
        "a": msgspec.to_builtins(actor),
        "text": message.text if message.hidden_at is None or is_staff else "",
    }
    if message.reply_to is not None and message.reply_to.deleted_at is None:
        shown["reply"] = quotation(message.reply_to)
    if message.edited_at is not None:
        shown["edited"] = True
    if message.hidden_at is not None:
        shown["hidden"] = True
    return shown
