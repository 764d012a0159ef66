"""The chat: replying, changing, taking back, hiding, and the pace of the room."""

import asyncio
import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import active_enrollment
from tests.webinars.factories import cmd, make_meeting
from tests.webinars.live.acting import (
    done,
    everything_written,
    give,
    id_of,
    last,
    log_of,
    refused,
    seen_by,
    types,
)
from tests.webinars.test_consumer import client_of, in_room, live_meeting
from webinars.live import commands
from webinars.models import ChatMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting()


@pytest.fixture
def maria(meeting):
    return meeting.learners[0]


@pytest.fixture
def ivan(meeting):
    return meeting.learners[1]


def say(meeting, user, text: str, **more) -> str:
    """Write something; returns the message's id."""
    return done(meeting, user, "chat.send", text=text, **more).d["m"]


def chat_of(meeting, user) -> list[dict]:
    return seen_by(meeting, user)["chat"]["messages"]


# --- One's own words --------------------------------------------------------------------------
def test_a_reply_quotes_the_beginning_of_what_it_answers(meeting, maria, ivan):
    question = say(meeting, maria, "Как быть, если человек кричит? " + "а" * 100)
    say(meeting, ivan, "Дождаться паузы", reply=question)
    quoted = last(meeting).data["reply"]
    assert quoted["m"] == question
    assert quoted["n"] == maria.get_short_name()
    assert len(quoted["text"]) == 80
    assert chat_of(meeting, maria)[1]["reply"] == quoted


@pytest.mark.parametrize("reply", ["no-uuid", "00000000-0000-4000-8000-000000000000"])
def test_what_is_not_there_cannot_be_answered(meeting, maria, reply):
    assert refused(meeting, maria, "chat.send", text="Да", reply=reply).code == "forbidden"


def test_a_message_of_another_room_is_as_good_as_not_there(meeting, maria):
    other = make_meeting()
    foreign = say(other, other.learners[0], "Чужое")
    for op, data in [
        ("chat.send", {"text": "Да", "reply": foreign}),
        ("chat.hide", {"m": foreign}),
    ]:
        assert refused(meeting, meeting.trainer, op, **data).code == "forbidden"
    assert refused(meeting, maria, "chat.delete", m=foreign).code == "forbidden"


def test_white_space_is_no_message(meeting, maria):
    assert refused(meeting, maria, "chat.send", text=" \n ").field == "/d/text"


def test_authors_change_their_words_for_ten_minutes(meeting, maria):
    message = say(meeting, maria, "Здраствуйте")
    with time_machine.travel(timezone.now() + timedelta(minutes=9)):
        done(meeting, maria, "chat.edit", m=message, text="Здравствуйте")
    assert last(meeting).data == {"m": message, "text": "Здравствуйте"}
    shown = chat_of(meeting, maria)[0]
    assert (shown["text"], shown["edited"]) == ("Здравствуйте", True)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert refused(meeting, maria, "chat.edit", m=message, text="Поздно").code == "state"


def test_nobody_else_changes_or_takes_back_words_not_even_a_host(meeting, maria, ivan):
    message = say(meeting, maria, "Моё")
    for user in (ivan, meeting.trainer):
        assert refused(meeting, user, "chat.edit", m=message, text="Твоё").code == "forbidden"
        assert refused(meeting, user, "chat.delete", m=message).code == "forbidden"


def test_words_taken_back_are_nowhere_any_more(meeting, maria, ivan):
    message = say(meeting, maria, "секрет-один")
    say(meeting, ivan, "Понимаю", reply=message)
    done(meeting, maria, "chat.edit", m=message, text="секрет-два")
    done(meeting, maria, "chat.delete", m=message)
    assert types(meeting) == ["chat.sent", "chat.sent", "chat.edited", "chat.deleted"]
    assert "секрет" not in everything_written(meeting.room)
    assert ChatMessage.objects.get(uuid=message).text == ""
    answer = chat_of(meeting, meeting.trainer)
    assert [shown["text"] for shown in answer] == ["Понимаю"]
    assert "reply" not in answer[0]


def test_what_was_taken_back_stays_so(meeting, maria):
    message = say(meeting, maria, "Ой")
    done(meeting, maria, "chat.delete", m=message)
    for op, data in [("chat.delete", {}), ("chat.edit", {"text": "Снова"})]:
        assert refused(meeting, maria, op, m=message, **data).code == "forbidden"
    assert refused(meeting, meeting.trainer, "chat.show", m=message).code == "forbidden"


@pytest.mark.django_db(transaction=True)
async def test_words_taken_back_do_not_come_again_to_those_who_were_away():
    async with live_meeting() as (meeting, _board):
        maria, ivan = [await in_room(meeting, user) for user in meeting.learners]
        seen = ivan.positions()
        await ivan.leave()
        said = await maria.command("chat.send", text="секрет")
        await maria.command("chat.delete", m=said["d"]["m"])
        async with asyncio.timeout(60):
            while all(event["y"] != "chat.deleted" for event in maria.events()):
                await maria.receive()
        back = await client_of(meeting, meeting.learners[1])
        welcome = await back.open(resume=seen)
        assert welcome["streams"]["room"]["recovered"]
        await back.until(lambda f: f.get("y") == "chat.deleted")
        assert [f["y"] for f in back.events()] == ["chat.sent", "chat.deleted"]
        assert "секрет" not in json.dumps(back.frames, ensure_ascii=False)
        for client in (maria, back):
            await client.leave()


