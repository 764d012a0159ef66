"""A socket from its handshake to its end, as a browser meets it."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from tests.factories import UserFactory
from tests.webinars.clients import Client, in_thread, session_key_of
from tests.webinars.factories import Meeting, make_meeting, new_id
from webinars.live import log
from webinars.live.hub import Tempo
from webinars.live.rooms import close_room
from webinars.live.switchboard import Switchboard, install
from webinars.models import RoomCommand, RoomEvent, Stream

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = Tempo(
    burst=0.01, reordering=0.01, tick=0.02, head_check=0.1, heartbeat=0.2, attendance=0.1,
    recheck=60, gossip=1, linger=0.1,
)  # fmt: skip


@asynccontextmanager
async def live_meeting(**fields):
    """A meeting, and a switchboard in a hurry that is closed at the end."""
    board = Switchboard(tempo=QUICK)
    install(board)
    try:
        yield await in_thread(make_meeting, **fields), board
    finally:
        await board.close()


async def client_of(meeting: Meeting, user, **fields) -> Client:
    return Client(meeting.room, await in_thread(session_key_of, user), **fields)


async def in_room(meeting: Meeting, user, **fields) -> Client:
    client = await client_of(meeting, user)
    await client.open(**fields)
    return client


# --- Handshake --------------------------------------------------------------------------------
async def test_without_a_session_the_socket_is_closed_with_4401():
    async with live_meeting() as (meeting, _board):
        for key in ("", "no-such-session"):
            client = Client(meeting.room, key)
            await client.connect()
            assert await client.until_closed() == 4401
            assert client.frames[-1]["t"] == "bye"
            assert client.frames[-1]["reconnect"] is False


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", None, "http://testserver.evil.example", "http://["],
)
async def test_a_foreign_origin_is_refused_with_4403(origin):
    async with live_meeting() as (meeting, _board):
        client = await client_of(meeting, meeting.learners[0], origin=origin)
        await client.connect()
        assert await client.until_closed() == 4403


@pytest.mark.parametrize(
    "odd", ['foo={"a":1}; ', "foo; ", "b[c]=d; ", 'q="x; ', "имя=значение; ", ";;= ; "]
)
async def test_an_odd_cookie_of_somebody_elses_keeps_nobody_out(odd):
    async with live_meeting() as (meeting, _board):
        client = await client_of(meeting, meeting.learners[0], other_cookies=odd)
        assert (await client.open())["role"] == "participant"
        await client.leave()


async def test_a_listed_origin_is_let_in(settings):
    settings.LIVE_ALLOWED_ORIGINS = ["https://pages.example"]
    async with live_meeting() as (meeting, _board):
        client = await client_of(meeting, meeting.learners[0], origin="https://pages.example")
        assert (await client.open())["role"] == "participant"
        await client.leave()


async def test_a_stranger_is_refused_with_4403_and_an_unknown_room_with_4404():
    async with live_meeting() as (meeting, _board):
        stranger = await client_of(meeting, await in_thread(UserFactory))
        await stranger.connect()
        assert await stranger.until_closed() == 4403
        key = await in_thread(session_key_of, meeting.learners[0])
        for path in ("/ws/live/00000000-0000-4000-8000-000000000000/", "/ws/elsewhere/"):
            lost = Client(path, key)
            await lost.connect()
            assert await lost.until_closed() == 4404


async def test_an_unknown_version_is_closed_with_4426():
    async with live_meeting() as (meeting, _board):
        other = await client_of(meeting, meeting.learners[0], subprotocols=("ls.live.v9",))
        await other.connect()
        assert await other.until_closed() == 4426
        client = await client_of(meeting, meeting.learners[0])
        await client.connect()
        await client.say({"t": "hello", "v": 2})
        assert await client.until_closed() == 4426


async def test_a_late_hello_is_closed_with_4408(monkeypatch):
    monkeypatch.setattr("webinars.live.consumer.HELLO_SECONDS", 0.05)
    async with live_meeting() as (meeting, _board):
        client = await client_of(meeting, meeting.learners[0])
        await client.connect()
        assert await client.until_closed() == 4408


@pytest.mark.parametrize("first", ['{"t":"pong","ts":1}', "nonsense"])
async def test_another_first_frame_is_closed_with_4400(first):
    async with live_meeting() as (meeting, _board):
        client = await client_of(meeting, meeting.learners[0])
        await client.connect()
        await client.say(first)
        assert await client.until_closed() == 4400


async def test_a_closed_room_is_closed_with_4410():
    async with live_meeting() as (meeting, _board):
        await in_thread(close_room, meeting.room, actor=None)
        client = await client_of(meeting, meeting.learners[0])
        await client.connect()
        assert await client.until_closed() == 4410


def command(op: str, **data) -> str:
    return json.dumps({"t": "cmd", "id": new_id(), "op": op, "d": data})


# --- Bad input --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "bad_json"),
        ('{"t":"shout"}', "unknown_op"),
        ('{"t":"send","op":"no.such","d":{}}', "unknown_op"),
        (command("no.such"), "unknown_op"),
        (command("chat.send"), "invalid"),
        (command("chat.send", text="a", more=1), "invalid"),
        (command("chat.send", text="  "), "invalid"),
        (command("chat.send", text="a" * 2001), "invalid"),
        (command("poll.open", poll="x"), "forbidden"),
        ("x" * 17_000, "too_big"),
    ],
)  # fmt: skip
async def test_bad_input_is_answered_and_changes_nothing(text, code):
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        before = await RoomEvent.objects.acount()
        await client.say(text)
        answer = await client.until(lambda frame: frame["t"] == "err")
        assert answer["code"] == code
        assert await RoomEvent.objects.acount() == before
        assert not await RoomCommand.objects.aexists()
        assert (await client.command("chat.send", text="Я ещё здесь"))["t"] == "ok"
        await client.leave()


async def test_a_binary_frame_ends_the_socket_with_4400():
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        await client.say_bytes(b"{}")
        assert await client.until_closed() == 4400


async def test_ten_faults_in_a_minute_close_with_4429():
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        for _number in range(10):
            await client.say("nonsense")
        assert await client.until_closed() == 4429
        assert client.frames[-1]["retry_in"] == 60_000


async def test_a_flood_is_slowed_and_then_closed_with_4429():
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        for _number in range(300):
            await client.say({"t": "pong", "ts": 1})
        assert await client.until_closed() == 4429
        assert next(f["code"] for f in client.frames if f["t"] == "err") == "rate"


def slowly(application):
    """The application behind a line on which each frame takes its time."""

    async def over_a_slow_line(scope, receive, send):
        async def send_slowly(message):
            await asyncio.sleep(0.3)
            await send(message)

        await application(scope, receive, send_slowly)

    return over_a_slow_line


async def test_every_answer_comes_before_the_goodbye_on_a_slow_line_too():
    async with live_meeting() as (meeting, _board):
        client = await client_of(meeting, meeting.learners[0])
        client.socket.application = slowly(client.socket.application)
        await client.open()
        for _part in range(8):  # the last refusals come while the first is on its way
            for _number in range(30):
                await client.say({"t": "pong", "ts": 1})
            await asyncio.sleep(0.03)
        assert await client.until_closed() == 4429
        assert [f["code"] for f in client.frames if f["t"] == "err"] == ["rate"] * 3
        assert client.frames[-1]["t"] == "bye"


async def test_chatting_too_fast_is_refused_with_the_time_to_wait():
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        answers = []
        while not answers or answers[-1]["t"] == "ok":
            assert len(answers) < 40
            answers.append(await client.command("chat.send", text=str(len(answers))))
        assert len(answers) > 5
        assert answers[-1]["code"] == "rate"
        assert 0 < answers[-1]["retry_ms"] <= 2001
        await client.leave()


# --- Talking ----------------------------------------------------------------------------------
async def test_what_one_writes_the_others_read_with_name_and_role():
    async with live_meeting() as (meeting, _board):
        maria = await in_room(meeting, meeting.learners[0])
        olga = await in_room(meeting, meeting.trainer)
        answer = await olga.command("chat.send", text="Начинаем")
        heard = await maria.until(lambda f: f["t"] == "ev")
        assert heard["y"] == "chat.sent"
        assert heard["d"]["text"] == "Начинаем"
        assert heard["a"] == {"id": log.public_id(meeting.trainer.pk), "n": "Ольга Т.", "r": "host"}
        assert heard["c"] == answer["id"]
        assert answer["p"] == {"room": heard["q"]}
        await maria.leave()
        await olga.leave()


async def test_the_same_command_twice_is_done_once_and_answered_alike():
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        again = new_id()
        first = await client.command("chat.send", id=again, text="Один раз")
        second = await client.command("chat.send", id=again, text="Один раз")
        assert first == second
        other = await client.command("chat.send", id=again, text="Другое")
        assert other["code"] == "id_reused"
        assert await RoomEvent.objects.filter(type="chat.sent").acount() == 1
        await client.leave()


async def test_one_command_over_two_sockets_at_once_is_done_once():
    async with live_meeting() as (meeting, _board):
        sockets = [await in_room(meeting, meeting.learners[0]) for _number in range(2)]
        again = new_id()
        answers = await asyncio.gather(
            *[client.command("chat.send", id=again, text="Вместе") for client in sockets]
        )
        assert answers[0] == answers[1]
        assert answers[0]["t"] == "ok"
        assert await RoomEvent.objects.filter(type="chat.sent").acount() == 1
        for client in sockets:
            await client.leave()


async def test_a_command_in_a_room_that_is_not_open_is_refused_to_learners():
    async with live_meeting(is_open=False) as (meeting, _board):
        learner = await in_room(meeting, meeting.learners[0])
        assert (await learner.command("chat.send", text="Ау"))["code"] == "state"
        host = await in_room(meeting, meeting.trainer)
        assert (await host.command("chat.send", text="Сейчас начнём"))["t"] == "ok"
        await learner.leave()
        await host.leave()


async def test_an_event_written_in_another_thread_reaches_the_sockets():
    """Views and the embedded worker publish from their own threads."""
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        await in_thread(close_room, meeting.room, actor=meeting.trainer)
        assert (await client.until(lambda f: f["t"] == "ev"))["y"] == "room.closed"
        await client.leave()


async def test_typing_is_passed_on_to_the_others_and_not_stored():
    async with live_meeting() as (meeting, _board):
        maria, ivan = [await in_room(meeting, user) for user in meeting.learners]
        await maria.say({"t": "send", "op": "typing", "d": {}})
        heard = await ivan.until(lambda f: f["t"] == "st" and f["y"] == "typing")
        person = meeting.learners[0]
        assert heard["d"]["items"] == {log.public_id(person.pk): person.get_short_name()}
        await maria.leave()
        await ivan.leave()


async def test_presence_counts_people_not_sockets():
    async with live_meeting() as (meeting, _board):
        sockets = [await in_room(meeting, meeting.learners[0]) for _number in range(2)]
        ivan = await in_room(meeting, meeting.learners[1])
        await ivan.until(lambda f: f.get("y") == "presence" and f["d"]["count"] == 2)
        await sockets[0].leave()
        await ivan.settle(0.1)
        assert [f["d"]["count"] for f in ivan.frames if f.get("y") == "presence"][-1] == 2
        await sockets[1].leave()
        await ivan.until(lambda f: f.get("y") == "presence" and f["d"]["count"] == 1)
        await ivan.leave()


async def test_a_third_socket_of_a_person_ends_the_oldest_with_4409():
    async with live_meeting() as (meeting, _board):
        sockets = [await in_room(meeting, meeting.learners[0]) for _number in range(3)]
        assert await sockets[0].until_closed() == 4409
        for client in sockets[1:]:
            await client.leave()


# --- Resuming ---------------------------------------------------------------------------------
async def test_resuming_gives_what_was_missed_exactly_once_and_in_order():
    async with live_meeting() as (meeting, _board):
        maria = await in_room(meeting, meeting.learners[0])
        olga = await in_room(meeting, meeting.trainer)
        await olga.command("chat.send", text="до")
        await maria.until(lambda f: f["t"] == "ev")
        seen = maria.positions()
        await maria.leave()
        for number in range(3):
            await olga.command("chat.send", text=f"без вас {number}")
        back = await client_of(meeting, meeting.learners[0])
        welcome = await back.open(resume=seen)
        assert all(stream["recovered"] for stream in welcome["streams"].values())
        await olga.command("chat.send", text="после")
        await back.until(lambda f: f["t"] == "ev" and f["d"].get("text") == "после")
        texts = [frame["d"]["text"] for frame in back.events()]
        assert texts == ["без вас 0", "без вас 1", "без вас 2", "после"]
        numbers = [frame["q"] for frame in back.events()]
        assert numbers == list(range(seen["room"]["q"] + 1, seen["room"]["q"] + 5))
        assert not [frame for frame in back.frames if frame["t"] == "snap"]
        await back.leave()
        await olga.leave()


async def test_resuming_after_the_hub_has_gone_reads_the_log():
    async with live_meeting() as (meeting, board):
        maria = await in_room(meeting, meeting.learners[0])
        seen = maria.positions()
        await maria.leave()
        olga = await in_room(meeting, meeting.trainer)
        await olga.command("chat.send", text="без вас")
        await olga.leave()
        await board.close()
        back = await client_of(meeting, meeting.learners[0])
        await back.open(resume=seen)
        await back.until(lambda f: f["t"] == "ev")
        assert [frame["d"]["text"] for frame in back.events()] == ["без вас"]
        await back.leave()


@pytest.mark.parametrize("wrong", ["none", "epoch", "ahead", "negative"])
async def test_a_position_that_cannot_be_resumed_gets_a_snapshot(wrong):
    async with live_meeting() as (meeting, _board):
        maria = await in_room(meeting, meeting.learners[0])
        await maria.command("chat.send", text="Здравствуйте")
        await maria.settle(0.1)
        seen = maria.positions()
        await maria.leave()
        match wrong:
            case "none":
                seen = {}
            case "epoch":
                seen["room"]["e"] = "another"
            case "ahead":
                seen["room"]["q"] += 100
            case "negative":
                seen["room"]["q"] = -1
        back = await client_of(meeting, meeting.learners[0])
        welcome = await back.open(resume=seen)
        assert not any(stream["recovered"] for stream in welcome["streams"].values())
        snap = await back.until(lambda f: f["t"] == "snap")
        assert snap["d"]["room"]["open"] is True
        await back.settle(0.1)
        # The shared snapshot may be a second old; what happened since follows it as events.
        told = [*snap["d"]["chat"]["messages"], *back.events()]
        assert [message["d"]["text"] for message in told] == ["Здравствуйте"]
        assert all(frame["q"] > snap["s"]["room"]["q"] for frame in back.events())
        await back.leave()


async def test_more_than_500_missed_events_are_a_snapshot():
    async with live_meeting() as (meeting, board):
        maria = await in_room(meeting, meeting.learners[0])
        seen = maria.positions()
        await maria.leave()
        await in_thread(_write_many, meeting.room, 501)
        await _heard(board, meeting.room, seen["room"]["q"] + 501)
        back = await client_of(meeting, meeting.learners[0])
        await back.open(resume=seen)
        await back.until(lambda f: f["t"] == "snap")
        await back.leave()


async def test_500_missed_events_come_complete_to_a_client_without_batches():
    async with live_meeting() as (meeting, _board):
        maria = await in_room(meeting, meeting.learners[0])
        seen = maria.positions()
        await maria.leave()
        await in_thread(_write_many, meeting.room, 500)
        back = await client_of(meeting, meeting.learners[0])
        await back.open(resume=seen, caps=())
        await back.until(lambda f: f["t"] == "ev" and f["d"].get("n") == 499)
        assert [frame["d"]["n"] for frame in back.events()] == list(range(500))
        await back.leave()


async def _heard(board, room, seq: int) -> None:
    """Wait until the process, if it still serves the room, knows that it has come so far."""
    async with asyncio.timeout(60):
        while (hub := board.hubs.get(room.uuid)) and hub.shared["room"].head < seq:
            await asyncio.sleep(0.02)


def _write_many(room, count: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        stream = log.stream_of(room, Stream.Kind.ROOM)
        for number in range(count):
            log.append(stream=stream, type="test.said", data={"n": number}, actor=None)


async def test_a_lost_wake_up_is_healed_by_looking_at_the_heads(monkeypatch):
    async with live_meeting() as (meeting, _board):
        maria = await in_room(meeting, meeting.learners[0])
        monkeypatch.setattr("webinars.live.log.bus.publish", lambda room_uuid, message: None)
        await in_thread(_write_many, meeting.room, 3)
        await maria.until(lambda f: f["t"] == "ev" and f["d"].get("n") == 2)
        assert [frame["d"]["n"] for frame in maria.events()] == [0, 1, 2]
        await maria.leave()


async def test_an_event_too_large_for_the_bus_is_read_from_the_log():
    async with live_meeting() as (meeting, _board):
        maria = await in_room(meeting, meeting.learners[0])
        await in_thread(_write_large, meeting.room)
        heard = await maria.until(lambda f: f["t"] == "ev")
        assert len(heard["d"]["text"]) == 20_000
        await maria.leave()


def _write_large(room) -> None:
    from django.db import transaction

    with transaction.atomic():
        stream = log.stream_of(room, Stream.Kind.ROOM)
        log.append(stream=stream, type="test.said", data={"text": "я" * 20_000}, actor=None)


async def test_saying_hello_again_brings_what_was_missed():
    async with live_meeting() as (meeting, _board):
        maria = await in_room(meeting, meeting.learners[0])
        seen = maria.positions()
        await maria.command("chat.send", text="Здравствуйте")
        async with asyncio.timeout(60):
            while not maria.events():
                await maria.receive()
        maria.forget()
        await maria.say({"t": "hello", "v": 1, "resume": seen, "caps": ["batch"]})
        await maria.until(lambda f: f["t"] == "welcome")
        await maria.until(lambda f: f["t"] == "ev")
        assert [frame["d"]["text"] for frame in maria.events()] == ["Здравствуйте"]
        await maria.leave()


# --- Secrets ----------------------------------------------------------------------------------
async def test_private_streams_never_reach_anybody_else():
    async with live_meeting() as (meeting, _board):
        maria, ivan = [await in_room(meeting, user) for user in meeting.learners]
        olga = await in_room(meeting, meeting.trainer)
        await in_thread(_write_secrets, meeting)
        await maria.until(lambda f: f["t"] == "ev" and f["s"] == "me")
        await olga.until(lambda f: f["t"] == "ev" and f["s"] == "obs")
        await ivan.settle()
        heard = {
            name: json.dumps(client.frames)
            for name, client in [("maria", maria), ("ivan", ivan), ("olga", olga)]
        }
        assert "canary-me" in heard["maria"]
        assert "canary-staff" in heard["olga"]
        assert "canary-obs" in heard["olga"]
        assert "canary" not in heard["ivan"]
        assert "canary-staff" not in heard["maria"]
        assert "canary-me" not in heard["olga"]
        again = await client_of(meeting, meeting.learners[1])
        claimed = {name: {"e": "x", "q": 0} for name in ("room", "me", "staff", "obs")}
        welcome = await again.open(resume=claimed)
        await again.settle()
        assert set(welcome["streams"]) == {"room", "me"}
        assert "canary" not in json.dumps(again.frames)
        for client in (maria, ivan, olga, again):
            await client.leave()


def _write_secrets(meeting: Meeting) -> None:
    from django.db import transaction

    owner = meeting.learners[0]
    for kind, user in [("me", owner), ("staff", None), ("obs", None)]:
        with transaction.atomic():
            stream = log.stream_of(meeting.room, Stream.Kind(kind), user)
            log.append(stream=stream, type="test", data={"text": f"canary-{kind}"}, actor=None)


# --- Staying ----------------------------------------------------------------------------------
async def test_a_logout_closes_the_socket_with_4401():
    async with live_meeting() as (meeting, board):
        client = await in_room(meeting, meeting.learners[0])
        await Session.objects.all().adelete()
        await board.hub_of(meeting.room).steward.recheck()
        assert await client.until_closed() == 4401


async def test_a_new_password_closes_the_socket_with_4401():
    async with live_meeting() as (meeting, board):
        client = await in_room(meeting, meeting.learners[0])
        await get_user_model().objects.filter(pk=meeting.learners[0].pk).aupdate(password="!other")
        await board.hub_of(meeting.room).steward.recheck()
        assert await client.until_closed() == 4401


async def test_whoever_is_withdrawn_is_shown_out_with_4403():
    async with live_meeting() as (meeting, board):
        client = await in_room(meeting, meeting.learners[0])
        await in_thread(
            move, enrollment=meeting.enrollments[0], to=EnrollmentState.WITHDRAWN, source="test"
        )
        assert (await client.command("chat.send", text="Я тут"))["code"] == "forbidden"
        await board.hub_of(meeting.room).steward.recheck()
        assert await client.until_closed() == 4403


async def test_a_heartbeat_tells_the_heads():
    async with live_meeting() as (meeting, _board):
        client = await in_room(meeting, meeting.learners[0])
        answer = await client.command("chat.send", text="Раз")
        beat = await client.until(
            lambda f: f["t"] == "hb" and f["h"]["room"] >= answer["p"]["room"]
        )
        assert not beat.get("deg")
        await client.leave()
