"""Rooms: making one, opening and closing it, and who is what in it.

Each kind of room brings its own rules, registered by the code that knows it; the live engine
knows no webinars and no practicums.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from lms.people.models import User
from webinars.live import bus, log
from webinars.live.permissions import Role
from webinars.models.room import Room, Stream


class RoomRules:
    """What a kind of room decides. Subclass it and ``register_rules`` in ``AppConfig.ready``."""

    def role_in(self, room: Room, user: User) -> Role | None:
        """What ``user`` (active, signed in) is in ``room``; None keeps them out."""
        return None

    def roles_in(self, room: Room, users: Iterable[User]) -> dict[int, Role]:
        """``role_in`` for many at once, by user id; override it where one query can answer."""
        found = {user.pk: self.role_in(room, user) for user in users}
        return {user_id: role for user_id, role in found.items() if role is not None}

    def record_presence(
        self, room: Room, *, user_ids: Iterable[int], hub: str, at: datetime
    ) -> dict[int, dict[str, Any]]:
        """These people are in the room now. Called when one joins, then each few seconds.

        Returns what each of them should be told about their own attendance, if anything: it
        reaches their sockets as a state of type ``attendance``.
        """
        return {}

    def record_departure(
        self, room: Room, *, user_ids: Iterable[int], hub: str, at: datetime, reason: str
    ) -> None:
        """These people have left: by themselves, lost, or because the room closed."""

    def people_of(self, room: Room, start: int, count: int) -> list[User]:
        """Those who belong to the room, by name; ``count`` of them from ``start`` on."""
        return []

    def present_in(self, room: Room) -> list[int]:
        """Ids of the participants who are in the room now."""
        return []

    def slide_count(self, room: Room) -> int:
        """How many slides there are to show."""
        return 0

    def stage_video(self, room: Room, key: str) -> dict[str, Any] | None:
        """A prepared video by its key: ``{"title", "src", "captions"}``."""
        return None

    has_deadlines = False

    def meet_deadlines(self, room: Room, *, now: datetime) -> None:
        """Do what is due by now, by compare-and-set: several processes may try at once."""


_rules: dict[str, RoomRules] = {}


def register_rules(kind: Room.Kind, rules: RoomRules) -> None:
    _rules[kind] = rules


def rules_of(room: Room) -> RoomRules:
    """The rules of the room's kind; a kind without rules lets nobody in."""
    return _rules.get(room.kind) or RoomRules()


def role_in(room: Room, user: User) -> Role | None:
    """What ``user`` is in ``room``; None for whoever has no business there."""
    if not user.is_authenticated or not user.is_active:
        return None
    return rules_of(room).role_in(room, user)


@transaction.atomic
def create_room(*, kind: Room.Kind, title: str) -> Room:
    """A room that is not open yet, with its shared streams."""
    room = Room.objects.create(kind=kind, title=title)
    Stream.objects.bulk_create(
        Stream(room=room, kind=shared)
        for shared in (Stream.Kind.ROOM, Stream.Kind.STAFF, Stream.Kind.OBSERVERS)
    )
    return room


@transaction.atomic
def open_room(room: Room, *, actor: User | None) -> bool:
    """Let people act in the room; False if it was open or closed already."""
    opened = Room.objects.filter(pk=room.pk, opened_at=None, closed_at=None).update(
        opened_at=timezone.now()
    )
    if opened:
        _tell(room, "room.opened", actor)
    room.refresh_from_db(fields=["opened_at", "closed_at"])
    return bool(opened)


@transaction.atomic
def close_room(room: Room, *, actor: User | None) -> bool:
    """End the room for good; False if it had been closed already."""
    now = Value(timezone.now(), output_field=DateTimeField())
    # Not before the opening, which another process with another clock may have written.
    closed = Room.objects.filter(pk=room.pk, closed_at=None).update(
        closed_at=Greatest(now, Coalesce(F("opened_at"), now))
    )
    if closed:
        _tell(room, "room.closed", actor)
    room.refresh_from_db(fields=["opened_at", "closed_at"])
    return bool(closed)


def forget_roles(room: Room) -> None:
    """Somebody's role has changed: every process asks the rules again, at once."""
    room_uuid = room.uuid
    transaction.on_commit(lambda: bus.publish(room_uuid, bus.Recheck()))


def live_urls(room: Room) -> dict[str, str]:
    """Where a browser finds the room: its socket, and the way without WebSocket."""
    return {
        "socket": f"{settings.LIVE_URL}/ws/live/{room.uuid}/",
        "events": reverse("webinars:room_events", args=[room.uuid]),
        "commands": reverse("webinars:room_commands", args=[room.uuid]),
    }


def _tell(room: Room, type: str, actor: User | None) -> None:
    log.append(
        stream=log.shared_stream(room, Stream.Kind.ROOM),
        type=type,
        data={},
        actor=actor,
        actor_role=Role.HOST if actor else "",
    )
