"""The bus: wake-ups between processes, over the Channels layer. It may lose, double or reorder.

A narrow port: ``publish`` from anywhere (views, tasks, commands, any thread), ``Subscription`` for
a hub. There is one channel for each process and room, never one for each socket.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable
from uuid import UUID

import msgspec
from channels.layers import BaseChannelLayer, InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

FAILURE_LASTS_SECONDS = 10
MAX_FRAME_ON_BUS = 8 * 1024


class Wake(msgspec.Struct, tag_field="kind", tag="wake", frozen=True):
    """A stream has a new event; ``frame`` is the event encoded, or empty if it is too large."""

    stream: int
    epoch: str
    seq: int
    frame: str = ""


class Touch(msgspec.Struct, tag_field="kind", tag="touch", frozen=True):
    """A state of the room has changed and should be read anew."""

    type: str
    key: str = ""


class Redacted(msgspec.Struct, tag_field="kind", tag="redacted", frozen=True):
    """Words were taken out of a stream's events: what was kept of them in memory is wrong."""

    stream: int


class Recheck(msgspec.Struct, tag_field="kind", tag="recheck", frozen=True):
    """Roles have changed: ask the rules again who may be here."""


class Pulse(msgspec.Struct, tag_field="kind", tag="pulse", frozen=True):
    """Ephemeral signals of one type, gathered from all the sockets of a process."""

    type: str
    items: dict[str, int | str]


class Presence(msgspec.Struct, tag_field="kind", tag="presence", frozen=True):
    """Who is in the room at one process: user id → (name, role). It says all, not what changed."""

    hub: str
    people: dict[int, tuple[str, str]]


Message = Wake | Touch | Redacted | Recheck | Pulse | Presence
_decoder = msgspec.json.Decoder(Message)


def group_of(room_uuid: UUID) -> str:
    return f"live.{room_uuid.hex}"


def publish(room_uuid: UUID, message: Message) -> None:
    """Tell every process that serves the room; returns at once, from whatever thread."""
    loop = _loop_for_publishing()
    if loop is None:
        return
    packed = {"m": msgspec.json.encode(message).decode()}
    try:
        loop.call_soon_threadsafe(_send_soon, group_of(room_uuid), packed)
    except RuntimeError:  # the loop has just been closed: its sockets are gone with it
        logger.debug("No loop to publish on")


def is_failing() -> bool:
    """Whether publishing from this process failed a short while ago."""
    return time.monotonic() - _health.failed_at < FAILURE_LASTS_SECONDS


class _Health:
    failed_at = float("-inf")


_health = _Health()
_sending: set[asyncio.Task] = set()


def _send_soon(group: str, packed: dict) -> None:
    task = asyncio.ensure_future(_send(group, packed))
    _sending.add(task)
    task.add_done_callback(_sending.discard)


async def _send(group: str, packed: dict) -> None:
    try:
        await get_channel_layer().group_send(group, packed)
    except Exception:
        if not is_failing():
            logger.warning("The channel layer does not answer; rooms read the log", exc_info=True)
        _health.failed_at = time.monotonic()


# --- On which loop ----------------------------------------------------------------------------
_server_loop: asyncio.AbstractEventLoop | None = None


def attach(loop: asyncio.AbstractEventLoop) -> None:
    """Name the loop on which this process serves sockets; publishing goes through it."""
    global _server_loop
    _server_loop = loop


def _loop_for_publishing() -> asyncio.AbstractEventLoop | None:
    """The sockets' loop, or one of our own; None where nobody could hear us anyway."""
    if _server_loop is not None and _server_loop.is_running():
        return _server_loop
    if isinstance(get_channel_layer(), InMemoryChannelLayer):
        return None
    return _Publisher.here().loop


class _Publisher:
    """A loop in a thread of its own, for processes without sockets: pages, workers, commands.

    One connection to Redis for the life of the process, instead of one for each message.
    """

    _instance: _Publisher | None = None
    _lock = threading.Lock()

    def __init__(self) -> None:
        self.process_id = os.getpid()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, name="live-publisher", daemon=True).start()

    @classmethod
    def here(cls) -> _Publisher:
        """The publisher of this process; a forked child makes its own."""
        with cls._lock:
            if cls._instance is None or cls._instance.process_id != os.getpid():
                cls._instance = cls()
            return cls._instance


# --- Listening --------------------------------------------------------------------------------
class Subscription:
    """One room's wake-ups in this process, listened to until ``stop``."""

    def __init__(self, room_uuid: UUID, receive: Callable[[Message], None]):
        self._group = group_of(room_uuid)
        self._receive = receive
        self._channel = ""
        self._task: asyncio.Task | None = None
        self._ready = asyncio.Event()

    @property
    def is_listening(self) -> bool:
        return self._ready.is_set()

    async def start(self, *, wait_seconds: float = 2) -> None:
        """Begin to listen, if not yet; does not wait for ever for a layer that is away."""
        if self._task is None:
            self._task = asyncio.create_task(self._listen(), name=f"listen {self._group}")
        try:
            await asyncio.wait_for(self._ready.wait(), wait_seconds)
        except TimeoutError:
            logger.warning("Not listening yet to %s", self._group)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def renew(self) -> None:
        """Enter the group again: layers forget members after a day or an expired message."""
        if self.is_listening:
            await get_channel_layer().group_add(self._group, self._channel)

    async def _listen(self) -> None:
        pause = 0.5
        while True:
            layer = get_channel_layer()
            try:
                self._channel = await layer.new_channel("live.")
                await layer.group_add(self._group, self._channel)
                self._ready.set()
                pause = 0.5
                while True:
                    self._take(await layer.receive(self._channel))
            except asyncio.CancelledError:
                await self._leave(layer)
                raise
            except Exception:
                logger.warning("Lost the channel layer; trying again", exc_info=True)
                self._ready.clear()
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10)

    def _take(self, packed: dict) -> None:
        try:
            message = _decoder.decode(packed["m"])
        except (msgspec.MsgspecError, KeyError, TypeError):
            logger.exception("Not a message of ours on the bus")
            return
        try:
            self._receive(message)
        except Exception:
            logger.exception("A message from the bus could not be handled")

    async def _leave(self, layer: BaseChannelLayer) -> None:
        self._ready.clear()
        try:
            await layer.group_discard(self._group, self._channel)
        except Exception:
            logger.debug("Could not leave %s", self._group, exc_info=True)
