"""One person's browser in the drill: it writes, heals its connection, and records what it hears."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import time
from collections import Counter
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.webinars.ids import new_id
from webinars.live.protocol import SUBPROTOCOL

OPEN_SECONDS = 10
LONGEST_PAUSE_SECONDS = 4


class Heard(NamedTuple):
    """An event as the log and a record are compared by it."""

    seq: int
    type: str
    cmd_id: str
    data: str


class Talker:
    """Keeps what it sent until it is answered, and every durable event in the order it came."""

    def __init__(self, *, room: str, person: dict[str, Any], ports: list[int], number: int):
        self.user_id: int = person["id"]
        self.poll = ""
        self.number = number
        self._room = room
        self._session_key: str = person["key"]
        self._ports = ports
        self._turn = number
        self._is_leaving = False
        self._retry_in = 0.0
        self._socket: ClientConnection | None = None
        self.is_online = False
        self.is_slow = False
        """Over a network with small buffers, so that it fills up when nobody reads."""
        self.seen: dict[str, dict[str, Any]] = {}
        self.began: dict[str, int] = {}
        self.records: dict[str, list[Heard]] = {}
        self.pending: dict[str, dict[str, Any]] = {}
        self._asked_at: dict[str, float] = {}
        self.confirmed: dict[str, dict[str, int]] = {}
        self.complaints: list[str] = []
        self.counts: Counter[str] = Counter()
        self.slowest_answer = 0.0

    # --- Writing ----------------------------------------------------------------------------
    async def say(self, text: str) -> None:
        await self._command("chat.send", {"text": text})

    async def vote(self, choice: int) -> None:
        await self._command("poll.vote", {"poll": self.poll, "choices": [choice]})

    async def _command(self, op: str, data: dict[str, Any]) -> None:
        cmd_id = new_id()
        self.pending[cmd_id] = {"t": "cmd", "id": cmd_id, "op": op, "d": data}
        self._asked_at[cmd_id] = time.monotonic()
        if self.is_online:
            await self._send(self.pending[cmd_id])

    async def _send(self, frame: dict[str, Any]) -> None:
        try:
            await self._socket.send(json.dumps(frame, ensure_ascii=False))
        except (OSError, WebSocketException):
            return  # the reading side hears it too, and connects again

    def _answered(self, frame: dict[str, Any]) -> None:
        cmd_id = frame.get("id", "")
        if cmd_id not in self.pending:
            self.complaints.append(f"an answer to nothing that is waiting: {frame}")
        elif frame["t"] == "ok":
            del self.pending[cmd_id]
            self.confirmed[cmd_id] = frame.get("p", {})
            waited = time.monotonic() - self._asked_at.pop(cmd_id)
            self.slowest_answer = max(self.slowest_answer, waited)
        elif frame["temp"]:
            self.counts[frame["code"]] += 1
            pause = frame["retry_ms"] / 1000
            asyncio.get_running_loop().call_later(pause, self._ask_again, cmd_id, self._socket)
        else:
            self.complaints.append(f"refused for good: {frame}")
            del self.pending[cmd_id]

    def _ask_again(self, cmd_id: str, asked_over: ClientConnection) -> None:
        """What was refused for now goes out again; after a new welcome it has done so already."""
        if self._socket is asked_over and self.is_online and cmd_id in self.pending:
            self._sending = asyncio.ensure_future(self._send(self.pending[cmd_id]))

    # --- Connecting -------------------------------------------------------------------------
    async def stay(self) -> None:
        """Be in the room until ``leave``: whatever breaks, come back."""
        attempt = 0
        while not self._is_leaving:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                await self._visit()
            attempt = 1 if self.is_online else attempt + 1
            self.is_online = False
            if not self._is_leaving:
                self.counts["reconnects"] += 1
                self._turn += 1  # the other server may be well
                limit = min(LONGEST_PAUSE_SECONDS, 0.5 * 2**attempt)
                await asyncio.sleep(self._retry_in + random.uniform(0, limit))
                self._retry_in = 0.0

    async def _visit(self) -> None:
        host = f"127.0.0.1:{self._ports[self._turn % len(self._ports)]}"
        async with connect(
            f"ws://{host}/ws/live/{self._room}/",
            sock=await self._small_socket(host) if self.is_slow else None,
            subprotocols=[SUBPROTOCOL],
            origin=f"http://{host}",
            additional_headers={"Cookie": f"sessionid={self._session_key}"},
            compression=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=1,
            ping_interval=None,
        ) as self._socket:
            await self._send({"t": "hello", "v": 1, "resume": self.seen, "caps": ["batch"]})
            try:
                async for text in self._socket:
                    frame = json.loads(text)
                    for one in frame["f"] if frame["t"] == "batch" else [frame]:
                        await self._take(one)
            finally:
                code = self._socket.close_code
                self.counts[f"closed {code}"] += 1
                if code == 1011:
                    self.complaints.append("closed with 1011")

    async def _small_socket(self, host: str) -> socket.socket:
        """As over Ethernet: with loopback's segments of 64 KiB the kernel would hold megabytes."""
        made = socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1448)
        address, port = host.split(":")
        await asyncio.get_running_loop().sock_connect(made, (address, int(port)))
        return made

    async def leave(self) -> None:
        self._is_leaving = True
        if self._socket is not None:
            await self._socket.close()

    @property
    def is_at_home(self) -> bool:
        """Whether it is connected to the server that it began with."""
        return self.is_online and self._turn % len(self._ports) == self.number % len(self._ports)

    async def go_home(self) -> None:
        """Connect anew, to the server that it began with."""
        self._turn = self.number - 1
        self.is_online = False
        if self._socket is not None:
            await self._socket.close()

    def stop_reading(self) -> None:
        if self._socket is not None:
            self._socket.transport.pause_reading()

    def read_on(self) -> None:
        if self._socket is not None and not self._socket.transport.is_closing():
            self._socket.transport.resume_reading()

    # --- Hearing ----------------------------------------------------------------------------
    def has_heard(self, seq: int) -> bool:
        """Whether everything up to this event of the room has come."""
        return bool(self.seen) and self.seen["room"]["q"] >= seq

    async def _take(self, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "welcome":
                await self._welcomed()
            case "snap":
                self._start_from(frame)
            case "ev":
                self._record(frame)
            case "ok" | "err":
                self._answered(frame)
            case "bye":
                self._retry_in = frame.get("retry_in", 0) / 1000
                self.counts[f"bye {frame['code']}"] += 1
            case "hb":
                await self._send({"t": "pong", "ts": frame["ts"]})

    async def _welcomed(self) -> None:
        self.is_online = True
        for frame in list(self.pending.values()):
            self.counts["sent again"] += 1
            await self._send(frame)

    def _start_from(self, snap: dict[str, Any]) -> None:
        if self.began:
            self.complaints.append(f"a snapshot instead of what was missed: {self.seen}")
        self.seen = snap["s"]
        self.began = {name: position["q"] for name, position in self.seen.items()}
        self.records = {name: [] for name in self.seen}
        polls = snap["d"]["poll"]["polls"]
        self.poll = polls[0]["poll"]

    def _record(self, frame: dict[str, Any]) -> None:
        position = self.seen[frame["s"]]
        if frame["q"] != position["q"] + 1:
            self.complaints.append(f"{frame['s']} {frame['q']} came after {position['q']}")
        position["q"] = frame["q"]
        self.records[frame["s"]].append(
            Heard(frame["q"], frame["y"], frame.get("c", ""), written(frame["d"]))
        )


def written(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False)
