"""Batches of rows: each in one transaction, and again row by row where that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from django.db import IntegrityError, OperationalError
from django.db.models import Max, Min, QuerySet

from courses.models import ImportRow

TRIES = 3
Row = TypeVar("Row")


def all_or_one_by_one(carry_out: Callable[[Sequence[Row]], None], rows: Sequence[Row]) -> None:
    """All at once; where another request got in between, one by one, so that none spoils others.

    ``carry_out`` is one transaction. Raises what the database says if it does so three times about
    a single row.
    """
    try:
        carry_out(rows)
        return
    except (IntegrityError, OperationalError):
        if len(rows) > 1:
            for row in rows:
                all_or_one_by_one(carry_out, [row])
            return
    for attempt in range(1, TRIES):
        try:
            carry_out(rows)
            return
        except (IntegrityError, OperationalError):
            if attempt == TRIES - 1:
                raise


def line_ranges(rows: QuerySet[ImportRow], *, size: int) -> Iterator[tuple[int, int]]:
    """First and last line of batches of at most ``size`` rows, in the order of the file.

    With both ends named the database reads a batch; with one and a limit, all that is left.
    """
    ends = rows.aggregate(first=Min("number"), last=Max("number"))
    if ends["first"] is not None:
        for start in range(ends["first"], ends["last"] + 1, size):
            yield start, start + size - 1
