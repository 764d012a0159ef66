"""The way out to one browser: the server's own transport where we know it, else plain ASGI.

uvicorn (0.54, its sans-io implementation) is known by name: a frame that was encoded once is
written to the transports of all sockets, and ``abort`` frees a client that stopped reading, which
``websocket.close`` does not. Both are tried against a real server in the tests.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from webinars.live.encoded import Encoded, Run

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Wire(Protocol):
    @property
    def is_writable(self) -> bool:
        """Whether ``write`` would go out without filling memory."""

    def write(self, frame: Encoded | Run) -> None:
        """Send without waiting; only when ``is_writable``."""

    async def wait_writable(self) -> None: ...

    def abort(self) -> None:
        """Drop the connection at once, unsent bytes included."""


class UvicornWire:
    """Writes to the transport, so that no task and no encoding is needed for each socket."""

    def __init__(self, server: WebSocketsSansIOProtocol):
        self._server = server

    @property
    def is_writable(self) -> bool:
        return self._server.writable.is_set()

    def write(self, frame: Encoded | Run) -> None:
        if not self._server.close_sent and not self._server.transport.is_closing():
            self._server.transport.write(frame.framed)

    async def wait_writable(self) -> None:
        await self._server.writable.wait()

    def abort(self) -> None:
        self._server.transport.abort()


class AsgiWire:
    """Any other server: one ``send`` at a time, awaited by a task."""

    def __init__(self, send: Send):
        self._send = send
        self._sending: asyncio.Task | None = None

    @property
    def is_writable(self) -> bool:
        return self._sending is None or self._sending.done()

    def write(self, frame: Encoded | Run) -> None:
        self._sending = asyncio.ensure_future(self._send_or_ignore(frame.texts))

    async def _send_or_ignore(self, texts: tuple[str, ...]) -> None:
        with contextlib.suppress(Exception):  # the peer is gone: receive() will say so
            for text in texts:
                await self._send({"type": "websocket.send", "text": text})

    async def wait_writable(self) -> None:
        if self._sending is not None:
            await asyncio.wait([self._sending])

    def abort(self) -> None:
        if self._sending is not None:
            self._sending.cancel()


def wire_of(send: Send) -> Wire:
    """The best way out that the server behind ``send`` has."""
    server = getattr(send, "__self__", None)
    if isinstance(server, WebSocketsSansIOProtocol):
        return UvicornWire(server)
    return AsgiWire(send)
