"""What a client starts from, and what it missed: the reading side of the log for the hub.

Everything here is called in a database thread and only reads, but for the making of a person's
private stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from lms.people.models import User
from webinars.live import log, protocol
from webinars.live.encoded import Encoded
from webinars.live.features.registry import StateValue, features_of, find_state
from webinars.live.line import RING, Head, Line
from webinars.live.permissions import Audience, Role, audiences_of
from webinars.models.room import Room, Stream


@dataclass(frozen=True)
class Snapshot:
    """State and the heads that it is true for: ``kind → (epoch, seq)``."""

    heads: dict[str, protocol.Position]
    data: dict[str, Any]


def shared_streams(room_id: int) -> dict[str, tuple[int, Head]]:
    """Ids and heads of the room's shared streams, by kind."""
    found = Stream.objects.filter(room_id=room_id, owner=None)
    return {stream.kind: (stream.pk, _head(stream)) for stream in found}


def shared_lines(room_id: int) -> list[Line]:
    """The room's shared streams with their last events: after a restart many lack the same."""
    lines = []
    for kind, (stream_id, head) in shared_streams(room_id).items():
        begin = max(head.seq - RING, head.floor)
        line = Line(stream_id, kind, replace(head, seq=begin))
        for seq, text in frames_after(stream_id, begin, RING):
            line.receive(seq, Encoded(text))
        lines.append(line)
    return lines


def readable_streams(room_id: int, user_id: int, role: Role) -> dict[str, tuple[int, Head]]:
    """Ids and heads of what one person of ``role`` may read, by kind."""
    found = Stream.objects.filter(Q(owner=None) | Q(owner_id=user_id), room_id=room_id)
    streams = {stream.kind: (stream.pk, _head(stream)) for stream in found}
    if Audience.ME not in streams:
        streams[Audience.ME] = private_streams(room_id, [user_id])[user_id]
    return {kind: streams[kind] for kind in audiences_of(role)}


def private_streams(room_id: int, user_ids: list[int]) -> dict[int, tuple[int, Head]]:
    """Ids and heads of people's own streams, by user id; they are made when first asked for."""
    asked = Stream.objects.filter(room_id=room_id, kind=Stream.Kind.ME, owner_id__in=user_ids)
    found = {stream.owner_id: stream for stream in asked}
    if missing := [user_id for user_id in user_ids if user_id not in found]:
        Stream.objects.bulk_create(
            [
                Stream(room_id=room_id, kind=Stream.Kind.ME, owner_id=user_id)
                for user_id in sorted(missing)
            ],
            ignore_conflicts=True,  # another process may have been quicker
        )
        found = {stream.owner_id: stream for stream in asked.all()}
    return {user_id: (stream.pk, _head(stream)) for user_id, stream in found.items()}


def heads_of(stream_ids: Iterable[int]) -> dict[int, Head]:
    return {stream.pk: _head(stream) for stream in Stream.objects.filter(pk__in=list(stream_ids))}


def _head(stream: Stream) -> Head:
    return Head(epoch=stream.epoch.hex, seq=stream.head_seq, floor=stream.floor_seq)


def frames_after(
    stream_id: int, seq: int, limit: int = protocol.MAX_REPLAY
) -> list[tuple[int, str]]:
    """Numbers and encoded events above ``seq``, in order."""
    stream = Stream.objects.get(pk=stream_id)
    return [
        (event.seq, log.frame_of(event, stream.kind))
        for event in log.events_after(stream, seq, limit)
    ]


def shared_snapshot(room_id: int, role: Role) -> Snapshot:
    """What everybody of ``role`` starts from."""
    with log.consistent_read():
        room = Room.objects.get(pk=room_id)
        readable = [kind for kind in audiences_of(role) if kind is not Audience.ME]
        heads = {
            stream.kind: _position(stream)
            for stream in Stream.objects.filter(room=room, owner=None, kind__in=readable)
        }
        data: dict[str, Any] = {
            "room": {"title": room.title, "open": room.is_open, "closed": bool(room.closed_at)}
        }
        for feature in features_of(room.kind):
            if feature.shared_snapshot is not None:
                data[feature.name] = feature.shared_snapshot(room, role)
    return Snapshot(heads, data)


def personal_snapshot(room_id: int, user_id: int, role: Role) -> Snapshot:
    """What is one person's own."""
    with log.consistent_read():
        room = Room.objects.get(pk=room_id)
        user = User.objects.get(pk=user_id)
        stream = Stream.objects.get(room=room, kind=Stream.Kind.ME, owner=user)
        heads = {str(Stream.Kind.ME): _position(stream)}
        data = {
            f"{feature.name}.me": feature.personal_snapshot(room, user, role)
            for feature in features_of(room.kind)
            if feature.personal_snapshot is not None
        }
    return Snapshot(heads, data)


def _position(stream: Stream) -> protocol.Position:
    return protocol.Position(e=stream.epoch.hex, q=stream.head_seq)


def present_states(room: Room, role: Role) -> list[protocol.St]:
    """The states that may have changed since somebody of ``role`` last asked."""
    return [
        protocol.St(y=type, k=key, n=value.version, d=value.data)
        for feature in features_of(room.kind)
        if feature.present_states is not None
        for type, key, value in feature.present_states(room, role)
    ]


def read_state(room_id: int, type: str, key: str) -> tuple[Audience, StateValue] | None:
    """A state as it is now, and who may see it."""
    room = Room.objects.get(pk=room_id)
    state = find_state(room.kind, type)
    value = state.function(room, key) if state is not None else None
    return (state.audience, value) if state is not None and value is not None else None
