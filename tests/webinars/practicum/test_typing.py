"""“Somebody is writing”: who sees it, when it is not told, and how little it costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.webinars.clients import Client, in_thread
from tests.webinars.practicum.factories import Group
from tests.webinars.practicum.sockets import live_group
from tests.webinars.test_consumer import QUICK, in_room
from webinars.live import commands
from webinars.live.log import public_id
from webinars.models import RoomEvent

pytestmark = pytest.mark.django_db(transaction=True)


async def everyone_in(group: Group) -> list[Client]:
    """The players by their seats, the trainer last."""
    people = [enrollment.learner for enrollment in group.enrollments]
    return [await in_room(group, user) for user in (*people, group.trainer)]


def told(client: Client) -> list[dict[str, str]]:
    """What a browser was told of who is writing, frame by frame."""
    return [
        frame["d"]["items"]
        for frame in client.frames
        if frame["t"] == "st" and frame["y"] == "typing"
    ]


def writing(group: Group, *numbers: int) -> dict[str, str]:
    people = [group.user(number) for number in numbers]
    return {public_id(person.pk): person.get_short_name() for person in people}


async def type_a_letter(client: Client) -> None:
    await client.say({"t": "send", "op": "typing", "d": {}})


async def type_in_vain(client: Client, others: list[Client]) -> None:
    """The server has read it, and nobody learns of it."""
    commands.buckets.clear()
    await type_a_letter(client)
    await client.command("no.such")  # frames are taken in order: this answer comes after it
    for other in others:
        other.forget()
        await other.settle(0.1)
        assert told(other) == []


async def test_the_group_and_the_trainer_see_who_writes_and_it_is_not_stored(client_of):
    async with live_group(3, client_of=client_of) as group:
        await in_thread(group.everyone)
        clients = await everyone_in(group)
        specialist, client, observer, trainer = clients
        said = RoomEvent.objects.exclude(type="practicum.visited")  # told when a trainer comes
        before = await said.acount()
        await type_a_letter(client)
        for other in (specialist, observer, trainer):
            await other.until(lambda frame: frame.get("y") == "typing")
            assert told(other) == [writing(group, 1)]
        assert await said.acount() == before
        for one in clients:
            await one.leave()


async def test_nobody_writes_in_a_pause_and_no_observer_while_others_talk(client_of):
    async with live_group(3, client_of=client_of) as group:
        clients = await everyone_in(group)
        specialist, client, observer, trainer = clients
        await type_in_vain(client, [specialist, observer, trainer])  # the briefing
        await in_thread(group.everyone)
        await type_in_vain(observer, [specialist, client, trainer])
        await in_thread(group.act, 2, "stop")
        await type_in_vain(client, [specialist, observer, trainer])
        await in_thread(group.everyone)  # they go on with the conversation
        commands.buckets.clear()
        await type_a_letter(client)
        await specialist.until(lambda frame: frame.get("y") == "typing")
        assert told(specialist) == [writing(group, 1)]
        for one in clients:
            await one.leave()


async def test_between_rounds_everybody_may_write(client_of):
    async with live_group(3, client_of=client_of) as group:
        await in_thread(group.everyone)
        await in_thread(group.act, 0, "hard")
        await in_thread(group.everyone)
        assert (await in_thread(group.now)).phase == "swap"
        specialist, observer = [await in_room(group, group.user(number)) for number in (0, 2)]
        await type_a_letter(observer)
        await specialist.until(lambda frame: frame.get("y") == "typing")
        assert told(specialist) == [writing(group, 2)]
        for one in (specialist, observer):
            await one.leave()


async def test_many_letters_of_several_are_one_frame(client_of):
    async with live_group(3, client_of=client_of, tempo=replace(QUICK, tick=0.5)) as group:
        await in_thread(group.everyone)
        clients = await everyone_in(group)
        specialist, client, observer = clients[:3]
        for _letter in range(10):
            for one in (specialist, client):
                await type_a_letter(one)
        await observer.until(
            lambda _frame: len({n for items in told(observer) for n in items}) == 2
        )
        await observer.settle(1.2)
        names = [name for items in told(observer) for name in items.values()]
        assert sorted(names) == sorted(writing(group, 0, 1).values()), "each name once"
        assert len(told(observer)) <= 2
        for one in clients:
            await one.leave()
