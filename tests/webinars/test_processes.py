"""Rooms in real server processes: killed, started again, and two beside each other.

What a person saw confirmed is there after any of it, exactly once and in order.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from websockets.asyncio.client import connect

from tests.browser.stack import FROM_MODELS, ROOT, free_port
from tests.webinars.factories import new_id
from tests.webinars.servers import Server
from webinars.live.protocol import SUBPROTOCOL

pytestmark = pytest.mark.processes

# Not how fast a room should be, only how long a busy machine may make a person wait.
PATIENCE = 90
PREPARE = """
import json, django
django.setup()
from tests.webinars.clients import session_key_of
from tests.webinars.factories import make_meeting
meeting = make_meeting()
people = [*meeting.learners, meeting.trainer]
print(json.dumps({"room": str(meeting.room.uuid), "keys": [session_key_of(u) for u in people]}))
"""


class Browser:
    """One person's browser: it keeps its positions and what it has sent without an answer."""

    def __init__(self, room: str, session_key: str):
        self._room = room
        self._session_key = session_key
        self.texts: list[str] = []
        self.numbers: list[int] = []
        self.seen: dict[str, dict] = {}
        self.confirmed: list[str] = []
        self.people = 0

    async def open(self, server: Server) -> None:
        host = f"127.0.0.1:{server.port}"
        self.socket = await connect(
            f"ws://{host}/ws/live/{self._room}/",
            subprotocols=[SUBPROTOCOL],
            origin=f"http://{host}",
            additional_headers={"Cookie": f"sessionid={self._session_key}"},
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=None,
        )
        await self.say({"t": "hello", "v": 1, "resume": self.seen, "caps": ["batch"]})
        await self.until(lambda frame: frame["t"] == "welcome")

    async def say(self, frame: dict) -> None:
        await self.socket.send(json.dumps(frame))

    async def send(self, text: str, *, id: str = "") -> dict:
        """Write into the chat, again after a short wait where that was too fast."""
        cmd_id = id or new_id()
        while True:
            await self.say({"t": "cmd", "id": cmd_id, "op": "chat.send", "d": {"text": text}})
            answer = await self.until(lambda f: f.get("id") == cmd_id)
            if answer["t"] == "ok":
                self.confirmed.append(text)
                return answer
            assert answer["code"] in ("rate", "busy"), answer
            await asyncio.sleep(answer["retry_ms"] / 1000)

    async def until(self, is_wanted, *, seconds: float = PATIENCE) -> dict:
        async with asyncio.timeout(seconds):
            while True:
                frame = json.loads(await self.socket.recv())
                found = None
                for one in frame["f"] if frame["t"] == "batch" else [frame]:
                    self._take(one)
                    found = found or (one if is_wanted(one) else None)
                if found:
                    return found

    async def until_read(self, text: str) -> None:
        if text not in self.texts:
            await self.until(lambda f: f["t"] == "ev" and f["d"].get("text") == text)

    async def until_people(self, count: int) -> None:
        if self.people != count:
            await self.until(lambda _frame: self.people == count)

    def _take(self, frame: dict) -> None:
        if frame["t"] == "snap":
            self.seen = frame["s"]
            messages = frame["d"]["chat"]["messages"]
            self.texts = [message["d"]["text"] for message in messages]
            self.numbers = []
        elif frame["t"] == "st" and frame["y"] == "presence":
            self.people = frame["d"]["count"]
        elif frame["t"] == "ev":
            self.seen[frame["s"]]["q"] = frame["q"]
            if frame["s"] == "room":
                self.numbers.append(frame["q"])
            if frame["y"] == "chat.sent":
                self.texts.append(frame["d"]["text"])


def run(environment: dict[str, str], *arguments: str) -> str:
    """Run Python with the platform's settings; what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_tables(environment: dict[str, str]) -> None:
    run(environment, "manage.py", *FROM_MODELS.split(), "--verbosity", "0")


def meet(environment: dict[str, str]) -> dict:
    """A meeting of its own: the id of its room, and the session keys of its people."""
    return json.loads(run(environment, "-c", PREPARE).splitlines()[-1])


@pytest.fixture(scope="module")
def with_tables(tmp_path_factory) -> Path:
    """The files of an empty installation of the embedded size, made once for this module."""
    var_dir = tmp_path_factory.mktemp("rooms")
    make_tables(environment_of(var_dir))
    return var_dir


@pytest.fixture
def embedded(with_tables, tmp_path) -> dict[str, str]:
    """The environment of an embedded installation of the test's own."""
    return environment_of(shutil.copytree(with_tables, tmp_path / "var"))


def environment_of(var_dir: Path, **changes: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "PUBLIC_URL")
    }
    return kept | {
        "VAR_DIR": str(var_dir), "DJANGO_SETTINGS_MODULE": "lms.settings.base",
    } | changes  # fmt: skip


