"""Who is let into a room, and who may stay: session, origin, role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from lms.people.models import User
from webinars.live.permissions import Role
from webinars.live.protocol import CloseCode
from webinars.live.rooms import role_in, rules_of
from webinars.models.room import Room


class Refusal(Exception):
    """Nobody is let in like this; ``code`` is what the socket is closed with."""

    def __init__(self, code: CloseCode):
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True)
class Guest:
    """Somebody who has been let in."""

    room: Room
    user: User
    role: Role
    session_key: str
    session_hash: str


@dataclass(frozen=True)
class Standing:
    """What the hub knows of a socket when it asks whether it may stay."""

    user_id: int
    role: Role
    session_key: str
    session_hash: str


def is_own_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether the page that opened the socket is ours: a listed origin or the same host.

    A browser always says where the page is from; without an Origin nobody comes in.
    """
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin in settings.LIVE_ALLOWED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:  # brackets that make no address
        return False
    host = headers.get(b"host", b"").decode("latin-1")
    domain, _port = split_domain_port(host)
    return (
        parts.scheme in ("http", "https")
        and parts.netloc == host
        and "*" not in settings.ALLOWED_HOSTS
        and validate_host(domain, settings.ALLOWED_HOSTS)
    )


def session_key_in(headers: dict[bytes, bytes]) -> str:
    """As Django reads cookies: an odd one of somebody else's does not hide the others."""
    # A request's headers are bytes in latin-1 to begin with; the key of a session is plain ASCII.
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    return cookies.get(settings.SESSION_COOKIE_NAME, "")


Asked = tuple[UUID, str]
"""A room, and the key of a session that wants in."""


def admit(room_uuid: UUID, session_key: str) -> Guest:
    """Let in whoever the session belongs to, if the room's rules give them a role.

    Raises Refusal: NO_SESSION, NO_ROOM, FORBIDDEN, ROOM_CLOSED.
    """
    found = admit_all([(room_uuid, session_key)])[room_uuid, session_key]
    if isinstance(found, Exception):
        raise found
    return found


def admit_all(asked: Iterable[Asked]) -> dict[Asked, Guest | Exception]:
    """``admit`` for many with few queries; a Refusal stands in the place of its Guest.

    What goes wrong in one room is told to those who want into that room only.
    """
    wanted = list(asked)
    people = _people_of({key for _room, key in wanted})
    rooms = {room.uuid: room for room in Room.objects.filter(uuid__in={uuid for uuid, _ in wanted})}
    found: dict[Asked, Guest | Exception] = {}
    for room_uuid in {uuid for uuid, _key in wanted}:
        keys = [key for uuid, key in wanted if uuid == room_uuid]
        try:
            guests = _guests(rooms.get(room_uuid), {key: people.get(key) for key in keys})
        except Exception as error:
            guests = dict.fromkeys(keys, error)
        found |= {(room_uuid, key): guest for key, guest in guests.items()}
    return found


def _guests(room: Room | None, people: dict[str, User | None]) -> dict[str, Guest | Exception]:
    """For each session key, its person as a guest of the room, or why not."""
    present = [person for person in people.values() if person is not None]
    roles = rules_of(room).roles_in(room, present) if room is not None and present else {}
    found: dict[str, Guest | Exception] = {}
    for key, person in people.items():
        role = roles.get(person.pk) if person is not None else None
        if person is None:
            found[key] = Refusal(CloseCode.NO_SESSION)
        elif room is None:
            found[key] = Refusal(CloseCode.NO_ROOM)
        elif role is None:
            found[key] = Refusal(CloseCode.FORBIDDEN)
        elif room.closed_at is not None:
            found[key] = Refusal(CloseCode.ROOM_CLOSED)
        else:
            found[key] = Guest(room, person, role, key, person.get_session_auth_hash())
    return found


def admit_person(room_uuid: UUID, user: User) -> tuple[Room, Role]:
    """The room and what ``user`` is in it. Raises Refusal: NO_ROOM, FORBIDDEN, ROOM_CLOSED."""
    room = Room.objects.filter(uuid=room_uuid).first()
    if room is None:
        raise Refusal(CloseCode.NO_ROOM)
    role = role_in(room, user)
    if role is None:
        raise Refusal(CloseCode.FORBIDDEN)
    if room.closed_at is not None:
        raise Refusal(CloseCode.ROOM_CLOSED)
    return room, role


def verdicts(room_id: int, standings: Iterable[Standing]) -> dict[Standing, CloseCode]:
    """Of sockets that were let in once, those that may not stay, and why; few queries for all."""
    asked = list(standings)
    room = Room.objects.get(pk=room_id)
    if room.closed_at is not None:
        return dict.fromkeys(asked, CloseCode.ROOM_CLOSED)
    users = {
        user.pk: user
        for user in User.objects.filter(pk__in={s.user_id for s in asked}, is_active=True)
    }
    roles = rules_of(room).roles_in(room, users.values())
    sessions = _living_sessions({standing.session_key for standing in asked})
    return {
        standing: code
        for standing in asked
        if (code := _verdict(standing, users, roles, sessions)) is not None
    }


def _verdict(
    standing: Standing, users: dict[int, User], roles: dict[int, Role], sessions: set[str]
) -> CloseCode | None:
    user = users.get(standing.user_id)
    if user is None or standing.session_key not in sessions:
        return CloseCode.NO_SESSION
    if user.get_session_auth_hash() != standing.session_hash:
        return CloseCode.NO_SESSION
    role = roles.get(standing.user_id)
    if role is None:
        return CloseCode.FORBIDDEN
    return CloseCode.RESYNC if role is not standing.role else None


def _living_sessions(keys: set[str]) -> set[str]:
    """Those of the sessions that still are; a logout ends one."""
    return {key for key, content in _sessions(keys).items() if content}


def _sessions(keys: set[str]) -> dict[str, dict[str, Any]]:
    """What the sessions hold; one query where they are kept in the database."""
    store = _session_store()
    if store is not DatabaseSessions:
        return {key: store(key).load() for key in keys}
    rows = store.get_model_class().objects.filter(
        session_key__in=keys, expire_date__gt=timezone.now()
    )
    return {row.session_key: store().decode(row.session_data) for row in rows}


def _people_of(keys: set[str]) -> dict[str, User]:
    """Whoever has signed in with these sessions, by session key."""
    sessions = {key: content for key, content in _sessions(keys - {""}).items() if content}
    ids = {content[SESSION_KEY] for content in sessions.values() if SESSION_KEY in content}
    users = {str(user.pk): user for user in User.objects.filter(pk__in=ids, is_active=True)}
    found = {}
    for key, content in sessions.items():
        user = users.get(content.get(SESSION_KEY, ""))
        if user is not None and not _is_plainly(user, content):
            user = _person_of(_session_store()(key))
        if user is not None:
            found[key] = user
    return found


def _is_plainly(user: User, content: dict[str, Any]) -> bool:
    """Whether nothing about the session needs a closer look, as an old secret key would."""
    return content.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS and (
        constant_time_compare(content.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    )


def _person_of(session: SessionBase) -> User | None:
    """Whoever has signed in with this session, as a request would find them."""
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def _session_store() -> type[SessionBase]:
    return import_module(settings.SESSION_ENGINE).SessionStore
