"""Asking for many at once: a thousand who come in together cost a few questions, not a thousand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class Together(Generic[Asked, Found]):
    """Collects what is asked while an answer is on its way, and asks for all of that next.

    So a single one never waits for others, and nobody gets an answer that was read before they
    asked. ``read`` answers a list with a dict; an exception as a value is raised to its asker.
    """

    MOST = 200

    def __init__(self, read: Callable[[list[Asked]], Awaitable[dict[Asked, Found | Exception]]]):
        self._read = read
        self._waiting: dict[Asked, asyncio.Future[Found]] = {}
        self._reading: asyncio.Task | None = None

    async def ask(self, asked: Asked) -> Found:
        future = self._waiting.get(asked)
        if future is None:
            future = self._waiting[asked] = asyncio.get_running_loop().create_future()
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_all())
        return await asyncio.shield(future)

    async def _read_all(self) -> None:
        while self._waiting:
            batch = {
                asked: self._waiting.pop(asked) for asked in list(islice(self._waiting, self.MOST))
            }
            try:
                found = await self._read(list(batch))
            except Exception as error:
                found = dict.fromkeys(batch, error)
            for asked, future in batch.items():
                answer = found[asked]
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                    future.exception()  # its asker may have gone: that is no fault of ours
                else:
                    future.set_result(answer)
