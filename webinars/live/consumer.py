"""One socket, from its handshake to its end: it reads frames, asks others to act, and answers.

Plain ASGI without a channel layer for each socket and without Channels' wrappers around ``send``,
which cost most of a broadcast. A refused socket is accepted first and closed then: only so does
the browser learn the code.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from webinars.live import protocol
from webinars.live.admission import Guest, Refusal, is_own_origin, session_key_in
from webinars.live.connection import Connection, End
from webinars.live.conversation import Closing, Conversation, Gone, Receive, text_of
from webinars.live.encoded import Encoded
from webinars.live.hub import RoomHub
from webinars.live.outbox import Joiner
from webinars.live.protocol import RECONNECTS, BadFrame, Bye, CloseCode, Hello
from webinars.live.switchboard import switchboard
from webinars.live.wire import wire_of

logger = logging.getLogger(__name__)

HELLO_SECONDS = 10
CLOSE_SECONDS = 5
SendMessage = Callable[[dict[str, Any]], Awaitable[None]]


class LiveConsumer:
    """Serves one socket of ``/ws/live/<room>/``."""

    def __init__(self, scope: dict[str, Any], receive: Receive, send: SendMessage):
        self._receive = receive
        self._send = send
        self._headers = dict(scope["headers"])
        self._subprotocols = scope.get("subprotocols", [])
        self._room_uuid: UUID | None = scope["url_route"]["kwargs"].get("room_uuid")
        self._connection: Connection | None = None
        self._hub: RoomHub | None = None

    @classmethod
    async def serve(cls, scope: dict[str, Any], receive: Receive, send: SendMessage) -> None:
        """The ASGI application."""
        await cls(scope, receive, send).run()

    async def run(self) -> None:
        message = await self._receive()
        if message["type"] != "websocket.connect":
            return
        reason = "lost"
        try:
            await self._converse()
        except Gone as gone:
            reason = "left" if gone.code in (1000, 1001) else "lost"
        except Closing as closing:
            await self._say_goodbye(closing.end)
        except Refusal as refusal:
            await self._say_goodbye(End(refusal.code))
        except Exception:
            logger.exception("A socket of room %s failed", self._room_uuid)
            await self._say_goodbye(End(CloseCode.BUSY, _spread(5000)))
        finally:
            if self._connection is not None and self._hub is not None:
                self._hub.leave(self._connection, reason=reason)

    async def _converse(self) -> None:
        known = protocol.SUBPROTOCOL in self._subprotocols
        accept: dict[str, Any] = {"type": "websocket.accept"}
        if known:
            accept["subprotocol"] = protocol.SUBPROTOCOL
        await self._send(accept)
        if not known:
            raise Closing(CloseCode.VERSION)
        guest = await self._let_in()
        hello = await self._first_frame()
        self._hub = switchboard().hub_of(guest.room)
        self._connection = Connection(
            guest, wire_of(self._send), takes_batches="batch" in hello.caps
        )
        await Conversation(self._hub, self._connection, self._receive).hold(hello)

    async def _let_in(self) -> Guest:
        if not is_own_origin(self._headers):
            raise Refusal(CloseCode.FORBIDDEN)
        if self._room_uuid is None:
            raise Refusal(CloseCode.NO_ROOM)
        return await switchboard().admit(self._room_uuid, session_key_in(self._headers))

    async def _first_frame(self) -> Hello:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise Closing(CloseCode.HELLO_LATE) from None
        try:
            frame = protocol.decode(text_of(message))
        except BadFrame as bad:
            raise Closing(CloseCode.PROTOCOL) from bad
        if not isinstance(frame, Hello):
            raise Closing(CloseCode.PROTOCOL)
        if frame.v != protocol.VERSION:
            raise Closing(CloseCode.VERSION)
        return frame

    async def _say_goodbye(self, end: End) -> None:
        """``bye`` and close, as far as the browser still listens; never waits for long."""
        wire = wire_of(self._send)
        if self._connection is not None and self._hub is not None:
            wire = self._connection.wire
            self._hub.leave(self._connection, reason="left")
        frame = Bye(
            code=end.code,
            reason=end.code.name.lower(),
            reconnect=end.code in RECONNECTS,
            retry_in=end.retry_in or (_spread(15_000) if end.code is CloseCode.RESTART else 0),
        )
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                while self._connection is not None and not self._connection.flush(Joiner()):
                    await wire.wait_writable()  # what was answered goes out before the goodbye
                await wire.wait_writable()
                wire.write(Encoded(protocol.encode(frame)))
                await wire.wait_writable()
                await self._send({"type": "websocket.close", "code": int(end.code)})
        except TimeoutError:
            wire.abort()
        except Exception:
            logger.debug("The browser had gone before the goodbye", exc_info=True)


def _spread(milliseconds: int) -> int:
    """A pause of at most so long, not the same for everybody."""
    return random.randrange(milliseconds)  # noqa: S311
