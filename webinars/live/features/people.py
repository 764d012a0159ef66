"""People of a room: who is what, who is silenced, who had to go. It holds for this room only."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from lms.people.models import User
from webinars.breakouts import forget_roles_everywhere
from webinars.live import log
from webinars.live.features.desk import PersonId, person_of
from webinars.live.features.registry import CommandContext, Feature, Refused
from webinars.live.members import muted_among
from webinars.live.permissions import Audience, Role, may, outranks
from webinars.live.protocol import ErrorCode, Payload
from webinars.live.rooms import role_in, rules_of
from webinars.models.members import RaisedHand, RoomMember
from webinars.models.room import Room

feature = Feature("people", kinds=[Room.Kind.WEBINAR])


class RoleSet(Payload, frozen=True):
    user: PersonId
    role: Literal["cohost", "moderator", "participant", "observer"]


class Mute(Payload, frozen=True):
    user: PersonId
    muted: bool


class Remove(Payload, frozen=True):
    user: PersonId


class RosterPage(Payload, frozen=True):
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100


@feature.command("role.set", payload=RoleSet, permission="role.set")
def set_role(context: CommandContext, payload: RoleSet) -> None:
    """Give somebody another role, not above one's own; their sockets learn it at once."""
    person, now = _below(context, payload.user)
    wanted = Role(payload.role)
    if not outranks(context.role, wanted):
        raise Refused(ErrorCode.FORBIDDEN)
    if wanted is now:
        return
    _member(context, person, role=wanted.value)
    context.append("role.changed", _named(person) | {"role": wanted.value})
    forget_roles_everywhere(context.room)


@feature.command("people.mute", payload=Mute, permission="people.moderate")
def mute(context: CommandContext, payload: Mute) -> None:
    """Silence somebody in chat, questions and notes, or end it. A word to the hosts stays."""
    person, _role = _below(context, payload.user)
    _member(context, person, muted_at=context.now if payload.muted else None)
    data = _named(person) | {"muted": payload.muted}
    context.append("people.muted", data, to=Audience.STAFF)
    context.append("people.muted", data, to=Audience.ME, owner=person)


@feature.command("people.remove", payload=Remove, permission="people.moderate")
def remove(context: CommandContext, payload: Remove) -> None:
    """Send somebody out of this room: their sockets close, and they cannot come back."""
    person, _role = _below(context, payload.user)
    _member(context, person, removed_at=context.now)
    if RaisedHand.objects.filter(room=context.room, user=person).delete()[0]:
        context.append("hand.lowered", {"id": log.public_id(person.pk)})
    context.append("people.removed", _named(person), to=Audience.STAFF)
    forget_roles_everywhere(context.room)


@feature.command("people.readmit", payload=Remove, permission="people.moderate")
def readmit(context: CommandContext, payload: Remove) -> None:
    """Let somebody back who was sent out; not somebody whom one could not have sent out."""
    user_id = int(payload.user.removeprefix("u_"))
    sent_out = RoomMember.objects.filter(room=context.room, user_id=user_id)
    if not sent_out.filter(removed_at__isnull=False).update(removed_at=None):
        raise Refused(ErrorCode.FORBIDDEN)
    person, _role = _below(context, payload.user)
    context.append("people.readmitted", _named(person), to=Audience.STAFF)


@feature.command("people.list", payload=RosterPage, permission="people.list")
def roster(context: CommandContext, payload: RosterPage) -> dict[str, Any]:
    """Everybody who belongs to the room by name, ``limit`` at a time; ``next`` 0 at the end."""
    people = rules_of(context.room).people_of(context.room, payload.after, payload.limit)
    roles = rules_of(context.room).roles_in(context.room, people)
    muted = muted_among(context.room, roles)
    removed = set(
        RoomMember.objects.filter(room=context.room, removed_at__isnull=False).values_list(
            "user_id", flat=True
        )
    )
    shown = [
        _named(person)
        | {
            "role": roles[person.pk].value if person.pk in roles else "",
            "muted": person.pk in muted,
            "removed": person.pk in removed,
        }
        for person in people
    ]
    is_end = len(people) < payload.limit
    return {"people": shown, "next": 0 if is_end else payload.after + payload.limit}


def _below(context: CommandContext, public_id: str) -> tuple[User, Role]:
    """Somebody in the room whom the asker may decide about. Raises Refused ``forbidden``."""
    person = person_of(context.room, public_id)
    role = role_in(context.room, person)
    if role is None or not outranks(context.role, role):
        raise Refused(ErrorCode.FORBIDDEN)
    return person, role


def _member(context: CommandContext, person: User, **decided: Any) -> None:
    RoomMember.objects.update_or_create(room=context.room, user=person, defaults=decided)


def _named(person: User) -> dict[str, Any]:
    return {"id": log.public_id(person.pk), "n": person.get_short_name()}


@feature.snapshot
def silenced(room: Room, role: Role) -> dict[str, Any]:
    if not may(role, "people.moderate"):
        return {}
    muted = RoomMember.objects.filter(room=room, muted_at__isnull=False)
    return {"muted": [log.public_id(pk) for pk in muted.values_list("user_id", flat=True)]}


@feature.personal
def own(room: Room, user: User, role: Role) -> dict[str, Any]:
    return {"muted": user.pk in muted_among(room, [user.pk])}
