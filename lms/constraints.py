"""Telling which rule of the database an IntegrityError is about."""

from __future__ import annotations

from django.db import IntegrityError, models


def violates(error: IntegrityError, model: type[models.Model], name: str) -> bool:
    """Whether ``error`` is about ``name``: a unique constraint of ``model``, or its unique field.

    PostgreSQL says the name of the rule; SQLite says the columns.
    """
    options = model._meta
    constraint = next((c for c in options.constraints if c.name == name), None)
    fields = getattr(constraint, "fields", None) or (name,)
    columns = [str(options.get_field(field).column) for field in fields]  # type: ignore[union-attr]
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    if diagnosis is not None:
        made_by_django = "_".join([options.db_table, *columns, "key"])
        return diagnosis.constraint_name in (name, made_by_django)
    listed = ", ".join(f"{options.db_table}.{column}" for column in columns)
    return str(cause) == f"UNIQUE constraint failed: {listed}"
