"""What the hosts of a room decided about people: a role, silence, the door."""

from __future__ import annotations

from collections.abc import Iterable

from lms.people.models import User
from webinars.live.permissions import Role
from webinars.models.members import RoomMember
from webinars.models.room import Room


def with_decisions(room: Room, roles: dict[int, Role]) -> dict[int, Role]:
    """Roles as the cohort gives them, changed by what was decided in the room.

    A decision never lets anybody in, and never touches a host.
    """
    decided = RoomMember.objects.filter(room=room, user_id__in=list(roles))
    for member in decided:
        if roles[member.user_id] is Role.HOST:
            continue
        if member.removed_at is not None:
            del roles[member.user_id]
        elif member.role:
            roles[member.user_id] = Role(member.role)
    return roles


def is_muted(room: Room, user: User) -> bool:
    return RoomMember.objects.filter(room=room, user=user, muted_at__isnull=False).exists()


def muted_among(room: Room, user_ids: Iterable[int]) -> set[int]:
    muted = RoomMember.objects.filter(room=room, user_id__in=list(user_ids), muted_at__isnull=False)
    return set(muted.values_list("user_id", flat=True))
