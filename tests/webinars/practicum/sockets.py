"""A practicum over real sockets: a group, and a switchboard in a hurry that ends with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.webinars.clients import in_thread
from tests.webinars.practicum.factories import Group, make_group
from tests.webinars.test_consumer import QUICK
from webinars.live.hub import Tempo
from webinars.live.switchboard import Switchboard, install


@asynccontextmanager
async def live_group(people: int, *, tempo: Tempo = QUICK, **fields: Any) -> AsyncIterator[Group]:
    board = Switchboard(tempo=tempo)
    install(board)
    try:
        group = await in_thread(make_group, people, **fields)
        await in_thread(getattr, group, "room")  # later it is asked for on the event loop
        yield group
    finally:
        await board.close()
