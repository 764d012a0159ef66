"""Long work with the database in two lanes: one is planned while PostgreSQL writes the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

LANES = 2
Item = TypeVar("Item")
Result = TypeVar("Result")


def can_go_beside() -> bool:
    """SQLite lets one transaction write at a time; what a transaction has begun, another connection
    does not see."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block


def beside_one_another(
    work: Callable[[Item], Result], items: Iterable[Item]
) -> Generator[Result, None, None]:
    """``work`` of each item, the results in turn; each lane has a connection of its own.

    Raises what ``work`` raises. Whatever has not begun when it is closed does not begin any more,
    and what has begun ends first.
    """
    with ThreadPoolExecutor(LANES, "lanes") as lanes:
        try:
            yield from lanes.map(work, items)
        finally:
            all_lanes = Barrier(LANES)
            for _lane in range(LANES):
                lanes.submit(_close, all_lanes)


def _close(all_lanes: Barrier) -> None:
    """Each lane waits for the others, so that none closes twice and another not at all."""
    all_lanes.wait()
    connection.close()
