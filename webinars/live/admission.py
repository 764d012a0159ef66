"""Who is let into a room, and who may stay: session, origin, role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

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
    parts = urlsplit(origin)
    host = headers.get(b"host", b"").decode("latin-1")
    domain, _port = split_domain_port(host)
    return (
        parts.scheme in ("http", "https")
        and parts.netloc == host
        and "*" not in settings.ALLOWED_HOSTS
        and validate_host(domain, settings.ALLOWED_HOSTS)
    )


def session_key_in(headers: dict[bytes, bytes]) -> str:
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel is not None else ""


def admit(room_uuid: UUID, session_key: str) -> Guest:
    """Let in whoever the session belongs to, if the room's rules give them a role.

    Raises Refusal: NO_SESSION, NO_ROOM, FORBIDDEN, ROOM_CLOSED.
    """
    session = _session_store()(session_key) if session_key else None
    user = _person_of(session) if session is not None else None
    if user is None:
        raise Refusal(CloseCode.NO_SESSION)
    room, role = admit_person(room_uuid, user)
    return Guest(room, user, role, session_key, user.get_session_auth_hash())


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
    store = _session_store()
    return {key for key in keys if store(key).load()}


def _person_of(session: SessionBase) -> User | None:
    """Whoever has signed in with this session, as a request would find them."""
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def _session_store() -> type[SessionBase]:
    return import_module(settings.SESSION_ENGINE).SessionStore