async def test_a_killed_server_loses_nothing_that_was_confirmed(embedded, tmp_path):
    made = await asyncio.to_thread(meet, embedded)
    server = await asyncio.to_thread(Server(embedded, tmp_path / "server.log").start)
    try:
        maria, ivan = (Browser(made["room"], key) for key in made["keys"][:2])
        await maria.open(server)
        await ivan.open(server)
        for number in range(3):
            await maria.send(f"Мария {number}")
            await ivan.send(f"Иван {number}")
        await ivan.until_read("Мария 2")
        # Maria's next line may or may not be written when the process dies.
        lost = new_id()
        frame = {"t": "cmd", "id": lost, "op": "chat.send", "d": {"text": "На обрыве"}}
        await maria.say(frame)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        await maria.open(server)
        await ivan.open(server)
        await maria.send("На обрыве", id=lost)
        await ivan.send("Снова здесь")
        for browser in (maria, ivan):
            await browser.until_read("Снова здесь")
            await browser.until_read("На обрыве")
        assert maria.texts.count("На обрыве") == 1
        assert set(maria.confirmed) | set(ivan.confirmed) <= set(maria.texts)
        assert sorted(maria.texts) == sorted(ivan.texts)
        assert len(maria.texts) == len(set(maria.texts)) == 8
        for browser in (maria, ivan):
            assert browser.numbers == sorted(set(browser.numbers))
    finally:
        await asyncio.to_thread(server.stop)


async def test_a_reader_that_stops_reading_is_freed_and_resumes(embedded, tmp_path):
    """Against the real server: closing a blocked socket politely would hang (uvicorn)."""
    made = await asyncio.to_thread(meet, embedded)
    server = await asyncio.to_thread(Server(embedded, tmp_path / "server.log").start)
    try:
        maria, ivan = (Browser(made["room"], key) for key in made["keys"][:2])
        await maria.open(server)
        await ivan.open(server)
        maria.socket.transport.pause_reading()
        await asyncio.gather(  # Ivan reads all the while
            asyncio.to_thread(write_much, embedded, made["room"], 700),
            ivan.until(lambda f: f["t"] == "ev" and f["d"].get("n") == 699, seconds=120),
        )
        await ivan.until_people(1)
        maria.socket.transport.abort()
        await maria.open(server)
        await maria.send("Я вернулась")
        await ivan.until_read("Я вернулась")
    finally:
        await asyncio.to_thread(server.stop)


def write_much(environment: dict[str, str], room: str, count: int) -> None:
    """Write large events from another process: the server hears of them by its head check."""
    script = f"""
import django
django.setup()
from django.db import transaction
from webinars.live import log
from webinars.models import Room, Stream
room = Room.objects.get(uuid="{room}")
for number in range({count}):
    with transaction.atomic():
        stream = log.stream_of(room, Stream.Kind.ROOM)
        log.append(stream=stream, type="test", data={{"n": number, "x": "y" * 15000}}, actor=None)
"""
    run(environment, "-c", script)


@pytest.fixture
def services(tmp_path):
    """The environment of the larger size, with a database of its own."""
    database_url = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    redis_url = urlsplit(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/13"))
    name = f"berezhno_rooms_{free_port()}"
    try:
        redis.Redis.from_url(redis_url.geturl(), socket_connect_timeout=30).ping()
        with psycopg.connect(database_url, autocommit=True, connect_timeout=30) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
    except (redis.RedisError, psycopg.OperationalError) as error:
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL and Redis must answer in CI: {error}")
        pytest.skip(f"PostgreSQL and Redis do not answer: {error}")
    yield environment_of(
        tmp_path,
        DATABASE_URL=urlunsplit(urlsplit(database_url)._replace(path=f"/{name}")),
        REDIS_URL=redis_url.geturl(),
        CACHE_PREFIX=name,
        SECRET_KEY="only-for-this-test",
    )
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.services
async def test_two_processes_are_one_room_and_one_may_die(services, tmp_path):
    await asyncio.to_thread(make_tables, services)
    made = await asyncio.to_thread(meet, services)
    rooms = "tests.webinars.without_head_checks:application"
    one, other = (Server(services, tmp_path / f"{name}.log", rooms) for name in ("one", "other"))
    await asyncio.to_thread(one.start)
    await asyncio.to_thread(other.start)
    try:
        maria, ivan = (Browser(made["room"], key) for key in made["keys"][:2])
        await maria.open(one)
        await ivan.open(other)
        await maria.send("Слышно?")
        await ivan.until_read("Слышно?")
        await ivan.send("Слышно")
        await maria.until_read("Слышно")
        await maria.until_people(2)
        await asyncio.to_thread(one.kill)
        await ivan.send("Вы где?")
        await maria.open(other)
        await maria.until_read("Вы где?")
        await maria.send("Здесь, на другом сервере")
        await ivan.until_read("Здесь, на другом сервере")
        assert maria.texts == ivan.texts
        assert len(maria.texts) == 4
    finally:
        for server in (one, other):
            await asyncio.to_thread(server.stop)
