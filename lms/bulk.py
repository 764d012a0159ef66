"""Writing thousands of rows at once: COPY on PostgreSQL, prepared statements on SQLite.

For imports, where making a model's instance for every row costs more than storing it. Nothing
here sends signals of models; whoever writes says so to those who must know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

MAX_PARAMETERS = 30_000
"""How many values one statement may carry: PostgreSQL takes 65,535, SQLite 32,766."""

Fields = Sequence[str]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will get. Inside a transaction, and used before it ends."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return list(range(last + 1, last + count + 1))


def insert_rows(model: type[models.Model], names: Fields, rows: Iterable[Sequence[Any]]) -> None:
    """Insert tuples of ``names``; every other field gets the model's default, the same for all.

    JSON is given as Python values. Raises IntegrityError as an insert does, then none is stored.
    """
    fields = [model._meta.get_field(name) for name in names]
    rest = [
        field
        for field in model._meta.concrete_fields
        if field not in fields and not isinstance(field, models.AutoField)
    ]
    defaults = tuple(_default(field) for field in rest)
    converters = _converters([*fields, *rest])
    stored = (_converted((*row, *defaults), converters) for row in rows)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in [*fields, *rest])  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
            ):
                for row in stored:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * (len(fields) + len(rest)))
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  names of ours
            list(stored),
        )


def update_rows(model: type[models.Model], names: Fields, rows: Iterable[Sequence[Any]]) -> None:
    """Set ``names`` of the rows whose primary key stands first in each tuple."""
    options = model._meta
    fields = [options.pk, *(options.get_field(name) for name in names)]
    converters = _converters(fields)
    quote = connection.ops.quote_name
    table = quote(options.db_table)
    changes = ", ".join(
        f"{quote(str(field.column))} = {_cast(field, f'v.column{place}')}"  # type: ignore[union-attr]
        for place, field in enumerate(fields[1:], 2)
    )
    pk = quote(str(options.pk.column))
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    size = MAX_PARAMETERS // len(fields)
    pending = [_converted(row, converters) for row in rows]
    with connection.cursor() as cursor:
        for start in range(0, len(pending), size):
            chunk = pending[start : start + size]
            values = ", ".join([marks] * len(chunk))
            cursor.execute(
                f"UPDATE {table} SET {changes} FROM (VALUES {values}) AS v "  # noqa: S608  ours
                f"WHERE {table}.{pk} = {_cast(options.pk, 'v.column1')}",
                [value for row in chunk for value in row],
            )


def _cast(field: Any, column: str) -> str:
    """PostgreSQL takes a list of values for text unless it is told; SQLite takes what comes."""
    if connection.vendor != "postgresql":
        return column
    return f"CAST({column} AS {field.rel_db_type(connection) if field.primary_key else field.db_type(connection)})"  # noqa: E501


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    if field.unique:
        raise TypeError(f"{field} must be given: it is another for every row.")
    return field.get_default()


def _converters(fields: Iterable[Any]) -> list[Callable[[Any], Any] | None]:
    """How each value is handed to the database; None: as it is."""
    return [_converter(field) for field in fields]


def _converter(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.UUIDField):
        return lambda value: value.hex if isinstance(value, UUID) else value
    if isinstance(field, models.DateTimeField):
        adapt = connection.ops.adapt_datetimefield_value
        return lambda value: adapt(value) if isinstance(value, datetime) else value
    return None


def _converted(row: Sequence[Any], converters: Sequence[Callable[[Any], Any] | None]) -> list[Any]:
    return [
        value if convert is None else convert(value)
        for value, convert in zip(row, converters, strict=True)
    ]
