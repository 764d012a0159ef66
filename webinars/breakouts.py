"""Work in groups: dividing people, opening, moving, ending. Each group is a live room of its own.

Who sat where stays in the database for the debrief, with what the groups wrote down.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from lms.people.models import User
from webinars.live import log
from webinars.live.permissions import Audience, Role, audiences_of
from webinars.live.room_state import write_state
from webinars.live.rooms import (
    RoomRules,
    close_room,
    create_room,
    forget_roles,
    live_urls,
    open_room,
    rules_of,
)
from webinars.models.breakout import Breakout, BreakoutGroup, BreakoutSeat
from webinars.models.room import Room, Stream


def divided(people: Sequence[int], count: int, *, seed: int | None = None) -> list[list[int]]:
    """People in ``count`` groups by chance, no group larger than another by more than one."""
    mixed = list(people)
    random.Random(seed).shuffle(mixed)  # noqa: S311  chance, not a secret
    return [mixed[number::count] for number in range(count)]


def current_breakout(room: Room) -> Breakout | None:
    return Breakout.objects.filter(room=room, closed_at=None).first()


@transaction.atomic
def create_breakout(room: Room, *, people: Sequence[int], count: int, task: str) -> Breakout:
    """Groups that are not open yet. Raises IntegrityError ``one_breakout_at_a_time``."""
    breakout = Breakout.objects.create(room=room, task=task)
    for number, members in enumerate(divided(people, count), 1):
        own = create_room(kind=Room.Kind.BREAKOUT, title=_("Group {n}").format(n=number))
        group = BreakoutGroup.objects.create(breakout=breakout, number=number, room=own)
        BreakoutSeat.objects.bulk_create(
            BreakoutSeat(breakout=breakout, group=group, user_id=user_id) for user_id in members
        )
    return breakout


@transaction.atomic
def open_breakout(breakout: Breakout, *, now: datetime, minutes: int, actor: User) -> bool:
    """Let the groups begin; False if they had."""
    opened = Breakout.objects.filter(pk=breakout.pk, opened_at=None, closed_at=None).update(
        opened_at=now, ends_at=now + timedelta(minutes=minutes)
    )
    breakout.refresh_from_db()
    if opened:
        for group in breakout.groups.select_related("room"):
            open_room(group.room, actor=actor)
            _tell_the_end(group.room, breakout)
    return bool(opened)


@transaction.atomic
def extend_breakout(breakout: Breakout, *, minutes: int) -> bool:
    """Give all groups more time; False if they do not work now."""
    found = Breakout.objects.select_for_update().get(pk=breakout.pk)
    if found.opened_at is None or found.closed_at is not None or found.ends_at is None:
        return False
    found.ends_at += timedelta(minutes=minutes)
    found.save(update_fields=["ends_at"])
    breakout.refresh_from_db()
    for group in breakout.groups.select_related("room"):
        _tell_the_end(group.room, breakout)
    return True


@transaction.atomic
def close_breakout(breakout: Breakout, *, now: datetime, actor: User | None) -> bool:
    """End the groups; everybody is back in the main room. False if that was done before."""
    closed = Breakout.objects.filter(pk=breakout.pk, closed_at=None).update(closed_at=now)
    if not closed:
        return False
    for group in breakout.groups.select_related("room"):
        close_room(group.room, actor=actor)
    _tell(breakout.room, "breakout.closed", {"breakout": breakout.pk})
    return True


def close_due(room: Room, *, now: datetime) -> None:
    """End the groups whose time is over; whoever comes first does it."""
    for breakout in Breakout.objects.filter(room=room, closed_at=None, ends_at__lte=now):
        close_breakout(breakout, now=now, actor=None)


def close_breakouts_of(room: Room, *, now: datetime, actor: User | None) -> None:
    """The main room ends, and its groups with it."""
    for breakout in Breakout.objects.filter(room=room, closed_at=None):
        close_breakout(breakout, now=now, actor=actor)


@transaction.atomic
def seat(breakout: Breakout, user: User, group: BreakoutGroup) -> None:
    """Put somebody into a group, out of another one."""
    BreakoutSeat.objects.update_or_create(breakout=breakout, user=user, defaults={"group": group})
    _forget_roles_in_groups(breakout)


def forget_roles_everywhere(room: Room) -> None:
    """Somebody's role has changed in the main room, and with it their place in its groups."""
    forget_roles(room)
    breakout = current_breakout(room)
    if breakout is not None:
        _forget_roles_in_groups(breakout)


