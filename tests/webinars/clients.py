"""Clients of live rooms: a browser's side of the protocol, without a server."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from lms.people.models import User
from tests.webinars.factories import new_id
from webinars.live.protocol import SUBPROTOCOL
from webinars.live.sockets import live_sockets
from webinars.models import Room

SECONDS = 60


def session_key_of(user: User) -> str:
    """A session as signing in makes one."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def in_thread(function: Callable, *args, **kwargs):
    """Run something with the database from a test's event loop; leaves no connection behind."""

    def work():
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return sync_to_async(work, thread_sensitive=False)()


class Client:
    """One browser in one room, as the protocol sees it."""

    def __init__(
        self,
        room: Room | str,
        session_key: str = "",
        *,
        origin: str | None = "http://testserver",
        subprotocols: tuple[str, ...] = (SUBPROTOCOL,),
        other_cookies: str = "",
    ):
        headers = [(b"host", b"testserver")]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if session_key:
            cookies = f"{other_cookies}{settings.SESSION_COOKIE_NAME}={session_key}"
            headers.append((b"cookie", cookies.encode()))
        path = room if isinstance(room, str) else f"/ws/live/{room.uuid}/"
        scope = {
            "type": "websocket",
            "path": path,
            "headers": headers,
            "subprotocols": list(subprotocols),
        }
        self.socket = ApplicationCommunicator(live_sockets, scope)
        self.frames: list[dict[str, Any]] = []
        self._looked_at = 0
        self.close_code: int | None = None

    async def open(self, *, resume: dict | None = None, caps: tuple[str, ...] = ("batch",)) -> dict:
        """Connect and say hello; returns the welcome."""
        await self.connect()
        await self.say({"t": "hello", "v": 1, "resume": resume or {}, "caps": list(caps)})
        return await self.until(lambda frame: frame["t"] == "welcome")

    async def connect(self) -> None:
        await self.socket.send_input({"type": "websocket.connect"})
        accepted = await self.socket.receive_output(timeout=SECONDS)
        assert accepted["type"] == "websocket.accept"

    async def say(self, frame: dict[str, Any] | str) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def say_bytes(self, data: bytes) -> None:
        await self.socket.send_input({"type": "websocket.receive", "bytes": data})

    async def command(self, op: str, *, id: str = "", **data) -> dict:
        """Send a command; returns its answer."""
        cmd_id = id or new_id()
        await self.say({"t": "cmd", "id": cmd_id, "op": op, "d": data})
        return await self.until(lambda f: f["t"] in ("ok", "err") and f.get("id") == cmd_id)

    async def until(self, is_wanted, *, seconds: float = SECONDS) -> dict:
        """Receive until a frame is as wanted; every frame is kept in ``frames``."""
        async with asyncio.timeout(seconds):
            while True:
                while self._looked_at < len(self.frames):
                    frame = self.frames[self._looked_at]
                    self._looked_at += 1
                    if is_wanted(frame):
                        return frame
                await self.receive()

    async def receive(self) -> None:
        output = await self.socket.output_queue.get()
        if output["type"] == "websocket.close":
            self.close_code = output["code"]
            raise ConnectionError(output["code"])
        frame = json.loads(output["text"])
        self.frames += frame["f"] if frame["t"] == "batch" else [frame]

    async def until_closed(self, *, seconds: float = SECONDS) -> int:
        """Receive until the server closes; returns the code."""
        with contextlib.suppress(ConnectionError):
            await self.until(lambda frame: False, seconds=seconds)
        assert self.close_code is not None
        return self.close_code

    async def settle(self, seconds: float = 0.3) -> None:
        """Receive whatever comes for a short while."""
        with contextlib.suppress(TimeoutError):
            await self.until(lambda frame: False, seconds=seconds)

    def forget(self) -> None:
        self.frames.clear()
        self._looked_at = 0

    def events(self, stream: str = "room") -> list[dict[str, Any]]:
        return [f for f in self.frames if f["t"] == "ev" and f["s"] == stream]

    def positions(self) -> dict[str, dict[str, Any]]:
        """Where a browser would resume: the welcome's epochs and the last numbers seen."""
        welcome = next(f for f in self.frames if f["t"] == "welcome")
        seen = {name: {"e": s["e"], "q": s["q"]} for name, s in welcome["streams"].items()}
        for frame in self.frames:
            if frame["t"] == "ev":
                seen[frame["s"]]["q"] = max(seen[frame["s"]]["q"], frame["q"])
        return seen

    async def leave(self, *, code: int = 1000) -> None:
        """Close; ``code`` 1006 is a connection that breaks off. What was sent before is taken."""
        await self.socket.send_input({"type": "websocket.disconnect", "code": code})
        await self.socket.wait(timeout=SECONDS)
