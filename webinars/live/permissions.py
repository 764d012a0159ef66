"""Who may do what in a room: one table, denied unless it says otherwise. Pure, without Django.

A feature names a permission for each of its commands; ``webinars.live.commands`` is the only
place that asks this table. A room kind may ask for more inside its commands (a phase, a turn),
never for less.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a room, given by the rules of the room's kind."""

    HOST = "host"
    COHOST = "cohost"
    MODERATOR = "moderator"
    PARTICIPANT = "participant"
    OBSERVER = "observer"
    """Sees what everyone sees, is always listed, and acts only where a feature lets it."""


class Audience(StrEnum):
    """The streams of a room; who is attached to one receives all of it."""

    ROOM = "room"
    STAFF = "staff"
    ME = "me"
    OBSERVERS = "obs"


_LEAD = frozenset({Role.HOST, Role.COHOST})
_STAFF = _LEAD | {Role.MODERATOR}
_SPEAKERS = _STAFF | {Role.PARTICIPANT}
_EVERYONE = frozenset(Role)

_ATTENDEES = frozenset({Role.MODERATOR, Role.PARTICIPANT})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "chat.send": _SPEAKERS,
    "chat.type": _SPEAKERS,
    "chat.moderate": _STAFF,
    "chat.slow": _STAFF,
    # A word to the hosts is open to everybody, also to those who were silenced.
    "desk.write": _EVERYONE,
    "desk.answer": _STAFF,
    "qa.ask": _SPEAKERS,
    "qa.vote": _SPEAKERS,
    "qa.moderate": _STAFF,
    "poll.create": _LEAD,
    "poll.open": _LEAD,
    "poll.close": _LEAD,
    "poll.moderate": _STAFF,
    "poll.vote": _ATTENDEES,
    "hand.raise": _SPEAKERS - {Role.HOST},
    "hand.manage": _STAFF,
    "react": _SPEAKERS,
    "checkin.lead": _LEAD,
    "checkin.submit": _ATTENDEES,
    "slide.move": _LEAD,
    "stage.lead": _LEAD,
    "caption.write": _STAFF,
    "timer.lead": _STAFF,
    "announce": _STAFF,
    "note.write": _SPEAKERS,
    "breakout.lead": _LEAD,
    "breakout.broadcast": _STAFF,
    "breakout.help": _EVERYONE,
    "people.list": _STAFF,
    "people.moderate": _STAFF,
    "role.set": _LEAD,
    # The practicum: its own machine decides further by phase and seat.
    "practicum.act": _SPEAKERS | {Role.OBSERVER},
    "practicum.lead": _LEAD,
    "practicum.observe": _LEAD | {Role.OBSERVER},
    "practicum.stop": _EVERYONE,
}

_READERS: dict[Audience, frozenset[Role]] = {
    Audience.ROOM: _EVERYONE,
    Audience.STAFF: _STAFF,
    Audience.ME: _EVERYONE,
    Audience.OBSERVERS: _LEAD | {Role.OBSERVER},
}

_RANK = [Role.OBSERVER, Role.PARTICIPANT, Role.MODERATOR, Role.COHOST, Role.HOST]


def outranks(role: Role, other: Role) -> bool:
    """Whether ``role`` may decide about somebody who is ``other``: nobody about their equals."""
    return _RANK.index(role) > _RANK.index(other)


ACTS_BEFORE_OPENING = _STAFF
"""Those who may act in a room that is not open yet: they prepare it."""


def may(role: Role | None, permission: str) -> bool:
    """Whether ``role`` has ``permission``; nobody has an unknown one."""
    return role is not None and role in PERMISSIONS.get(permission, frozenset())


def permissions_of(role: Role) -> list[str]:
    return sorted(name for name, roles in PERMISSIONS.items() if role in roles)


def audiences_of(role: Role) -> list[Audience]:
    """The streams that ``role`` is attached to."""
    return [audience for audience, readers in _READERS.items() if role in readers]