def _forget_roles_in_groups(breakout: Breakout) -> None:
    for group in breakout.groups.select_related("room"):
        forget_roles(group.room)


def place_of(breakout: Breakout, user: User) -> BreakoutGroup:
    """The group of somebody; whoever comes late gets a place in the smallest."""
    own = BreakoutSeat.objects.filter(breakout=breakout, user=user).first()
    if own is not None:
        return own.group
    smallest = breakout.groups.annotate(size=Count("seats")).order_by("size", "number").first()
    assert smallest is not None
    BreakoutSeat.objects.create(breakout=breakout, user=user, group=smallest)
    return smallest


@transaction.atomic
def broadcast(breakout: Breakout, text: str) -> None:
    """A line above everything in every group."""
    for group in breakout.groups.select_related("room"):
        write_state(group.room, "announcement", {"text": text})
        _tell(group.room, "announced", {"text": text})


def described(breakout: Breakout) -> dict[str, Any]:
    """What everybody may know: the task, the end, how many groups there are."""
    return {
        "breakout": breakout.pk,
        "task": breakout.task,
        "is_open": breakout.opened_at is not None,
        "ends_at": log.milliseconds(breakout.ends_at) if breakout.ends_at else None,
        "groups": breakout.groups.count(),
    }


def board(breakout: Breakout) -> list[dict[str, Any]]:
    """The groups as their trainer sees them: who sits where, who asked for help."""
    groups = breakout.groups.select_related("room").prefetch_related("seats__user")
    return [
        {
            "group": group.number,
            "people": [
                {"id": log.public_id(s.user_id), "n": s.user.get_short_name()}
                for s in group.seats.all()
            ],
            "help": group.help_asked_at is not None,
            "urls": live_urls(group.room),
        }
        for group in groups
    ]


def results(room: Room) -> list[dict[str, Any]]:
    """What the groups of the last finished division wrote down."""
    held = Breakout.objects.filter(room=room, opened_at__isnull=False, closed_at__isnull=False)
    last = held.order_by("-pk").first()
    if last is None:
        return []
    groups = last.groups.select_related("room").prefetch_related("room__notes")
    return [
        {"group": group.number, "notes": [note.text for note in group.room.notes.all()]}
        for group in groups
    ]


def _tell_the_end(room: Room, breakout: Breakout) -> None:
    assert breakout.ends_at is not None
    data = {"ends_at": log.milliseconds(breakout.ends_at), "label": ""}
    write_state(room, "timer", data)
    _tell(room, "timer.started", data)


def _tell(room: Room, type: str, data: dict[str, Any]) -> None:
    stream = log.shared_stream(room, Stream.Kind.ROOM)
    log.append(stream=stream, type=type, data=data, actor=None)


class GroupRules(RoomRules):
    """Those who sit in the group work in it, as what they are in the main room; the staff of the
    main room may come in."""

    has_deadlines = True

    def role_in(self, room: Room, user: User) -> Role | None:
        return self.roles_in(room, [user]).get(user.pk)

    def roles_in(self, room: Room, users: Iterable[User]) -> dict[int, Role]:
        people = list(users)
        group = BreakoutGroup.objects.select_related("breakout__room").get(room=room)
        main = rules_of(group.breakout.room).roles_in(group.breakout.room, people)
        seated = set(group.seats.filter(user__in=people).values_list("user_id", flat=True))
        return {
            user_id: role
            for user_id, role in main.items()
            if user_id in seated or Audience.STAFF in audiences_of(role)
        }

    def meet_deadlines(self, room: Room, *, now: datetime) -> None:
        group = BreakoutGroup.objects.select_related("breakout__room").get(room=room)
        close_due(group.breakout.room, now=now)
