"""What the hosts of a room decided about people: a role, silence, the door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists

from lms.people.models import User
from webinars.live.permissions import Role
from webinars.models.members import RoomMember
from webinars.models.room import Room


def with_decisions(room: Room, roles: dict[int, Role]) -> dict[int, Role]:
    """``decided_role`` for many at once, by user id; those who may not come in are left out."""
    changed = dict(roles)
    for member in RoomMember.objects.filter(room=room, user_id__in=list(roles)):
        role = decided_role(roles[member.user_id], member.role, member.removed_at)
        if role is None:
            del changed[member.user_id]
        else:
            changed[member.user_id] = role
    return changed


def decided_role(
    role: Role | None, decided: str | None, removed_at: datetime | None
) -> Role | None:
    """The role that the cohort gives, changed by what was decided in the room, if anything.

    A decision never lets anybody in, and never touches a host.
    """
    if role is None or role is Role.HOST:
        return role
    if removed_at is not None:
        return None
    return Role(decided) if decided else role


def silenced(room: Room, user: User) -> Exists:
    """Whether a host has silenced ``user``; for a query that asks for something else, too.

    Who is silenced in the main room is so in its groups.
    """
    where = {"room": room}
    if room.kind == Room.Kind.BREAKOUT:
        where = {"room__breakouts__groups__room": room}
    return Exists(RoomMember.objects.filter(**where, user=user, muted_at__isnull=False))


def muted_among(room: Room, user_ids: Iterable[int]) -> set[int]:
    muted = RoomMember.objects.filter(room=room, user_id__in=list(user_ids), muted_at__isnull=False)
    return set(muted.values_list("user_id", flat=True))
