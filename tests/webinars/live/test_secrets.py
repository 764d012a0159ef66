"""Canaries: words that are not for everybody appear in no frame of those they are not for."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.webinars.clients import Client, in_thread, session_key_of
from tests.webinars.factories import Meeting
from tests.webinars.live.acting import done, id_of, last
from tests.webinars.test_consumer import in_room, live_meeting
from webinars.live import polling
from webinars.live.admission import Refusal
from webinars.models import Room

pytestmark = pytest.mark.django_db(transaction=True)
PRIVATE = {"desk.said", "people.muted", "poll.created", "poll.voted", "breakout.help", "checkin"}


def groups_at_work(meeting: Meeting) -> list[Room]:
    """Rooms of two groups with one learner in each; the others are in the main room."""
    maria, ivan = meeting.learners[:2]
    done(meeting, meeting.trainer, "breakout.create", count=2)
    for number, person in enumerate((maria, ivan), 1):
        done(meeting, meeting.trainer, "breakout.move", user=id_of(person), group=number)
    done(meeting, meeting.trainer, "breakout.open", minutes=10)
    groups = meeting.room.breakouts.get().groups.select_related("room")
    return [group.room for group in groups]


def tell_secrets(meeting: Meeting, groups: list[Room]) -> None:
    """Everything that is said in private, with a canary in each."""
    maria, ivan = meeting.learners[:2]
    host = meeting.trainer
    done(meeting, maria, "desk.write", text="canary-desk")
    done(meeting, host, "desk.answer", user=id_of(maria), text="canary-answer")
    options = ["canary-option", "да"]
    draft = {"question": "canary-draft", "options": options, "anonymous": False}
    done(meeting, host, "poll.create", **draft)
    named = done(meeting, host, "poll.create", question="Кто?", options=["а", "б"], anonymous=False)
    poll = named.d["poll"]
    done(meeting, host, "poll.open", poll=poll)
    done(meeting, maria, "poll.vote", poll=poll, choices=[1])
    done(meeting, host, "checkin.open", moment="now")
    checkin = last(meeting).data["checkin"]
    done(meeting, maria, "checkin.submit", checkin=checkin, value=1)
    done(groups[0], maria, "chat.send", text="canary-group-chat")
    done(groups[0], maria, "note.add", text="canary-group-note")
    done(groups[0], maria, "group.help", wanted=True)
    done(meeting, host, "people.mute", user=id_of(maria), muted=True)
    # Something for everybody, so that the end is seen.
    done(meeting, ivan, "chat.send", text="this is all")


def hide_things(meeting: Meeting) -> None:
    """What was public for a moment and is hidden from those who come now."""
    maria = meeting.learners[0]
    done(meeting, maria, "qa.ask", text="canary-question")
    hidden = last(meeting).data["q"]
    done(meeting, meeting.trainer, "qa.state", q=hidden, state="hidden")
    message = done(meeting, maria, "chat.send", text="canary-hidden").d["m"]
    done(meeting, meeting.trainer, "chat.hide", m=message)
    gone = done(meeting, maria, "chat.send", text="canary-deleted").d["m"]
    done(meeting, maria, "chat.delete", m=gone)


def heard(client: Client) -> str:
    return as_text(client.frames)


def parsed(frames: list[str]) -> list[dict]:
    return [json.loads(frame) for frame in frames]


def as_text(frames: list[dict]) -> str:
    return json.dumps(frames, ensure_ascii=False)


async def everything_has_come(*clients: Client) -> None:
    for client in clients:
        await client.until(lambda f: f["t"] == "ev" and f["d"].get("text") == "this is all")
    await asyncio.gather(*[client.settle(0.2) for client in clients])


async def in_group(room: Room, user) -> Client:
    client = Client(room, await in_thread(session_key_of, user))
    await client.open()
    return client


async def test_private_words_reach_no_outsider_live_or_later():
    async with live_meeting(learners=4) as (meeting, _board):
        maria, ivan, anna, late = meeting.learners
        await in_thread(
            done, meeting, meeting.trainer, "role.set", user=id_of(anna), role="observer"
        )
        await in_thread(hide_things, meeting)
        groups = await in_thread(groups_at_work, meeting)
        own, other, observer, host = [
            await in_room(meeting, user) for user in (maria, ivan, anna, meeting.trainer)
        ]
        neighbour = await in_group(groups[1], ivan)
        await in_thread(tell_secrets, meeting, groups)
        await everything_has_come(own, other, observer, host)
        await neighbour.settle(0.2)
        latecomer = await in_room(meeting, late)
        await latecomer.settle(0.2)
        back = await in_room(meeting, ivan, resume=other.positions())
        await back.settle(0.2)
        polled = await in_thread(polling.frames_for, meeting.room.uuid, late, {})
        outside = {
            "other": other.frames, "observer": observer.frames, "neighbour": neighbour.frames,
            "latecomer": latecomer.frames, "back": back.frames, "polled": parsed(polled),
        }  # fmt: skip
        for name, frames in outside.items():
            assert "canary" not in as_text(frames), name
            assert '"muted": true' not in as_text(frames), name
            assert '"names"' not in as_text(frames), name
            assert not PRIVATE & {frame.get("y") for frame in frames}, name
        # Those who may read it do.
        for canary in ("canary-desk", "canary-answer", "people.muted", "poll.voted"):
            assert canary in heard(own)
        for canary in ("desk", "answer", "draft", "option", "question", "hidden"):
            assert f"canary-{canary}" in heard(host)
        assert "canary-deleted" not in heard(host)
        assert "canary-group" not in heard(host)
        for client in (own, other, observer, host, neighbour, latecomer, back):
            await client.leave()


async def test_another_group_is_closed_to_sockets_and_requests():
    async with live_meeting(learners=2) as (meeting, _board):
        groups = await in_thread(groups_at_work, meeting)
        ivan = meeting.learners[1]
        client = Client(groups[0], await in_thread(session_key_of, ivan))
        await client.connect()
        assert await client.until_closed() == 4403
        assert [frame["t"] for frame in client.frames] == ["bye"]
        with pytest.raises(Refusal):
            await in_thread(polling.frames_for, groups[0].uuid, ivan, {})
