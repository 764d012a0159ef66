"""Writing thousands of rows at once: COPY on PostgreSQL, prepared statements on SQLite.

For imports, where making a model's instance for every row costs more than storing it. Nothing
here sends signals of models; whoever writes says so to those who must know.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from time import time_ns
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, models
from django.utils import timezone

from lms.binary_copy import packed

Fields = Sequence[str]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will get. Inside a transaction, and used before it ends."""
    if not count:
        return []
    beside = _beside.get()
    if beside is not None and (ids := beside.taken(model, count)):
        return ids
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = _sequence_of(table)
            cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return list(range(last + 1, last + count + 1))


@cache
def _sequence_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        return cursor.fetchone()[0]


def random_tokens(count: int) -> list[str]:
    """So many secrets of 44 letters that fit into an address (264 bits each)."""
    letters = base64.urlsafe_b64encode(os.urandom(33 * count)).decode()
    return [letters[at : at + 44] for at in range(0, 44 * count, 44)]


def ordered_uuids(count: int) -> list[str]:
    """So many new UUIDs in rising order (RFC 9562, version 7), each as 32 hexadecimal digits.

    They begin with the time, so that an index takes them in at its end; 74 bits are random.
    """
    raw = os.urandom(10 * count)
    chances = sorted(int.from_bytes(raw[at : at + 10]) >> 6 for at in range(0, 10 * count, 10))
    start = (time_ns() // 1_000_000) << 80 | 7 << 76 | 2 << 62
    return [f"{start | (chance >> 62) << 64 | chance & _LOW:032x}" for chance in chances]


_LOW = 2**62 - 1


def insert_rows(model: type[models.Model], names: Fields, rows: Iterable[Sequence[Any]]) -> None:
    """Insert tuples of ``names``; every other field gets the model's default, the same for all.

    JSON is given as Python values. Raises IntegrityError as an insert does, then none is stored.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    rest: list[Any] = [
        field
        for field in model._meta.concrete_fields
        if field not in fields and not isinstance(field, models.AutoField)
    ]
    defaults = [_default(field) for field in rest]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in [*fields, *rest])
    if connection.vendor == "postgresql":
        constants = list(zip(map(_type, rest), defaults, strict=True))
        pieces = packed([_type(field) for field in fields], rows, constants=constants)
        statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
        if (beside := _beside.get()) is not None:
            beside.copy(statement, list(pieces))
            return
        with connection.cursor() as cursor, connection.wrap_database_errors:
            _copy(cursor.cursor, statement, pieces)
        return
    always = _converted(defaults, _converters(rest))
    converters = _converters(fields)
    marks = ", ".join(["%s"] * (len(fields) + len(rest)))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  names of ours
            [[*_converted(row, converters), *always] for row in rows],
        )


def _copy(cursor: Any, statement: str, pieces: Iterable[bytes]) -> None:
    with cursor.copy(statement) as copy:
        for piece in pieces:
            copy.write(piece)


class _Beside:
    """COPYs on their way, one after another, in a thread that mostly waits for the database."""

    def __init__(self, sender: ThreadPoolExecutor, ids: dict[type[models.Model], list[int]]):
        self._sender = sender
        self._ids = ids
        self._sent: list[Future[None]] = []

    def taken(self, model: type[models.Model], count: int) -> list[int]:
        """So many of the ids that were reserved; none where they do not suffice."""
        reserved = self._ids.get(model, [])
        if len(reserved) < count:
            return []
        self._ids[model] = reserved[count:]
        return reserved[:count]

    def copy(self, statement: str, pieces: list[bytes]) -> None:
        cursor = connection.connection.cursor()
        self._sent.append(self._sender.submit(_copy, cursor, statement, pieces))

    def wait(self) -> None:
        """Until the database has all; raises what it said of the first COPY that it refused."""
        sent, self._sent = self._sent, []
        with connection.wrap_database_errors:
            for one in sent:
                one.result()

    def ask(self, execute: Callable[..., Any], *args: Any) -> Any:
        """Wraps every query: of one connection only one thing is asked at a time."""
        self.wait()
        return execute(*args)


_beside: ContextVar[_Beside | None] = ContextVar("copies beside", default=None)


@contextmanager
def inserting_beside(ids: Mapping[type[models.Model], int]) -> Iterator[None]:
    """Inside, PostgreSQL takes in what ``insert_rows`` was given while the next rows are made.

    ``ids``: how many ``reserve_ids`` will be asked for; any other query waits for what is on its
    way. Within a transaction. An IntegrityError comes with the next query, or at the end.
    """
    if connection.vendor != "postgresql":
        yield
        return
    reserved = {model: reserve_ids(model, count) for model, count in ids.items()}
    with ThreadPoolExecutor(1, "copies") as sender:
        beside = _Beside(sender, reserved)
        token = _beside.set(beside)
        try:
            with connection.execute_wrapper(beside.ask):
                yield
                beside.wait()
        finally:
            _beside.reset(token)


def update_rows(model: type[models.Model], names: Fields, rows: Iterable[Sequence[Any]]) -> None:
    """Set ``names`` of the rows whose primary key stands first in each tuple.

    Inside a transaction: on PostgreSQL the values go through a temporary table.
    """
    options = model._meta
    fields: list[Any] = [options.pk, *(options.get_field(name) for name in names)]
    pending = list(rows)
    if not pending:
        return
    quote = connection.ops.quote_name
    table, pk = quote(options.db_table), quote(str(options.pk.column))
    columns = [quote(str(field.column)) for field in fields[1:]]
    if connection.vendor == "postgresql":
        _update_by_copy(table, pk, columns, [_type(field) for field in fields], pending)
        return
    changes = ", ".join(f"{column} = %s" for column in columns)
    converters = _converters(fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {changes} WHERE {pk} = %s",  # noqa: S608  names of ours
            [[*values, key] for key, *values in (_converted(row, converters) for row in pending)],
        )


def _update_by_copy(
    table: str, pk: str, columns: list[str], kinds: list[str], rows: list[Sequence[Any]]
) -> None:
    pieces = list(packed(kinds, rows))
    keys = [row[0] for row in rows]
    named = ", ".join(f"c{place} {kind}" for place, kind in enumerate(kinds))
    changes = ", ".join(f"{column} = v.c{place}" for place, column in enumerate(columns, 1))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bulk_update ({named}) ON COMMIT DROP")
        with connection.wrap_database_errors:
            _copy(cursor.cursor, "COPY bulk_update FROM STDIN (FORMAT BINARY)", pieces)
        cursor.execute(
            f"UPDATE {table} SET {changes} FROM bulk_update v WHERE {table}.{pk} = v.c0 "  # noqa: S608
            # Neighbours, nearly always: then the rest of a large table is not looked at.
            f"AND {table}.{pk} BETWEEN %s AND %s",
            [min(keys), max(keys)],
        )
        cursor.execute("DROP TABLE bulk_update")


def _type(field: Any) -> str:
    """The type of its column, without what makes an id count by itself."""
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


_SEPARATOR = "\x1f"
"""Between the values of one parameter: a list would be quoted value by value, in Python."""


@models.Field.register_lookup
class AnyOf(models.Lookup):
    """``field__any_of={…}``: like ``in``, but thousands of values travel as one parameter.

    Numbers or text; given as a set, since Django walks through lists to look for expressions.
    """

    lookup_name = "any_of"

    def __init__(self, lhs: Any, rhs: Iterable[Any]) -> None:
        super().__init__(lhs, list(rhs))

    def get_prep_lookup(self) -> list[Any]:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            joined = _SEPARATOR.join(map(str, self.rhs))
            if joined.count(_SEPARATOR) == max(0, len(self.rhs) - 1):
                kind = (
                    "bigint" if isinstance(self.lhs.output_field, models.IntegerField) else "text"
                )
                listed = f"string_to_array(%s, %s)::{kind}[]"
                return f"{left} = ANY({listed})", [*parameters, joined, _SEPARATOR]
            return f"{left} = ANY(%s)", [*parameters, self.rhs]
        listed = f"{left} IN (SELECT value FROM json_each(%s))"  # noqa: S608  a column of ours
        return listed, [*parameters, json.dumps(self.rhs)]


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    if field.unique:
        raise TypeError(f"{field} must be given: it is another for every row.")
    return field.get_default()


Converters = list[tuple[int, Callable[[Any], Any]]]
"""Which places of a row are handed to the database in another form."""


def _converters(fields: Iterable[Any]) -> Converters:
    found = ((place, _converter(field)) for place, field in enumerate(fields))
    return [(place, convert) for place, convert in found if convert is not None]


def _converter(field: Any) -> Callable[[Any], Any] | None:
    """For SQLite: PostgreSQL's values are packed by ``binary_copy``."""
    if isinstance(field, models.JSONField):
        return lambda value: _as_json(value).decode()
    if isinstance(field, models.UUIDField):
        return lambda value: value.hex if isinstance(value, UUID) else value.replace("-", "")
    if isinstance(field, models.DateTimeField):
        adapt = connection.ops.adapt_datetimefield_value
        return lambda value: adapt(value) if isinstance(value, datetime) else value
    return None


_as_json = msgspec.json.Encoder().encode


def _converted(row: Sequence[Any], converters: Converters) -> list[Any]:
    values = list(row)
    for place, convert in converters:
        values[place] = convert(values[place])
    return values
