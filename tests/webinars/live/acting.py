"""What people do in a room, in the words of these tests: give a command, read the log, look."""

from __future__ import annotations

from typing import Any

from lms.people.models import User
from tests.webinars.factories import Meeting, cmd
from webinars.live import commands, log, snapshots
from webinars.live.features.registry import StateValue
from webinars.live.permissions import Audience
from webinars.live.protocol import Err, Ok
from webinars.live.rooms import role_in
from webinars.models import Room, RoomEvent, Stream


def room_of(place: Room | Meeting) -> Room:
    return place if isinstance(place, Room) else place.room


def give(
    place: Room | Meeting, user: User, op: str, /, *, exp: int | None = None, **data
) -> Ok | Err:
    """Give a command as it comes over the wire; returns its answer."""
    return commands.run_command(room=room_of(place), user=user, frame=cmd(op, exp=exp, **data))


def done(place: Room | Meeting, user: User, op: str, /, **data) -> Ok:
    """A command of somebody who takes their time, and that must work."""
    commands.buckets.clear()
    answer = give(place, user, op, **data)
    assert isinstance(answer, Ok), answer
    return answer


def refused(place: Room | Meeting, user: User, op: str, /, **data) -> Err:
    """A command that must be refused and leave no event behind."""
    commands.buckets.clear()
    before = RoomEvent.objects.count()
    answer = give(place, user, op, **data)
    assert isinstance(answer, Err), answer
    assert RoomEvent.objects.count() == before
    return answer


def log_of(
    place: Room | Meeting, kind: str = "room", *, owner: User | None = None
) -> list[RoomEvent]:
    """Events of a stream, but for the opening and closing of the room."""
    events = RoomEvent.objects.filter(stream__room=room_of(place), stream__kind=kind)
    return list(
        events.filter(stream__owner=owner)
        .exclude(type__in=["room.opened", "room.closed"])
        .order_by("seq")
    )


def last(place: Room | Meeting, kind: str = "room", *, owner: User | None = None) -> RoomEvent:
    return log_of(place, kind, owner=owner)[-1]


def types(place: Room | Meeting, kind: str = "room", *, owner: User | None = None) -> list[str]:
    return [event.type for event in log_of(place, kind, owner=owner)]


def seen_by(place: Room | Meeting, user: User) -> dict[str, Any]:
    """The snapshot that somebody who comes in now starts from."""
    room = room_of(place)
    role = role_in(room, user)
    assert role is not None
    snapshots.private_streams(room.pk, [user.pk])
    shared = snapshots.shared_snapshot(room.pk, role)
    own = snapshots.personal_snapshot(room.pk, user.pk, role)
    return shared.data | own.data


def state(place: Room | Meeting, type: str, key: str = "") -> tuple[Audience, StateValue]:
    """A state as hubs send it, and to whom."""
    found = snapshots.read_state(room_of(place).pk, type, key)
    assert found is not None
    return found


def id_of(user: User) -> str:
    return log.public_id(user.pk)


def everything_written(room: Room) -> str:
    """All that the log of a room holds, as text, to look for words in it."""
    streams = Stream.objects.filter(room=room)
    return str(list(RoomEvent.objects.filter(stream__in=streams).values_list("data", flat=True)))
