"""What is said over one socket after it has been let in: frames in, answers out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError

from webinars.live import protocol
from webinars.live.admission import Guest
from webinars.live.commands import buckets, run_command
from webinars.live.connection import Connection, End
from webinars.live.database import in_database
from webinars.live.features.registry import SignalContext, SignalGate, find_signal
from webinars.live.hub import RoomHub
from webinars.live.limits import Strikes, TokenBucket
from webinars.live.permissions import may
from webinars.live.protocol import (
    STRIKES,
    Ack,
    BadFrame,
    ClientFrame,
    CloseCode,
    Cmd,
    Err,
    ErrorCode,
    Hello,
    Ok,
    Send,
)

TOO_MANY_RETRY_MS = 60_000
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Gone(Exception):
    """The browser has closed; ``code`` is what it said."""

    def __init__(self, code: int):
        super().__init__(code)
        self.code = code


class Closing(Exception):
    """The server closes."""

    def __init__(self, code: CloseCode, *, retry_in: int = 0):
        super().__init__(code.name)
        self.end = End(code, retry_in)


class Conversation:
    """Reads frames until one side ends it; raises Gone or Closing then."""

    def __init__(self, hub: RoomHub, connection: Connection, receive: Receive):
        self._hub = hub
        self._connection = connection
        self._receive = receive
        self._frames = TokenBucket(per_second=20, burst=60)
        self._bytes = TokenBucket(per_second=32 * 1024, burst=64 * 1024)
        self._hellos = TokenBucket(per_second=0.2, burst=2)
        self._strikes = Strikes(limit=10, seconds=60)
        self._floods = Strikes(limit=3, seconds=60)

    async def hold(self, hello: Hello) -> None:
        """From the first hello to the end."""
        if not await self._hub.door.join(self._connection, hello.resume):
            self._strike()
        while True:
            await self._take(await self._next_message())

    async def _next_message(self) -> dict[str, Any]:
        """What the browser sends next; the hub's wish to end comes first."""
        connection = self._connection
        receiving = asyncio.ensure_future(self._receive())
        awaited: set[asyncio.Future] = {receiving, connection.ended}
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        if connection.ended.done():
            receiving.cancel()
            end = connection.ended.result()
            raise Closing(end.code, retry_in=end.retry_in)
        return receiving.result()

    async def _take(self, message: dict[str, Any]) -> None:
        text = text_of(message)
        if not self._is_in_time(text):
            return
        try:
            await self._act(protocol.decode(text))
        except BadFrame as bad:
            self._answer(Err(id=bad.cmd_id, code=bad.code, temp=False, field=bad.field))
            if bad.code in STRIKES:
                self._strike()

    def _is_in_time(self, text: str) -> bool:
        wait = max(self._frames.take(), self._bytes.take(min(len(text), 64 * 1024)))
        if not wait:
            return True
        self._answer(Err(code=ErrorCode.RATE, temp=True, retry_ms=round(wait * 1000) + 1))
        if self._floods.add():
            raise Closing(CloseCode.TOO_MANY, retry_in=TOO_MANY_RETRY_MS)
        return False

    async def _act(self, frame: ClientFrame) -> None:
        match frame:
            case Cmd():
                await self._command(frame)
            case Send():
                await self._signal(frame)
            case Ack():
                self._acknowledge(frame)
            case Hello():
                await self._hello_again(frame)

    async def _command(self, frame: Cmd) -> None:
        guest = self._guest
        async with self._hub.commands:
            answer = await in_database(run_command, room=guest.room, user=guest.user, frame=frame)
        self._answer(answer)
        if isinstance(answer, Err) and (
            answer.code in STRIKES or answer.code == ErrorCode.FORBIDDEN
        ):
            self._strike()

    async def _signal(self, frame: Send) -> None:
        """Pass something ephemeral on; never answered, dropped without a word if too often."""
        guest = self._guest
        signal = find_signal(guest.room.kind, frame.op)
        if signal is None:
            raise BadFrame(ErrorCode.UNKNOWN_OP, field="/op")
        if not may(guest.role, signal.permission):
            return
        payload = protocol.payload(frame.d, signal.payload)
        key = (guest.room.pk, guest.user.pk, frame.op)
        if buckets.take(key, per_second=signal.rate.per_second, burst=signal.rate.burst):
            return
        context = SignalContext(
            room_uuid=str(guest.room.uuid),
            user_id=guest.user.pk,
            name=guest.user.get_short_name(),
            role=guest.role,
        )
        if signal.gate is not None and not await _passes(signal.gate, context):
            return
        items = signal.function(context, payload)
        if items:
            self._hub.pulses.gather(frame.op, items)

    def _acknowledge(self, frame: Ack) -> None:
        lines = self._connection.lines
        if any(kind in lines and seq > lines[kind].head for kind, seq in frame.p.items()):
            self._strike()

    async def _hello_again(self, frame: Hello) -> None:
        """The client lacks something: bring it up to date once more, but not all the time."""
        if self._hellos.take() or not await self._hub.door.bring_up_to_date(
            self._connection, frame.resume
        ):
            self._strike()

    @property
    def _guest(self) -> Guest:
        return self._connection.guest

    def _answer(self, frame: Ok | Err) -> None:
        self._connection.put(frame)
        self._hub.delivery.flush_soon(self._connection)

    def _strike(self) -> None:
        if self._strikes.add():
            raise Closing(CloseCode.TOO_MANY, retry_in=TOO_MANY_RETRY_MS)


async def _passes(gate: SignalGate, context: SignalContext) -> bool:
    """Nothing ephemeral is worth a socket: where the database fails, it is dropped."""
    try:
        return await in_database(gate, context)
    except DatabaseError:
        return False


def text_of(message: dict[str, Any]) -> str:
    """The text of a message; a disconnect and a binary frame end the conversation."""
    if message["type"] == "websocket.disconnect":
        raise Gone(message.get("code") or 1006)
    text = message.get("text")
    if text is None:
        raise Closing(CloseCode.PROTOCOL)
    return text
