"""The clock is the server's: it goes on over real sockets while nobody loads a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F

from tests.webinars.clients import Client, in_thread
from tests.webinars.practicum.factories import Group
from tests.webinars.practicum.sockets import live_group
from tests.webinars.test_consumer import QUICK, in_room
from webinars.models import PracticumRound, PracticumSession, RoomEvent

pytestmark = pytest.mark.django_db(transaction=True)
SOON = replace(QUICK, deadlines=0.05)


def time_passes(group: Group, minutes: int) -> None:
    """So much less is left of the phase."""
    spent = timedelta(minutes=minutes, seconds=1)
    PracticumSession.objects.update(phase_ends_at=F("phase_ends_at") - spent)


def facts_in(client: Client) -> list[str]:
    return [f["d"]["text"] for f in client.events("me") if f["y"] == "practicum.fact"]


async def test_facts_come_and_the_talk_ends_by_the_clock_of_the_server(client_of):
    facts = [("fact", {"role": "client", "minute": 3, "text": "Позвонили из школы."})]
    scenario = {"facts": facts}
    async with live_group(2, client_of=client_of, tempo=SOON, scenario=scenario) as group:
        await in_thread(group.everyone)
        specialist, client = [await in_room(group, group.user(number)) for number in (0, 1)]
        await in_thread(time_passes, group, 3)
        await client.until(lambda frame: frame.get("y") == "practicum.fact")
        await in_thread(time_passes, group, 5)
        for one in (specialist, client):
            moved = await one.until(lambda frame: frame.get("y") == "practicum.phase")
            assert moved["d"]["phase"] == "feedback"
            await one.settle(0.2)
        assert (facts_in(client), facts_in(specialist)) == (["Позвонили из школы."], [])
        ended = RoomEvent.objects.filter(type="practicum.phase", data__phase="feedback")
        assert await ended.acount() == 1
        assert (await PracticumRound.objects.aget()).end == "time"
        for one in (specialist, client):
            await one.leave()
