"""Typing and reactions: gathered from a crowd, never stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webinars.clients import in_thread
from tests.webinars.live.acting import done, id_of
from tests.webinars.test_consumer import in_room, live_meeting
from webinars.live.pulses import MOST_ITEMS, Pulses
from webinars.models import RoomEvent

REACTIONS = st.sampled_from(["thanks", "agree", "support", "wow", "slower"])
counts = st.dictionaries(REACTIONS, st.integers(1, 50), max_size=5)
names = st.dictionaries(st.integers(1, 60).map("u_{}".format), st.text(max_size=5), max_size=40)


def passed_on(processes: list[Pulses]) -> None:
    """One round over the bus: each process tells all, itself included."""
    for sender in processes:
        for type, items in sender.take_gathered().items():
            for receiver in processes:
                receiver.hear(type, items)


@given(st.lists(st.lists(counts, max_size=8), min_size=1, max_size=4))
def test_no_reaction_is_lost_or_counted_twice_however_many_processes_gather(sent):
    processes = [Pulses() for _process in sent]
    expected: dict[str, int] = {}
    for process, lot in zip(processes, sent, strict=True):
        for items in lot:
            process.gather("reaction", items)
            for kind, count in items.items():
                expected[kind] = expected.get(kind, 0) + count
    passed_on(processes)
    for process in processes:
        assert process.take_heard().get("reaction", {}) == expected
        assert process.take_heard() == process.take_gathered() == {}


@given(st.lists(names, max_size=8))
def test_a_crowd_that_types_costs_no_more_than_so_many_names(sent):
    pulses = Pulses()
    for items in sent:
        pulses.gather("typing", items)
    gathered = pulses.take_gathered().get("typing", {})
    told = {key for items in sent for key in items}
    assert len(gathered) == min(len(told), MOST_ITEMS)
    for key, name in gathered.items():
        assert name == [items[key] for items in sent if key in items][-1]


@given(counts, names)
def test_types_do_not_mix(reactions, typing):
    pulses = Pulses()
    pulses.gather("reaction", reactions)
    pulses.gather("typing", typing)
    assert pulses.take_gathered()["reaction"] == reactions


# --- Over sockets -----------------------------------------------------------------------------
def reactions_in(client) -> dict[str, int]:
    """All that a browser was told, added up."""
    total: dict[str, int] = {}
    for frame in client.frames:
        if frame["t"] == "st" and frame["y"] == "reaction":
            for kind, count in frame["d"]["items"].items():
                total[kind] = total.get(kind, 0) + count
    return total


@pytest.mark.django_db(transaction=True)
async def test_reactions_of_many_come_as_sums_and_are_not_stored():
    async with live_meeting(learners=3) as (meeting, _board):
        clients = [await in_room(meeting, user) for user in meeting.learners]
        before = await RoomEvent.objects.acount()
        for client, kind in zip(clients, ["thanks", "thanks", "wow"], strict=True):
            await client.say({"t": "send", "op": "reaction", "d": {"e": kind}})
        await clients[0].until(lambda _f: reactions_in(clients[0]) == {"thanks": 2, "wow": 1})
        assert await RoomEvent.objects.acount() == before
        for client in clients:
            await client.leave()


@pytest.mark.django_db(transaction=True)
async def test_too_many_and_unknown_reactions_are_dropped():
    async with live_meeting() as (meeting, _board):
        maria, ivan = [await in_room(meeting, user) for user in meeting.learners]
        for _number in range(6):
            await maria.say({"t": "send", "op": "reaction", "d": {"e": "agree"}})
        await maria.say({"t": "send", "op": "reaction", "d": {"e": "<script>"}})
        refusal = await maria.until(lambda f: f["t"] == "err")
        assert (refusal["code"], refusal["field"]) == ("invalid", "/d/e")
        await ivan.until(lambda _f: reactions_in(ivan).get("agree", 0) >= 3)
        await ivan.settle(0.1)
        assert reactions_in(ivan).keys() == {"agree"}
        assert reactions_in(ivan)["agree"] < 6  # three at once, one more for each second
        for client in (maria, ivan):
            await client.leave()


@pytest.mark.django_db(transaction=True)
async def test_an_observer_neither_reacts_nor_types():
    async with live_meeting() as (meeting, _board):
        observer = meeting.learners[0]
        await in_thread(
            done, meeting, meeting.trainer, "role.set", user=id_of(observer), role="observer"
        )
        maria, ivan = [await in_room(meeting, user) for user in meeting.learners]
        for op, data in [("reaction", {"e": "agree"}), ("typing", {})]:
            await maria.say({"t": "send", "op": op, "d": data})
        await ivan.settle(0.2)
        assert not [f for f in ivan.frames if f.get("y") in ("reaction", "typing")]
        for client in (maria, ivan):
            await client.leave()
