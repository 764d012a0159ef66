"""Hiding small cells so that nobody can be recognised, nor worked out from the totals. Pure.

A count of 1 to 4 people is hidden (primary suppression). The total of a table stands beside it,
so a lone hidden cell would follow by subtraction: further rows are hidden with it until what is
hidden in each column adds up to twice the minimum (complementary suppression; Willenborg and
de Waal 2001, chapter 3). All hidden cells look alike: which were small is not told. A row is
hidden in all its columns together, because its columns follow from one another.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

SMALLEST_CELL = 5
SMALLEST_MEAN = 10


def is_small(count: int, *, minimum: int = SMALLEST_CELL) -> bool:
    """Whether a count points at few people; nobody at all is no secret."""
    return 0 < count < minimum


def hidden_rows(
    table: Mapping[Key, Sequence[int]], *, minimum: int = SMALLEST_CELL
) -> frozenset[Key]:
    """The rows of ``table`` (counts by column, all rows of one length) that must not be shown.

    The totals of the columns are taken to be known.
    """
    hidden = {
        key for key, counts in table.items() if any(is_small(n, minimum=minimum) for n in counts)
    }
    others = sorted(
        (key for key in table if key not in hidden), key=lambda key: (sum(table[key]), str(key))
    )
    while others and _can_be_worked_out(table, hidden, minimum):
        hidden.add(others.pop(0))
    return frozenset(hidden)


def _can_be_worked_out(table: Mapping[Key, Sequence[int]], hidden: set[Key], minimum: int) -> bool:
    """Whether the totals less the shown rows say too much about the hidden ones."""
    if not hidden:
        return False
    sums = [sum(column) for column in zip(*(table[key] for key in hidden), strict=True)]
    return any(0 < total < 2 * minimum for total in sums) or len(hidden) == 1
