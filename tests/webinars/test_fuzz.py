"""The protocol under whatever a client may send: each answer is that of the table of bad input.

A refused frame changes nothing in the log, a bad one gets its typed error, the socket stays open
or closes with its code; each event that is committed reaches everybody once and in order.
"""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from lms.people.models import User
from tests.webinars.broken_frames import (
    CANARY,
    Broken,
    broken_frames,
    frame,
    payloads,
    plain_text,
    written,
)
from tests.webinars.clients import Client, session_key_of
from tests.webinars.factories import make_meeting
from webinars.live import commands
from webinars.live.features.registry import features_of, find_command
from webinars.live.hub import Tempo
from webinars.live.protocol import ErrorCode
from webinars.live.switchboard import Switchboard, install
from webinars.models import (
    ChatMessage,
    NamelessCommand,
    Room,
    RoomCommand,
    RoomEvent,
    Stream,
)

QUICK = Tempo(
    burst=0.001, reordering=0.001, tick=0.02, head_check=0.1, heartbeat=5, attendance=60,
    recheck=60, gossip=60, linger=10,
)  # fmt: skip
MOST_FRAMES, MOST_BYTES = 54, 40_000
"""A client that has sent so much comes anew, so that what a flood gets is tried apart."""
STRIKES = 10
LONGER_THAN_SLOW = timedelta(seconds=301)
OTHER_MATTERS = ("role.", "user.", "people.", "breakout.")
"""They show people out or make other rooms; they have tests of their own."""
WHO = st.sampled_from([0, 1, 2])
HOST = 2


class Visit:
    """One socket, and what it must have heard and may have done wrong."""

    def __init__(self, client: Client):
        self.client = client
        self.base: dict[str, int] = {}
        self.epochs: dict[str, str] = {}
        self.strikes = 0
        self.doubtful = 0
        """Faults of which the table does not say clearly that they are counted."""
        self.hellos = 0
        self.frames = 0
        self.bytes = 0

    def heard(self) -> dict[str, list[int]]:
        return {
            stream: [f["q"] for f in self.client.events(stream) if f["q"] > base]
            for stream, base in self.base.items()
        }

    def positions(self) -> dict[str, dict[str, Any]]:
        return {
            stream: {"e": self.epochs[stream], "q": numbers[-1] if numbers else self.base[stream]}
            for stream, numbers in self.heard().items()
        }

    def take_off_from(self, welcome: dict, snap: dict | None, resume: dict) -> None:
        """Where its record begins: at a snapshot, or where it resumed."""
        start = snap["s"] if snap is not None else resume
        self.base = {stream: start[stream]["q"] for stream in welcome["streams"]}
        self.epochs = {stream: state["e"] for stream, state in welcome["streams"].items()}


