"""PostgreSQL and Redis for one run: a database of its own, and a Redis database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from tests.bench.live.machine import LOAD_CORE, CannotMeasure

OWN_REDIS = "/14"


@contextmanager
def own_services(var_dir: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of the larger size, gone afterwards."""
    database_url = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    redis_url = urlsplit(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
    redis_url = redis_url._replace(path=OWN_REDIS)
    name = f"berezhno_bench_{os.getpid()}"
    client = redis.Redis.from_url(redis_url.geturl(), socket_connect_timeout=2)
    try:
        client.ping()
        _administer(database_url, f'CREATE DATABASE "{name}"')
    except (redis.RedisError, psycopg.OperationalError) as error:
        raise CannotMeasure(f"PostgreSQL and Redis must answer: {error}") from None
    try:
        with _on_the_load_core(client):
            yield _kept() | {
                "VAR_DIR": str(var_dir),
                "DJANGO_SETTINGS_MODULE": "lms.settings.base",
                "DATABASE_URL": urlunsplit(urlsplit(database_url)._replace(path=f"/{name}")),
                "REDIS_URL": redis_url.geturl(),
                "CELERY_BROKER_URL": redis_url.geturl(),
                "CACHE_PREFIX": name,
                "SECRET_KEY": "only-for-the-bench",
            }
    finally:
        for key in client.scan_iter(f"*{name}*"):
            client.delete(key)
        _administer(database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def pin_database(environment: dict[str, str]) -> None:
    """Keep what serves our connections to the database off the server's core."""
    url = environment["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchall()
    for (process_id,) in found:
        with suppress(OSError):  # on another machine, or not ours to move
            os.sched_setaffinity(process_id, {LOAD_CORE})


@contextmanager
def _on_the_load_core(client: redis.Redis) -> Iterator[None]:
    """Redis on the load's core for the time of the run, if it is here and may be moved."""
    process_id = int(client.info("server")["process_id"])
    try:
        before = os.sched_getaffinity(process_id)
        os.sched_setaffinity(process_id, {LOAD_CORE})
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setaffinity(process_id, before)


def _kept() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
    }


def _administer(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
        connection.execute(statement)
