"""The database from the event loop: a few threads of our own, each with its own connection.

Not Django's one sync thread, in which everything of a process would wait in line.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

THREADS = 6
P = ParamSpec("P")
R = TypeVar("R")


def _keep_connection() -> None:
    """Let this thread keep its connection; it is checked before each use instead."""
    connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": None}


_pool: ThreadPoolExecutor | None = None


def _threads() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(
            THREADS, thread_name_prefix="live-database", initializer=_keep_connection
        )
    return _pool


async def in_database(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``function`` in one of the threads; the ORM may be used inside."""
    context = contextvars.copy_context()
    call = functools.partial(function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(
        _threads(), context.run, _with_living_connection, call
    )


def _with_living_connection(call: Callable[[], R]) -> R:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


def close_threads() -> None:
    """End the threads and their connections; the next call starts new ones."""
    global _pool
    pool, _pool = _pool, None
    if pool is not None:
        everyone = threading.Barrier(THREADS)
        for _number in range(THREADS):
            pool.submit(_close_here, everyone)
        pool.shutdown(wait=True)


def _close_here(everyone: threading.Barrier) -> None:
    """In each of the threads once: none may take the turn of another, so they wait together."""
    connection.close()
    everyone.wait(timeout=60)
