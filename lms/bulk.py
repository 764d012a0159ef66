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

import msgspec
from django.db import connection, models
from django.utils import timezone

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
    """Set ``names`` of the rows whose primary key stands first in each tuple.

    Inside a transaction: on PostgreSQL the values go through a temporary table.
    """
    options = model._meta
    fields: list[Any] = [options.pk, *(options.get_field(name) for name in names)]
    converters = _converters(fields)
    pending = [_converted(row, converters) for row in rows]
    if not pending:
        return
    quote = connection.ops.quote_name
    table, pk = quote(options.db_table), quote(str(options.pk.column))
    columns = [quote(str(field.column)) for field in fields[1:]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            named = [f"c{place} {_type(field)}" for place, field in enumerate(fields)]
            changes = ", ".join(f"{column} = v.c{n}" for n, column in enumerate(columns, 1))
            cursor.execute(f"CREATE TEMP TABLE bulk_update ({', '.join(named)}) ON COMMIT DROP")
            with cursor.cursor.copy("COPY bulk_update FROM STDIN") as copy:
                for row in pending:
                    copy.write_row(row)
            cursor.execute(
                f"UPDATE {table} SET {changes} FROM bulk_update v WHERE {table}.{pk} = v.c0"  # noqa: S608
            )
            cursor.execute("DROP TABLE bulk_update")
            return
        changes = ", ".join(f"{column} = %s" for column in columns)
        cursor.executemany(
            f"UPDATE {table} SET {changes} WHERE {pk} = %s",  # noqa: S608  names of ours
            [[*values, key] for key, *values in pending],
        )


def _type(field: Any) -> str:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


@models.Field.register_lookup
class AnyOf(models.Lookup):
    """``field__any_of=[…]``: like ``in``, but thousands of values travel as one parameter."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
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
    if isinstance(field, models.JSONField):
        return lambda value: msgspec.json.encode(value).decode()
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.UUIDField):
        return lambda value: value.hex if isinstance(value, UUID) else value
    if isinstance(field, models.DateTimeField):
        adapt = connection.ops.adapt_datetimefield_value
        return lambda value: adapt(value) if isinstance(value, datetime) else value
    return None


def _converted(row: Sequence[Any], converters: Converters) -> list[Any]:
    values = list(row)
    for place, convert in converters:
        values[place] = convert(values[place])
    return values
