"""The log of a room: the truth. What the bus carries is only a wake-up to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from lms.people.models import User
from webinars.live import bus, protocol
from webinars.models.room import Room, RoomEvent, Stream


def stream_of(room: Room, kind: Stream.Kind, owner: User | None = None) -> Stream:
    """The room's stream of a kind; a private one (``me``) is made when first asked for."""
    stream = Stream.objects.get_or_create(room=room, kind=kind, owner=owner)[0]
    stream.room = room
    return stream


def shared_stream(room: Room, kind: Stream.Kind) -> Stream:
    """``stream_of`` for appending to a shared stream, without a query: ``append`` fills it in."""
    return Stream(room=room, kind=kind.value)


def in_order(stream: Stream) -> tuple[int, str, int]:
    """The key by which a transaction that appends to several streams sorts them, for the locks."""
    return stream.room_id, stream.kind, stream.owner_id or 0


def append(
    *,
    stream: Stream,
    type: str,
    data: dict[str, Any],
    actor: User | None,
    actor_role: str = "",
    cmd_id: str = "",
) -> RoomEvent:
    """Write the next event of ``stream`` inside the caller's transaction, and publish on commit.

    The update takes the stream's row lock until the commit, so numbers are given in the order of
    commits and without gaps. Append last in a transaction, to hold the lock shortly; to several
    streams in the order of ``in_order``. Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("append() needs the caller's transaction")
    _take_next_number(stream)
    event = RoomEvent.objects.create(
        stream=stream,
        seq=stream.head_seq,
        type=type,
        data=data,
        actor=actor,
        actor_role=actor_role,
        cmd_id=cmd_id,
        at=timezone.now(),
    )
    frame = frame_of(event, stream.kind)
    wake = bus.Wake(
        stream=stream.pk,
        epoch=stream.epoch.hex,
        seq=event.seq,
        frame=frame if len(frame) <= bus.MAX_FRAME_ON_BUS else "",
    )
    room_uuid = stream.room.uuid
    transaction.on_commit(lambda: bus.publish(room_uuid, wake))
    return event


def _take_next_number(stream: Stream) -> None:
    """Raise the head of the stream in one statement, which also says what the stream is."""
    where, values = "id = %s", [stream.pk]
    if stream.pk is None:
        where, values = (
            "room_id = %s AND kind = %s AND owner_id IS NULL",
            [stream.room_id, stream.kind],
        )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Stream._meta.db_table} SET head_seq = head_seq + 1"  # noqa: S608
            f" WHERE {where} RETURNING id, head_seq, epoch",
            values,
        )
        row = cursor.fetchone()
    if row is None:
        raise Stream.DoesNotExist(f"{stream}: {stream.pk}")
    stream.pk, stream.head_seq, epoch = row
    stream.epoch = epoch if isinstance(epoch, UUID) else UUID(epoch)  # SQLite keeps text


def touch(room: Room, type: str, *, key: str = "") -> None:
    """Say that a state (a tally, a count) has changed; each hub reads it anew, at most each 0.5 s.

    ``type`` is one that a feature registered with ``@feature.state``. Call it in the transaction
    that changes the state.
    """
    room_uuid = room.uuid
    transaction.on_commit(lambda: bus.publish(room_uuid, bus.Touch(type=type, key=key)))


def events_after(stream: Stream, seq: int, limit: int = protocol.MAX_REPLAY) -> list[RoomEvent]:
    """Events with numbers above ``seq``, in order."""
    return list(
        RoomEvent.objects.filter(stream=stream, seq__gt=seq)
        .select_related("actor")
        .order_by("seq")[:limit]
    )


def redact(stream: Stream, *, where: dict[str, Any], fields: list[str]) -> int:
    """Take ``fields`` out of the events whose data match ``where``; how many.

    For words that their author took back: the event stays, with its number, without them. Hubs
    forget what they keep of the stream.
    """
    named = {f"data__{key}": value for key, value in where.items()}
    return rewrite(
        RoomEvent.objects.filter(stream=stream, **named),
        lambda event: {key: value for key, value in event.data.items() if key not in fields},
    )


def rewrite(events: QuerySet[RoomEvent], without: Callable[[RoomEvent], dict[str, Any]]) -> int:
    """Give ``events`` the data that ``without`` makes of them; how many there are.

    Only for taking words and names out: the numbers stay. Hubs forget what they keep of the
    streams, also of events whose data stay, for a frame holds the name of its actor.
    """
    found = list(events.select_related("stream__room"))
    for event in found:
        event.data = without(event)
    RoomEvent.objects.bulk_update(found, ["data"], batch_size=200)
    for stream in {event.stream_id: event.stream for event in found}.values():
        _forget_frames(stream)
    return len(found)


def _forget_frames(stream: Stream) -> None:
    room_uuid, message = stream.room.uuid, bus.Redacted(stream=stream.pk)
    transaction.on_commit(lambda: bus.publish(room_uuid, message))


def frame_of(event: RoomEvent, kind: str) -> str:
    """The event as it goes over the wire: encoded once, for everybody."""
    return protocol.encode(event_frame(event, kind))


def event_frame(event: RoomEvent, kind: str) -> protocol.Ev:
    return protocol.Ev(
        s=kind,
        q=event.seq,
        y=event.type,
        ts=milliseconds(event.at),
        d=event.data,
        a=actor_frame(event.actor, event.actor_role),
        c=event.cmd_id,
    )


def actor_frame(actor: User | None, role: str) -> protocol.Actor | None:
    if actor is None:
        return None
    return protocol.Actor(id=public_id(actor.pk), n=actor.get_short_name(), r=role)


def public_id(user_id: int) -> str:
    """How a person is named on the wire."""
    return f"u_{user_id}"


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


@contextmanager
def consistent_read() -> Iterator[None]:
    """One unchanging picture of the database for the queries inside; nothing may be written.

    On SQLite this is a read transaction without the write gate, so joining people never wait for
    those who write.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("COMMIT")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