# --- Moderating -------------------------------------------------------------------------------
def test_hidden_words_are_seen_by_the_staff_only_and_can_be_shown_again(meeting, maria, ivan):
    message = say(meeting, maria, "Грубость")
    done(meeting, meeting.trainer, "chat.hide", m=message)
    assert last(meeting).data == {"m": message}
    assert [(m["text"], m["hidden"]) for m in chat_of(meeting, ivan)] == [("", True)]
    assert [(m["text"], m["hidden"]) for m in chat_of(meeting, meeting.trainer)] == [
        ("Грубость", True)
    ]
    done(meeting, meeting.trainer, "chat.show", m=message)
    assert last(meeting).data == {"m": message, "text": "Грубость"}
    assert chat_of(meeting, ivan)[0]["text"] == "Грубость"


def test_a_hidden_message_does_not_come_back_in_a_quotation_nor_by_editing(meeting, maria, ivan):
    message = say(meeting, maria, "Грубость")
    done(meeting, meeting.trainer, "chat.hide", m=message)
    say(meeting, ivan, "Давайте спокойнее", reply=message)
    assert last(meeting).data["reply"]["text"] == ""
    assert refused(meeting, maria, "chat.edit", m=message, text="Ещё грубее").code == "state"


def test_a_silenced_person_may_still_take_words_back(meeting, maria):
    message = say(meeting, maria, "Лишнее")
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    assert refused(meeting, maria, "chat.send", text="Ещё").d == {"muted": True}
    assert refused(meeting, maria, "chat.edit", m=message, text="Ещё").d == {"muted": True}
    done(meeting, maria, "chat.delete", m=message)
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=False)
    say(meeting, maria, "Спасибо")


# --- The pace ---------------------------------------------------------------------------------
def test_in_slow_mode_everybody_but_the_staff_waits(meeting, maria):
    done(meeting, meeting.trainer, "chat.slow", seconds=60)
    assert last(meeting).data == {"seconds": 60}
    assert seen_by(meeting, maria)["chat"]["slow"] == 60
    give(meeting, maria, "chat.send", text="Раз")
    answer = give(meeting, maria, "chat.send", text="Два")
    assert (answer.code, answer.d, answer.temp) == ("rate", {"slow": 60}, True)
    assert 50_000 < answer.retry_ms <= 60_001
    for text in ("Три", "Четыре"):
        assert give(meeting, meeting.trainer, "chat.send", text=text).d
    assert [e.data.get("text") for e in log_of(meeting)] == [None, "Раз", "Три", "Четыре"]


def test_another_pace_holds_for_those_who_have_written_already(meeting, maria):
    done(meeting, meeting.trainer, "chat.slow", seconds=10)
    give(meeting, maria, "chat.send", text="Раз")
    give(meeting, meeting.trainer, "chat.slow", seconds=300)
    assert give(meeting, maria, "chat.send", text="Два").retry_ms > 200_000


def test_slow_mode_holds_whichever_process_takes_the_message(meeting, maria):
    done(meeting, meeting.trainer, "chat.slow", seconds=60)
    frame = cmd("chat.send", text="Раз")
    first = commands.run_command(room=meeting.room, user=maria, frame=frame)
    commands.buckets.clear()  # another process remembers nothing of this one
    assert give(meeting, maria, "chat.send", text="Два").d == {"slow": 60}
    assert commands.run_command(room=meeting.room, user=maria, frame=frame) == first
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert "m" in give(meeting, maria, "chat.send", text="Три").d


def test_slow_mode_costs_a_chat_that_is_not_slow_nothing(meeting, maria):
    done(meeting, maria, "chat.send", text="Раз")
    with CaptureQueriesContext(connection) as asked:
        done(meeting, maria, "chat.send", text="Два")
    queries = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(queries) == 7  # nine with BEGIN and COMMIT, here savepoints


def test_slow_mode_ends(meeting, maria):
    for seconds in (60, 0):
        done(meeting, meeting.trainer, "chat.slow", seconds=seconds)
    for text in ("Раз", "Два"):
        assert give(meeting, maria, "chat.send", text=text).d
    assert seen_by(meeting, maria)["chat"]["slow"] == 0


def test_a_flood_slows_the_room_down_by_itself_once(meeting, monkeypatch):
    monkeypatch.setattr(
        "webinars.live.features.chat.ROOM_PER_SECOND", 0.001
    )  # however long it takes
    people = make_many(meeting, 30)
    commands.buckets.clear()
    answers = [give(meeting, user, "chat.send", text="Плюс") for user in people]
    assert all("m" in answer.d for answer in answers)
    assert types(meeting).count("chat.slowed") == 1
    slowed = next(event for event in log_of(meeting) if event.type == "chat.slowed")
    assert slowed.data == {"seconds": 10, "by_itself": True}
    assert give(meeting, people[-1], "chat.send", text="Плюс").d == {"slow": 10}


def make_many(meeting, count: int) -> list:
    return [active_enrollment(cohort=meeting.session.cohort).learner for _n in range(count)]


def test_a_newcomer_sees_the_last_fifty_messages(meeting, maria):
    for number in range(52):
        say(meeting, maria, str(number))
    assert [m["text"] for m in chat_of(meeting, maria)] == [str(n) for n in range(2, 52)]
