"""The hub: everything once and in order to everybody who may hear it, and nobody waits for one."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from tests.webinars.clients import in_thread
from tests.webinars.factories import Meeting, cmd, make_meeting
from tests.webinars.live.acting import give
from webinars.live import bus, log, snapshots
from webinars.live.admission import Guest
from webinars.live.commands import run_command
from webinars.live.connection import Connection
from webinars.live.encoded import Encoded
from webinars.live.hub import RoomHub, Tempo
from webinars.live.permissions import Role
from webinars.live.protocol import CloseCode, Ok, Position
from webinars.live.switchboard import Switchboard, install
from webinars.models import AttendanceSegment, Poll, Room, Stream

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = Tempo(
    burst=0.01, reordering=0.01, tick=0.02, head_check=0.1, heartbeat=5, attendance=0.1,
    recheck=60, gossip=0.1, linger=60,
)  # fmt: skip


class Paper:
    """A wire that keeps what is written on it; ``is_writable`` can be turned off."""

    def __init__(self) -> None:
        self.frames: list[dict] = []
        self.writes = 0
        self.is_writable = True
        self.is_aborted = False

    def write(self, frame: Encoded) -> None:
        self.writes += 1
        told = json.loads(frame.text)
        self.frames += told["f"] if told["t"] == "batch" else [told]

    async def wait_writable(self) -> None:
        while not self.is_writable:
            await asyncio.sleep(0.01)

    def abort(self) -> None:
        self.is_aborted = True

    def events(self, stream: str = "room") -> list[dict]:
        return [f for f in self.frames if f["t"] == "ev" and f["s"] == stream]

    def told(self, stream: str = "room") -> list[int]:
        return [event["d"]["n"] for event in self.events(stream)]


def write(room: Room, numbers, kind: Stream.Kind = Stream.Kind.ROOM) -> None:
    for number in numbers:
        with transaction.atomic():
            stream = log.stream_of(room, kind)
            log.append(stream=stream, type="test.said", data={"n": number}, actor=None)


@asynccontextmanager
async def hubs(count: int = 1, *, tempo: Tempo = QUICK, **fields):
    """A meeting and so many hubs of its room, as so many processes would have."""
    install(Switchboard())
    meeting = await in_thread(make_meeting, **fields)
    running = [RoomHub(meeting.room, tempo=tempo) for _number in range(count)]
    try:
        yield meeting, running
    finally:
        for hub in running:
            await hub.stop()


async def join(hub: RoomHub, meeting: Meeting, user, role: Role = Role.PARTICIPANT, *, resume=None):
    guest = Guest(meeting.room, user, role, "", user.get_session_auth_hash())
    connection = Connection(guest, Paper(), takes_batches=True)
    await hub.door.join(connection, resume or {})
    return connection


async def until(is_so, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.01)


class FaultyBus:
    """Drops, doubles, delays and reorders what is published, as its dice say."""

    def __init__(self, monkeypatch, seed: int):
        self._random = random.Random(seed)
        self._publish = bus.publish
        self._held: list[tuple] = []
        monkeypatch.setattr("webinars.live.log.bus.publish", self.publish)

    def publish(self, room_uuid, message) -> None:
        match self._random.choice(["drop", "double", "hold", "empty", "pass"]):
            case "double":
                self._publish(room_uuid, message)
                self._publish(room_uuid, message)
            case "hold":
                self._held.append((room_uuid, message))
            case "empty":
                if isinstance(message, bus.Wake):
                    message = bus.Wake(message.stream, message.epoch, message.seq)
                self._publish(room_uuid, message)
            case "pass":
                self._publish(room_uuid, message)
        if len(self._held) > 3:
            self._random.shuffle(self._held)
            while self._held:
                self._publish(*self._held.pop())


@pytest.mark.parametrize("seed", range(3))
async def test_a_faulty_bus_costs_time_and_never_an_event(monkeypatch, seed):
    async with hubs(2) as (meeting, (one, other)):
        maria = await join(one, meeting, meeting.learners[0])
        ivan = await join(other, meeting, meeting.learners[1])
        FaultyBus(monkeypatch, seed)
        await in_thread(write, meeting.room, range(40))
        for connection in (maria, ivan):
            await until(lambda wire=connection.wire: len(wire.told()) >= 40)
            assert connection.wire.told() == list(range(40))


async def test_joining_while_others_write_misses_and_doubles_nothing():
    async with hubs() as (meeting, (hub,)):
        writing = asyncio.create_task(in_thread(write, meeting.room, range(60)))
        joined = []
        for number in range(6):
            joined.append(await join(hub, meeting, meeting.learners[number % 2]))
            await asyncio.sleep(0.01)
        await writing
        for connection in joined:
            wire = connection.wire
            snap = next(f for f in wire.frames if f["t"] == "snap")
            begun, head = snap["s"]["room"]["q"], 61  # the opening and sixty lines
            await until(lambda wire=wire, n=head - begun: len(wire.told()) >= n)
            numbers = [f["q"] for f in wire.frames if f["t"] == "ev" and f["s"] == "room"]
            assert numbers == list(range(begun + 1, head + 1))


async def test_a_burst_is_one_write_for_a_socket():
    burst = 0.3
    async with hubs(tempo=Tempo(burst=burst, tick=5)) as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])
        await in_thread(write, meeting.room, [0])
        await until(lambda: maria.wire.told() == [0])
        before, began = maria.wire.writes, time.monotonic()
        await in_thread(write, meeting.room, range(1, 20))
        await until(lambda: len(maria.wire.told()) == 20)
        most = 1 + (time.monotonic() - began) / burst
        assert maria.wire.writes - before <= most


async def test_a_frame_is_encoded_once_for_all():
    async with hubs() as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])
        ivan = await join(hub, meeting, meeting.learners[1])
        maria.wire.is_writable = ivan.wire.is_writable = False
        await in_thread(write, meeting.room, [7])
        await until(lambda: hub.shared["room"].head > 1)
        hub.delivery.distribute()
        first, second = (
            next(frame for frame in connection.outbox.take() if '"n":7' in frame.text)
            for connection in (maria, ivan)
        )
        assert first is second


async def test_a_slow_reader_is_dropped_and_the_others_hear_everything(monkeypatch):
    monkeypatch.setattr("webinars.live.outbox.MAX_FRAMES", 20)
    async with hubs() as (meeting, (hub,)):
        slow = await join(hub, meeting, meeting.learners[0])
        quick = await join(hub, meeting, meeting.learners[1])
        slow.wire.is_writable = False
        for start in range(0, 60, 10):
            await in_thread(write, meeting.room, range(start, start + 10))
            await asyncio.sleep(0.02)
        await until(lambda: len(quick.wire.told()) == 60)
        assert slow.wire.is_aborted
        assert slow not in hub.connections
        assert (await slow.ended).code is CloseCode.TOO_SLOW
        assert list(hub.presence.here) == [meeting.learners[1].pk]


async def test_a_reader_that_was_slow_for_a_moment_gets_everything():
    async with hubs() as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])
        maria.wire.is_writable = False
        await in_thread(write, meeting.room, range(10))
        await asyncio.sleep(0.1)
        assert maria.wire.told() == []
        maria.wire.is_writable = True
        await until(lambda: maria.wire.told() == list(range(10)))


async def test_a_stale_outbox_is_given_up(monkeypatch):
    monkeypatch.setattr("webinars.live.outbox.MAX_AGE_SECONDS", 0.05)
    async with hubs() as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])
        maria.wire.is_writable = False
        await in_thread(write, meeting.room, [0])
        await until(lambda: maria.wire.is_aborted)


async def test_another_epoch_sends_everybody_back_for_a_snapshot():
    async with hubs() as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])
        stream = await Stream.objects.aget(room=meeting.room, kind="room")
        hub.receive(bus.Wake(stream.pk, "another", 1))
        assert (await maria.ended).code is CloseCode.RESYNC


def working(hub: RoomHub) -> list[str]:
    """What runs for the hub again and again: one ear and one clock."""
    names = sorted(task.get_name().split()[0] for task in asyncio.all_tasks())
    return [name for name in names if name in ("clock", "listen")]


async def test_beginning_anew_leaves_one_ear_and_one_clock():
    async with hubs() as (meeting, (hub,)):
        await join(hub, meeting, meeting.learners[0])
        stream = await Stream.objects.aget(room=meeting.room, kind="room")
        await Stream.objects.filter(pk=stream.pk).aupdate(epoch=uuid.uuid4())
        hub.receive(bus.Wake(stream.pk, "another", 1))
        maria = await join(hub, meeting, meeting.learners[0])
        assert working(hub) == ["clock", "listen"]
        await in_thread(write, meeting.room, [0])
        await until(lambda: maria.wire.told() == [0])
    assert working(hub) == []


async def test_a_duty_that_fails_stops_neither_the_clock_nor_the_other_duties(monkeypatch, caplog):
    failed = 0

    def send_pulses(self):
        nonlocal failed
        failed += 1
        raise ValueError("broken")

    monkeypatch.setattr(RoomHub, "send_pulses", send_pulses)
    async with hubs(tempo=replace(QUICK, heartbeat=0.1)) as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])
        await until(lambda: sum(f["t"] == "hb" for f in maria.wire.frames) > 1)
        assert failed > 1
        assert working(hub) == ["clock", "listen"]
    assert "the duty «pulses» failed" in caplog.text


async def test_a_start_without_the_database_is_tried_again_and_leaves_nothing_behind(monkeypatch):
    read, failures = snapshots.shared_streams, iter([True, True])

    def shared_streams(room_id):
        if next(failures, False):
            raise OperationalError("away")
        return read(room_id)

    monkeypatch.setattr(snapshots, "shared_streams", shared_streams)
    async with hubs() as (meeting, (hub,)):
        for _number in range(2):
            with pytest.raises(OperationalError):
                await join(hub, meeting, meeting.learners[0])
        maria = await join(hub, meeting, meeting.learners[0])
        assert working(hub) == ["clock", "listen"]
        await in_thread(write, meeting.room, [0])
        await until(lambda: maria.wire.told() == [0])
    assert working(hub) == []


def open_poll(meeting: Meeting) -> Poll:
    return Poll.objects.create(
        room=meeting.room, question="?", options=["1", "2"],
        state=Poll.State.OPEN, opened_at=timezone.now(),
    )  # fmt: skip


def vote(meeting: Meeting, poll: Poll, *, number: int = 1) -> None:
    answer = run_command(
        room=meeting.room,
        user=meeting.learners[number],
        frame=cmd("poll.vote", poll=str(poll.uuid), choices=[0]),
    )
    assert isinstance(answer, Ok)


def turnout(connection: Connection) -> int:
    """What a browser shows: the last snapshot, changed by the states that followed it."""
    shown = -1
    for frame in connection.wire.frames:
        if frame["t"] == "snap":
            shown = frame["d"]["poll"]["polls"][0]["total"]
        elif frame["t"] == "st" and frame["y"] == "poll.turnout":
            shown = frame["d"]["total"]
    return shown


async def test_a_state_that_changed_after_the_shared_snapshot_was_read_is_told():
    """The snapshot may be a second old; what changed meanwhile went to those who were there."""
    async with hubs() as (meeting, (hub,)):
        poll = await in_thread(open_poll, meeting)
        ivan = await join(hub, meeting, meeting.learners[1])
        await in_thread(vote, meeting, poll)
        await until(lambda: turnout(ivan) == 1)
        maria = await join(hub, meeting, meeting.learners[0])
        await until(lambda: turnout(maria) == 1)


async def test_a_state_that_changed_while_somebody_was_away_is_told_when_they_resume():
    async with hubs() as (meeting, (hub,)):
        poll = await in_thread(open_poll, meeting)
        ivan = await join(hub, meeting, meeting.learners[1])
        maria = await join(hub, meeting, meeting.learners[0])
        snap = next(f for f in maria.wire.frames if f["t"] == "snap")
        resume = {stream: Position(**position) for stream, position in snap["s"].items()}
        hub.leave(maria)
        await in_thread(vote, meeting, poll)
        await until(lambda: turnout(ivan) == 1)
        back = await join(hub, meeting, meeting.learners[0], resume=resume)
        assert not [f for f in back.wire.frames if f["t"] == "snap"]
        await until(lambda: turnout(back) == 1)


async def test_states_whose_change_was_lost_with_the_bus_are_read_again(monkeypatch):
    async with hubs() as (meeting, (hub,)):
        poll = await in_thread(open_poll, meeting)
        maria = await join(hub, meeting, meeting.learners[0])
        await in_thread(vote, meeting, poll)
        await until(lambda: turnout(maria) == 1)
        monkeypatch.setattr(bus, "is_failing", lambda: True)
        monkeypatch.setattr("webinars.live.log.bus.publish", lambda room_uuid, message: None)
        await until(lambda: hub.is_degraded)
        await in_thread(vote, meeting, poll, number=0)
        await until(lambda: hub._was_degraded)
        monkeypatch.setattr(bus, "is_failing", lambda: False)
        await until(lambda: turnout(maria) == 2)


async def test_words_taken_back_while_the_bus_was_away_are_not_given_to_those_who_come_back(
    monkeypatch,
):
    async with hubs() as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])
        snap = next(f for f in maria.wire.frames if f["t"] == "snap")
        resume = {stream: Position(**position) for stream, position in snap["s"].items()}
        sent = await in_thread(give, meeting, meeting.learners[1], "chat.send", text="Лишнее")
        await until(lambda: "Лишнее" in json.dumps(maria.wire.frames, ensure_ascii=False))
        monkeypatch.setattr(bus, "is_failing", lambda: True)
        monkeypatch.setattr("webinars.live.log.bus.publish", lambda room_uuid, message: None)
        await in_thread(give, meeting, meeting.learners[1], "chat.delete", m=sent.d["m"])
        await until(lambda: [e["y"] for e in maria.wire.events()][-1] == "chat.deleted")
        back = await join(hub, meeting, meeting.learners[0], resume=resume)
        assert [e["y"] for e in back.wire.events()] == ["chat.sent", "chat.deleted"]
        assert "Лишнее" not in json.dumps(back.wire.frames, ensure_ascii=False)


async def test_versions_of_states_never_fall_though_the_clock_is_set_back(monkeypatch):
    """A browser drops what is older than what it has: it would hear nothing for that long."""
    async with hubs(minimum_minutes=0) as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])

        def versions(type: str) -> list[int]:
            return [f["n"] for f in maria.wire.frames if f["t"] == "st" and f["y"] == type]

        types = ("attendance", "typing", "presence")

        async def hear_more() -> None:
            before = {type: len(versions(type)) for type in types}
            while any(len(versions(type)) < before[type] + 2 for type in types):
                hub.pulses.gather("typing", {"u_1": "Иван"})
                hub.is_presence_dirty = True
                await asyncio.sleep(0.02)

        async with asyncio.timeout(120):  # the first completion of a process loads all addresses
            await hear_more()
            earlier = time.time() - 60
            monkeypatch.setattr(time, "time", lambda: earlier)
            behind = timezone.now() - timedelta(seconds=60)
            monkeypatch.setattr("webinars.live.stewarding.timezone.now", lambda: behind)
            await hear_more()
        for type in types:
            assert versions(type) == sorted(set(versions(type)))


async def test_a_message_of_an_unknown_stream_is_ignored():
    async with hubs() as (meeting, (hub,)):
        await join(hub, meeting, meeting.learners[0])
        hub.receive(bus.Wake(10_000, "e", 1, "{}"))


async def test_staff_hear_the_staff_stream_and_learners_do_not():
    async with hubs() as (meeting, (hub,)):
        olga = await join(hub, meeting, meeting.trainer, Role.HOST)
        maria = await join(hub, meeting, meeting.learners[0])
        await in_thread(write, meeting.room, [1], Stream.Kind.STAFF)
        await until(lambda: olga.wire.told("staff") == [1])
        assert maria.wire.told("staff") == []


async def test_presence_is_counted_over_processes():
    async with hubs(2) as (meeting, (one, other)):
        maria = await join(one, meeting, meeting.learners[0])
        ivan = await join(other, meeting, meeting.learners[1])

        def count(connection) -> int:
            told = [f for f in connection.wire.frames if f.get("y") == "presence"]
            return told[-1]["d"]["count"] if told else 0

        await until(lambda: count(maria) == 2 and count(ivan) == 2)
        one.leave(maria)
        await until(lambda: count(ivan) == 1)


async def test_attendance_is_written_while_people_are_there_and_when_they_leave():
    async with hubs(minimum_minutes=0) as (meeting, (hub,)):
        maria = await join(hub, meeting, meeting.learners[0])

        def told() -> list[dict]:
            return [f["d"] for f in maria.wire.frames if f.get("y") == "attendance"]

        await until(lambda: len(told()) > 1)
        assert told()[-1]["counted"] is True
        segment = await AttendanceSegment.objects.aget()
        assert segment.left_at is None
        hub.leave(maria, reason="left")
        with suppress(TimeoutError):
            async with asyncio.timeout(120):
                while segment.left_at is None:
                    await asyncio.sleep(0.02)
                    await segment.arefresh_from_db()
        assert segment.reason == "left"


async def test_a_stay_too_short_to_be_written_at_once_is_written_all_the_same():
    async with hubs() as (meeting, [hub]):
        async with hub.steward._lock:  # as if others were just being written
            connection = await join(hub, meeting, meeting.learners[0])
            hub.leave(connection)
            await asyncio.sleep(0.05)

        def is_closed() -> bool:
            return AttendanceSegment.objects.filter(left_at__isnull=False).count() == 1

        async with asyncio.timeout(120):
            while not await in_thread(is_closed):
                await asyncio.sleep(0.02)


async def test_an_empty_hub_is_ended_and_a_used_one_is_not():
    board = Switchboard(tempo=Tempo(tick=0.02, linger=0.1))
    install(board)
    meeting = await in_thread(make_meeting)
    hub = board.hub_of(meeting.room)
    connection = await join(hub, meeting, meeting.learners[0])
    await asyncio.sleep(0.3)
    assert board.hub_of(meeting.room) is hub
    hub.leave(connection)
    await until(lambda: not board.hubs)
