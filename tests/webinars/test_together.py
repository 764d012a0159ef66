"""Many who come in at once: few questions to the database, and nobody pays for another."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from tests.webinars.clients import session_key_of
from tests.webinars.factories import make_meeting
from webinars.live.admission import Guest, Refusal, admit_all
from webinars.live.protocol import CloseCode
from webinars.live.rooms import create_room
from webinars.live.together import Together
from webinars.models import Room

NOWHERE = UUID(int=7)


async def test_those_who_ask_meanwhile_are_answered_together():
    batches: list[list[int]] = []

    async def read(asked: list[int]) -> dict[int, int]:
        batches.append(asked)
        await asyncio.sleep(0)
        return {number: number * 2 for number in asked}

    together: Together[int, int] = Together(read)
    first = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [together.ask(number) for number in (2, 3, 2)]
    assert await asyncio.gather(first, *others) == [2, 4, 6, 4]
    assert batches == [[1], [2, 3]]


async def test_a_failure_reaches_its_asker_only():
    async def read(asked: list[int]) -> dict[int, int | Exception]:
        return {number: ValueError(number) if number == 2 else number for number in asked}

    together: Together[int, int] = Together(read)
    answers = await asyncio.gather(*map(together.ask, (1, 2, 3)), return_exceptions=True)
    assert [answers[0], str(answers[1]), answers[2]] == [1, "2", 3]


async def test_after_a_failed_reading_the_next_is_tried():
    answers = iter([OSError("away"), {1: 1}])

    async def read(asked: list[int]) -> dict[int, int]:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    together: Together[int, int] = Together(read)
    with pytest.raises(OSError, match="away"):
        await together.ask(1)
    assert await together.ask(1) == 1


@pytest.mark.django_db
def test_forty_people_are_let_in_by_as_many_queries_as_four(django_assert_max_num_queries):
    meeting = make_meeting(learners=40)
    asked = [(meeting.room.uuid, session_key_of(person)) for person in meeting.learners]
    with django_assert_max_num_queries(8):
        found = admit_all(asked)
    assert [found[one].user for one in asked] == meeting.learners


@pytest.mark.django_db
def test_one_broken_room_keeps_nobody_out_of_another():
    meeting = make_meeting()
    key = session_key_of(meeting.learners[0])
    without_session = create_room(kind=Room.Kind.WEBINAR, title="Комната без занятия")
    found = admit_all([(without_session.uuid, key), (meeting.room.uuid, key), (NOWHERE, key)])
    good = found[meeting.room.uuid, key]
    assert isinstance(good, Guest)
    assert good.user == meeting.learners[0]
    assert not isinstance(found[without_session.uuid, key], Guest | Refusal)
    assert refusal(found[NOWHERE, key]) is CloseCode.NO_ROOM


@pytest.mark.django_db
def test_a_changed_password_and_a_lost_session_keep_out():
    meeting = make_meeting()
    maria, ivan = meeting.learners
    keys = [session_key_of(maria), session_key_of(ivan), "", "no-such-session"]
    maria.set_password("Совсем другой пароль")
    maria.save()
    found = admit_all([(meeting.room.uuid, key) for key in keys])
    answers = [found[meeting.room.uuid, key] for key in keys]
    assert [isinstance(answer, Guest) for answer in answers] == [False, True, False, False]
    assert {refusal(answers[place]) for place in (0, 2, 3)} == {CloseCode.NO_SESSION}


def refusal(found: Guest | Exception) -> CloseCode:
    assert isinstance(found, Refusal)
    return found.code
