"""Shared notes: a list that everybody adds to. Line by line, so that nobody overwrites anybody."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.core.exceptions import ValidationError

from webinars.live import log
from webinars.live.features.registry import CommandContext, Feature, Rate, Refused, required_text
from webinars.live.permissions import Role, may
from webinars.live.protocol import ErrorCode, Payload
from webinars.models.room import Room, RoomEvent, Stream
from webinars.models.talk import Note

MOST = 300
MOST_OWN = 30
"""Lines of one participant, so that nobody fills the room's list alone; moderators may go on."""

feature = Feature("notes", kinds=[Room.Kind.WEBINAR, Room.Kind.BREAKOUT])

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
NoteId = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class NoteAdd(Payload, frozen=True):
    text: Text


class NoteChange(Payload, frozen=True):
    note: NoteId
    text: Text


class NoteChoice(Payload, frozen=True):
    note: NoteId


@feature.command(
    "note.add", payload=NoteAdd, permission="note.write", rate=Rate(0.5, 5), is_speech=True
)
def add(context: CommandContext, payload: NoteAdd) -> None:
    _has_room_for_more(context)
    note = Note.objects.create(
        room=context.room, author=context.user, text=required_text(payload.text), at=context.now
    )
    context.append("note.added", described(note))


def _has_room_for_more(context: CommandContext) -> None:
    lines = Note.objects.filter(room=context.room)
    if lines.count() >= MOST:
        raise Refused(ErrorCode.STATE, "the notes are full", data={"full": "notes", "n": MOST})
    is_own_full = lines.filter(author=context.user).count() >= MOST_OWN
    if is_own_full and not may(context.role, "chat.moderate"):
        data = {"full": "own_notes", "n": MOST_OWN}
        raise Refused(ErrorCode.STATE, "too many lines of one person", data=data)


@feature.command(
    "note.change", payload=NoteChange, permission="note.write", rate=Rate(0.5, 5), is_speech=True
)
def change(context: CommandContext, payload: NoteChange) -> None:
    note = _changeable(context, payload.note)
    note.text = required_text(payload.text)
    note.save(update_fields=["text"])
    context.append("note.changed", described(note))


@feature.command("note.remove", payload=NoteChoice, permission="note.write", rate=Rate(0.5, 5))
def remove(context: CommandContext, payload: NoteChoice) -> None:
    """Take a line back: its words are gone from the log as well."""
    note = _changeable(context, payload.note)
    note.delete()
    said = RoomEvent.objects.filter(
        stream__room=context.room, stream__kind=Stream.Kind.ROOM, data__note=str(note.uuid)
    )
    log.rewrite(said, lambda event: event.data | {"text": ""})
    context.append("note.removed", {"note": str(note.uuid)})


def _changeable(context: CommandContext, note_id: str) -> Note:
    """One's own note; moderators may change every one."""
    try:
        note = Note.objects.select_for_update().get(room=context.room, uuid=note_id)
    except (Note.DoesNotExist, ValidationError):
        raise Refused(ErrorCode.FORBIDDEN) from None
    if note.author_id != context.user.pk and not may(context.role, "chat.moderate"):
        raise Refused(ErrorCode.FORBIDDEN)
    return note


def described(note: Note) -> dict[str, Any]:
    by = {"id": log.public_id(note.author_id), "n": note.author.get_short_name()}
    return {"note": str(note.uuid), "text": note.text, "by": by}


@feature.snapshot
def all_notes(room: Room, role: Role) -> dict[str, Any]:
    notes = Note.objects.filter(room=room).select_related("author")
    return {"notes": [described(note) for note in notes]}
