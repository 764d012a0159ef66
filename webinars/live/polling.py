"""The way into a room without WebSocket: the same frames and ids over plain requests.

For networks that let no socket through, and a plain door for tests.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from lms.people.models import User
from webinars.live import bus, log, protocol, snapshots
from webinars.live.admission import admit_person
from webinars.live.commands import run_command
from webinars.live.line import Head, Line
from webinars.live.permissions import Role, permissions_of
from webinars.live.protocol import Cmd, Err, ErrorCode, Ok, Position, StreamState, Welcome
from webinars.live.rooms import rules_of
from webinars.models.room import Room

POLL_SECONDS = 20
STATUS = {
    ErrorCode.BAD_JSON: 400,
    ErrorCode.UNKNOWN_OP: 400,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.STATE: 409,
    ErrorCode.ID_REUSED: 409,
    ErrorCode.TOO_BIG: 413,
    ErrorCode.INVALID: 422,
    ErrorCode.RATE: 429,
    ErrorCode.BUSY: 503,
    ErrorCode.INTERNAL: 500,
}


def frames_for(room_uuid: UUID, user: User, seen: dict[str, Position]) -> list[str]:
    """What ``user`` lacks since ``seen``: welcome, then events, or a snapshot. Raises Refusal.

    Asking counts as being there.
    """
    room, role = admit_person(room_uuid, user)
    readable = snapshots.readable_streams(room.pk, user.pk, role)
    recovered = all(
        Line(stream_id, kind, head).can_resume(seen.get(kind))
        for kind, (stream_id, head) in readable.items()
    )
    heads = {kind: head for kind, (_id, head) in readable.items()}
    news = _since(room, role, readable, seen) if recovered else [_snapshot(room, user, role)]
    welcome = _welcome(user, role, heads, recovered)
    return [protocol.encode(welcome), *news, *_presence(room, user, role)]


def _since(
    room: Room, role: Role, readable: dict[str, tuple[int, Head]], seen: dict[str, Position]
) -> list[str]:
    """Events above the numbers seen, then the states as they are: no event says that one changed.

    A stream of which nothing is new is not read.
    """
    events = [
        text
        for kind, (stream_id, head) in readable.items()
        if head.seq > seen[kind].q
        for _seq, text in snapshots.frames_after(stream_id, seen[kind].q)
    ]
    return [*events, *map(protocol.encode, snapshots.present_states(room, role))]


def _snapshot(room: Room, user: User, role: Role) -> str:
    shared = snapshots.shared_snapshot(room.pk, role)
    own = snapshots.personal_snapshot(room.pk, user.pk, role)
    return protocol.encode(protocol.Snap(s=shared.heads | own.heads, d=shared.data | own.data))


def _welcome(user: User, role: Role, heads: dict[str, Head], recovered: bool) -> Welcome:
    return Welcome(
        sid="poll",
        me=log.public_id(user.pk),
        role=role,
        perms=permissions_of(role),
        streams={
            kind: StreamState(e=head.epoch, q=head.seq, recovered=recovered)
            for kind, head in heads.items()
        },
        hb_ms=POLL_SECONDS * 1000,
        ts=log.milliseconds(timezone.now()),
    )


def _presence(room: Room, user: User, role: Role) -> list[str]:
    """Say that the person is here, and what is counted for them."""
    now = timezone.now()
    hub = f"poll-{user.pk}"
    told = rules_of(room).record_presence(room, user_ids=[user.pk], hub=hub, at=now)
    bus.publish(
        room.uuid, bus.Presence(hub=hub, people={user.pk: (user.get_short_name(), role.value)})
    )
    return [
        protocol.encode(protocol.St(y="attendance", n=log.milliseconds(now), d=data))
        for data in told.values()
    ]


def answer(room_uuid: UUID, user: User, body: bytes) -> tuple[Ok | Err, int]:
    """Run the command in ``body``; the answer and its HTTP status. Raises Refusal."""
    room, _role = admit_person(room_uuid, user)
    try:
        frame = protocol.decode(body)
        if not isinstance(frame, Cmd):
            raise protocol.BadFrame(ErrorCode.UNKNOWN_OP, field="/t")
    except protocol.BadFrame as bad:
        error = Err(id=bad.cmd_id, code=bad.code, temp=False, field=bad.field)
        return error, STATUS[bad.code]
    done = run_command(room=room, user=user, frame=frame)
    return done, STATUS[ErrorCode(done.code)] if isinstance(done, Err) else 200
