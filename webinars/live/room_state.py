"""Things of a room of which only the present matters: the slide, the timer, slow mode."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from webinars.live.features.registry import Refused
from webinars.live.protocol import ErrorCode
from webinars.models.room import Room, RoomState


@dataclass(frozen=True)
class Standing:
    """``version`` 0: it was never set."""

    version: int = 0
    data: dict[str, Any] = field(default_factory=dict)


def read_state(room: Room, key: str) -> Standing:
    found = RoomState.objects.filter(room=room, key=key).first()
    return Standing(found.version, found.data) if found is not None else Standing()


def locked_state(room: Room, key: str) -> Standing:
    """As it stands, and nobody else changes it before the caller's transaction ends.

    For what is written from what was read.
    """
    RoomState.objects.get_or_create(room=room, key=key)
    found = RoomState.objects.select_for_update().get(room=room, key=key)
    return Standing(found.version, found.data)


def write_state(
    room: Room, key: str, data: dict[str, Any], *, expected: int | None = None
) -> Standing:
    """Set it, inside the caller's transaction.

    Of two who change the same version one is refused: Refused ``state`` with the version that
    holds, if ``expected`` is given and is not it.
    """
    RoomState.objects.get_or_create(room=room, key=key)
    rows = RoomState.objects.filter(room=room, key=key)
    if expected is not None:
        rows = rows.filter(version=expected)
    if not rows.update(version=F("version") + 1, data=data):
        raise Refused(
            ErrorCode.STATE, "it has changed", data={"version": read_state(room, key).version}
        )
    return read_state(room, key)