class Protocol(RuleBasedStateMachine):
    """Two learners and a host in one room, and everything that they may send."""

    @initialize()
    def begin(self) -> None:
        commands.buckets.clear()
        self.runner = asyncio.Runner()
        self.alarms: list[str] = []
        self.alarm = Alarm(self.alarms)
        logging.getLogger().addHandler(self.alarm)
        meeting = make_meeting()
        self.room: Room = meeting.room
        self.people: list[User] = [*meeting.learners, meeting.trainer]
        self.keys = [session_key_of(user) for user in self.people]
        self.visits: dict[int, Visit] = {}
        self.left_at: dict[int, dict[str, Any]] = {}
        self.done: list[tuple[int, dict[str, Any], dict[str, Any]]] = []
        self.ids: list[str] = []
        self.runner.run(self._install())

    async def _install(self) -> None:
        self.board = Switchboard(tempo=QUICK)
        install(self.board)

    # --- Sending ----------------------------------------------------------------------------
    def visit_of(self, who: int) -> Visit:
        """The person's socket; made anew when the old one has said enough."""
        visit = self.visits.get(who)
        if visit is not None and (visit.frames > MOST_FRAMES or visit.bytes > MOST_BYTES):
            self._leave(who)
            visit = None
        return visit or self._enter(who, self.left_at.get(who, {}))

    def _enter(self, who: int, resume: dict[str, Any]) -> Visit:
        visit = self.visits[who] = Visit(Client(self.room, self.keys[who]))
        self.runner.run(visit.client.connect())
        said = self._react(
            who, written({"t": "hello", "v": 1, "resume": resume, "caps": ["batch"]})
        )
        assert said[0]["t"] == "welcome"
        snap = next((f for f in said if f["t"] == "snap"), None)
        visit.take_off_from(said[0], snap, resume)
        return visit

    def _leave(self, who: int) -> None:
        visit = self.visits.pop(who)
        self.left_at[who] = visit.positions()
        self.runner.run(visit.client.leave())
        self._check_record(visit, who)

    def _react(self, who: int, text: str) -> list[dict[str, Any]]:
        """What the server says to ``text``, events and states aside.

        Behind it goes a frame whose answer is known; when that comes, nothing more will.
        """
        visit = self.visits[who]
        fence = frame("chat.send", {})
        begin = len(visit.client.frames)
        visit.frames += 2
        visit.bytes += len(text) + len(written(fence))
        self.runner.run(self._say(visit.client, text, fence))
        said = visit.client.frames[begin:]
        if visit.client.close_code is None:
            end = next(i for i, f in enumerate(said) if f.get("id") == fence["id"])
            assert said[end]["code"] == "invalid"
            said = said[:end]
        return [f for f in said if f["t"] in ("welcome", "snap", "ok", "err", "bye")]

    async def _say(self, client: Client, text: str, fence: dict[str, Any]) -> None:
        await client.say(text)
        await client.say(fence)
        try:
            await client.until(lambda f: f.get("id") == fence["id"])
        except ConnectionError:
            await client.socket.wait(timeout=30)

    def _answered(self, who: int, text: str) -> dict[str, Any] | None:
        """The one answer to a frame of somebody who may go on; None if there is none.

        Checks what holds for every answer: a refusal changes nothing, and says nothing back.
        """
        visit = self.visits[who]
        before = self._written()
        answers = [f for f in self._react(who, text) if f["t"] != "bye"]
        assert len(answers) <= 1
        answer = answers[0] if answers else None
        if answer is None or answer["t"] == "err":
            assert self._written() == before
        if answer is not None and answer["t"] == "err":
            assert answer["code"] in set(ErrorCode) - {ErrorCode.INTERNAL, ErrorCode.BUSY}
            assert answer["temp"] is (answer["code"] == "rate")
            assert CANARY not in json.dumps(answer | {"id": ""})
            assert answer.get("field", "/").startswith("/")
            visit.strikes += answer["code"] in commands_strikes()
            visit.doubtful += answer["code"] == "forbidden"
        self._check_ending(who)
        return answer

    def _check_ending(self, who: int) -> None:
        """Ten faults close with 4429, and nothing else has closed the socket."""
        visit = self.visits[who]
        if visit.client.close_code is None:
            assert visit.strikes < STRIKES
            return
        assert visit.client.close_code == 4429
        assert visit.strikes + visit.doubtful >= STRIKES
        bye = visit.client.frames[-1]
        assert (bye["t"], bye["code"], bye["retry_in"]) == ("bye", 4429, 60_000)
        self._forget(who)

    def _forget(self, who: int) -> None:
        """The server has closed: what came before is a record without holes."""
        visit = self.visits.pop(who)
        self.left_at[who] = visit.positions()
        self._check_record(visit, who)

    # --- Rules ------------------------------------------------------------------------------
    @rule(who=WHO, broken=broken_frames())
    def send_something_broken(self, who: int, broken: Broken) -> None:
        self.visit_of(who)
        answer = self._answered(who, broken.data)
        assert answer is not None
        may_not = who == HOST and "poll.vote" in broken.data  # asked before the shape is looked at
        assert answer["code"] == ("forbidden" if may_not else broken.code)

    @rule(who=WHO, broken=broken_frames())
    def begin_with_something_broken(self, who: int, broken: Broken) -> None:
        self._first(written(json.loads('{"t":"pong","ts":1}')), who, 4400)
        self._first(broken.data, who, 4400)

    @rule(who=WHO, version=st.integers(2, 9))
    def speak_another_version(self, who: int, version: int) -> None:
        self._first(written({"t": "hello", "v": version}), who, 4426)

    def _first(self, text: str, who: int, code: int) -> None:
        client = Client(self.room, self.keys[who])

        async def say() -> None:
            await client.connect()
            await client.say(text)
            assert await client.until_closed() == code
            await client.socket.wait(timeout=30)

        self.runner.run(say())
        assert [f["t"] for f in client.frames] == ["bye"]

    @rule(who=WHO, text=plain_text.filter(str.strip))
    def chat(self, who: int, text: str) -> None:
        self._do(who, frame("chat.send", {"text": text}), expected="ok")

    @rule(data=st.data())
    def lead(self, data: st.DataObject) -> None:
        self.do_something(data, HOST)

    @rule(data=st.data(), who=st.integers(0, 1))
    def take_part(self, data: st.DataObject, who: int) -> None:
        self.do_something(data, who)

    def do_something(self, data: st.DataObject, who: int) -> None:
        """Any command of any feature, in its declared shape; it may be refused, not break."""
        ops = [
            op
            for feature in features_of(self.room.kind)
            for op in feature.commands
            if not op.startswith(OTHER_MATTERS)
        ]
        op = data.draw(st.sampled_from(sorted(ops)))
        payload = data.draw(payloads(find_command(self.room.kind, op).payload, self.ids))
        sent = frame(op, payload)
        if data.draw(st.booleans()):
            sent["exp"] = data.draw(st.integers(-1, 3) | st.integers(-(2**53), 2**53))
        self._do(who, sent)

    @rule(data=st.data(), who=WHO)
    def do_it_again(self, data: st.DataObject, who: int) -> None:
        """The same id and content: the same answer, and nothing is done."""
        own = [(sent, answer) for author, sent, answer in self.done if author == who]
        if not own:
            return
        sent, answer = data.draw(st.sampled_from(own))
        self.visit_of(who)
        before = self._written()
        assert self._answered(who, written(sent)) == answer
        assert self._written() == before

    @rule(data=st.data(), who=WHO)
    def reuse_an_id(self, data: st.DataObject, who: int) -> None:
        own = [sent for author, sent, _answer in self.done if author == who]
        # Of a command without a name nothing is kept to compare with.
        kept = RoomCommand.objects.filter(user=self.people[who])
        own = [sent for sent in own if kept.filter(cmd_id=sent["id"]).exists()]
        if not own:
            return
        used = data.draw(st.sampled_from(own))
        sent = frame("chat.send", {"text": "Другое"}, id=used["id"])
        if data.draw(st.booleans()):
            sent = used | {"exp": 77}
        self.visit_of(who)
        answer = self._answered(who, written(sent))
        assert answer is not None
        assert answer["code"] == "id_reused"

    @rule(data=st.data(), who=WHO)
    def use_an_id_of_somebody_else(self, data: st.DataObject, who: int) -> None:
        others = [sent for author, sent, _answer in self.done if author != who]
        own = {sent["id"] for author, sent, _answer in self.done if author == who}
        free = [sent["id"] for sent in others if sent["id"] not in own]
        if free:
            sent = frame("chat.send", {"text": "Своё"}, id=data.draw(st.sampled_from(free)))
            self._do(who, sent, expected="ok")

    def _take_time(self) -> None:
        """Nobody is too fast, though the chat may be slow by now."""
        commands.buckets.clear()
        long_ago = timezone.now() - LONGER_THAN_SLOW
        ChatMessage.objects.filter(room=self.room).update(sent_at=long_ago)

    def _do(self, who: int, sent: dict[str, Any], *, expected: str = "") -> None:
        self._take_time()
        self.visit_of(who)
        commands_before = self._kept()
        answer = self._answered(who, written(sent))
        assert answer is not None
        assert answer["id"] == sent["id"]
        assert not expected or answer["t"] == expected, answer
        if answer["t"] != "ok":
            return
        self.done.append((who, sent, answer))
        self.ids += [value for value in answer.get("d", {}).values() if isinstance(value, str)]
        assert self._kept() == commands_before + 1
        for kind, seq in answer.get("p", {}).items():
            owner = self.people[who] if kind == "me" else None
            last = RoomEvent.objects.get(
                stream__room=self.room, stream__kind=kind, stream__owner=owner, seq=seq
            )
            assert last.cmd_id in (sent["id"], "")

    @rule(
        who=WHO,
        kind=st.sampled_from(["here", "future", "unheard", "stranger"]),
        ahead=st.integers(1, 2**52),
    )
    def acknowledge(self, who: int, kind: str, ahead: int) -> None:
        visit = self.visit_of(who)
        seen = {stream: position["q"] for stream, position in visit.positions().items()}
        match kind:
            case "future":
                seen["room"] += ahead
                visit.strikes += 1
            case "unheard":
                seen = dict.fromkeys(seen, 0)
            case "stranger":
                seen = {"staff" if who != HOST else "nowhere": ahead}
        assert self._answered(who, written({"t": "ack", "p": seen})) is None

    @rule(who=WHO, op=st.sampled_from(["typing"]))
    def signal(self, who: int, op: str) -> None:
        self.visit_of(who)
        assert self._answered(who, written({"t": "send", "op": op, "d": {}})) is None

    @rule(who=WHO, data=st.data())
    def come_anew(self, who: int, data: st.DataObject) -> None:
        """Leave, and come back from somewhere; also from where nobody can have been."""
        self.visit_of(who)
        self._leave(who)
        resume, is_honest, can_resume = self._claim(who, data)
        visit = self._enter(who, resume)
        welcome = next(f for f in visit.client.frames if f["t"] == "welcome")
        assert all(s["recovered"] is can_resume for s in welcome["streams"].values())
        assert any(f["t"] == "snap" for f in visit.client.frames) is not can_resume
        visit.strikes += not is_honest

    @rule(who=WHO, data=st.data())
    def say_hello_again(self, who: int, data: st.DataObject) -> None:
        """A resume; more than two at once are a fault, and get no answer."""
        visit = self.visit_of(who)
        self.left_at[who] = visit.positions()
        resume, is_honest, can_resume = self._claim(who, data)
        before = self._written()
        said = self._react(who, written({"t": "hello", "v": 1, "resume": resume}))
        said = [f for f in said if f["t"] != "bye"]
        assert self._written() == before
        visit.hellos += 1
        if said:
            assert said[0]["t"] == "welcome"
            assert [f["t"] for f in said[1:]] == ([] if can_resume else ["snap"])
            visit.strikes += not is_honest
        else:
            assert visit.hellos > 2 or visit.client.close_code == 4429
            visit.strikes += 1
        self._check_ending(who)

    def _claim(self, who: int, data: st.DataObject) -> tuple[dict[str, Any], bool, bool]:
        """What somebody says to have seen; whether it can be true, and whether it helps them."""
        seen = {stream: dict(position) for stream, position in self.left_at[who].items()}
        kinds = ["exact", "nothing", "epoch", "future", "negative", "odd", "more", "less"]
        match data.draw(st.sampled_from(kinds)):
            case "nothing":
                return {}, True, False
            case "epoch":
                seen["me"]["e"] = data.draw(st.text("0123456789abcdef-", max_size=40))
                return seen, True, False
            case "future":
                head = Stream.objects.get(room=self.room, kind="room").head_seq
                seen["room"]["q"] = head + data.draw(st.integers(1, 2**52))
                return seen, False, False
            case "negative":
                seen["room"]["q"] = -data.draw(st.integers(1, 2**52))
                return seen, False, False
            case "odd":
                odd = [None, "1", 1.5, [], {}, True]
                seen["room"]["q"] = data.draw(st.sampled_from(odd))
                return seen, False, False
            case "more":
                seen["nowhere"] = {"e": "x", "q": data.draw(st.integers(0, 2**52))}
                if who != HOST:
                    seen["staff"] = {"e": "x", "q": 0}
            case "less":
                seen["room"]["q"] = data.draw(st.integers(0, seen["room"]["q"]))
        return seen, True, True

    @rule(who=WHO)
    def send_bytes(self, who: int) -> None:
        visit = self.visit_of(who)
        self.runner.run(self._end(visit.client, b'{"t":"pong","ts":1}'))
        assert visit.client.close_code == 4400
        self._forget(who)

    async def _end(self, client: Client, data: bytes) -> None:
        await client.say_bytes(data)
        await client.until_closed()
        await client.socket.wait(timeout=30)

    @rule(who=WHO)
    def flood(self, who: int) -> None:
        visit = self.visit_of(who)
        before = self._written()
        self.runner.run(self._flood(visit.client))
        assert visit.client.close_code == 4429
        assert self._written() == before
        errors = [f["code"] for f in visit.client.frames if f["t"] == "err"]
        assert errors[-3:] == ["rate"] * 3
        self._forget(who)

    async def _flood(self, client: Client) -> None:
        for _number in range(300):
            await client.say('{"t":"pong","ts":1}')
        await client.until_closed()
        await client.socket.wait(timeout=30)

    # --- What holds --------------------------------------------------------------------------
    def _written(self) -> tuple:
        heads = Stream.objects.filter(room=self.room).order_by("pk").values_list("pk", "head_seq")
        events = RoomEvent.objects.filter(stream__room=self.room).count()
        return tuple(heads), events, self._kept()

    def _kept(self) -> int:
        """Answers for whoever sends a command again."""
        named = RoomCommand.objects.filter(room=self.room).count()
        return named + NamelessCommand.objects.count()

    def _check_record(self, visit: Visit, who: int) -> None:
        """What a socket heard: from its start on in order, without holes, and as in the log."""
        for stream, numbers in visit.heard().items():
            once = sorted(set(numbers))
            if not visit.hellos:  # a client that asks again may be told again
                assert numbers == once
            base = visit.base[stream]
            assert once == list(range(base + 1, base + 1 + len(once)))

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            self._check_log()
            for who in list(self.visits):
                self._hear_all(who)
                self._leave(who)
        finally:
            logging.getLogger().removeHandler(self.alarm)
            self.runner.run(self.board.close())
            self.runner.close()
        assert not self.alarms

    def _check_log(self) -> None:
        for stream in Stream.objects.filter(room=self.room):
            numbers = list(stream.events.order_by("seq").values_list("seq", flat=True))
            assert numbers == list(range(1, stream.head_seq + 1))

    def _hear_all(self, who: int) -> None:
        visit = self.visits[who]
        heads = {
            stream: Stream.objects.get(
                room=self.room, kind=stream, owner=self.people[who] if stream == "me" else None
            ).head_seq
            for stream in visit.base
        }

        async def listen() -> None:
            async with asyncio.timeout(60):
                while any(visit.positions()[s]["q"] < head for s, head in heads.items()):
                    await visit.client.receive()

        self.runner.run(listen())


class Alarm(logging.Handler):
    """Collects what should not be logged: tracebacks and errors."""

    def __init__(self, alarms: list[str]):
        super().__init__()
        self._alarms = alarms

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self._alarms.append(self.format(record))


def commands_strikes() -> set[str]:
    return {"bad_json", "too_big", "unknown_op", "id_reused"}


@pytest.mark.django_db(transaction=True)
def test_whatever_is_sent_gets_the_answer_of_the_table():
    run_state_machine_as_test(
        Protocol,
        settings=settings(
            max_examples=25,
            phases=[Phase.generate],  # shrinking takes minutes: add it to look at a finding
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
        ),
    )
