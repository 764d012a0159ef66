"""Hiding small cells of a published row, so that subtraction does not bring them back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What may be published: ``cells`` in the shape of the input, None where hidden.

    ``total`` is None where it is not published. ``primary``: keys (or places) of cells that are
    small themselves; ``complementary``: of those hidden with them. Neither is for publication.
    """

    cells: Any
    total: int | None
    primary: tuple[Hashable, ...]
    complementary: tuple[Hashable, ...]


def suppress(
    cells: Mapping[Any, int] | Sequence[int], *, minimum: int, publish_total: bool
) -> Suppressed:
    """Cells of 1 to ``minimum`` − 1 people are hidden, and whatever would give them away.

    cells: counts by name or in order, each person in one cell only; 0 is nobody and no secret.
    With a published total, what is hidden is known as a sum: the smallest shown cells are hidden
    too until at least two cells are hidden and they add up to ``minimum`` or more (complementary
    suppression; Willenborg & de Waal 2001). Where no cell is left for that, the total is hidden
    instead. So 10 and 5 with a minimum of 6 become hidden, hidden, 15. A cell that is None already
    counts as hidden and of unknown size, and the total is not given then. Raises ValueError for a
    negative count or a minimum below 1.
    """
    if minimum < 1:
        raise ValueError("minimum must be at least 1")
    by_key = dict(cells.items()) if isinstance(cells, Mapping) else dict(enumerate(cells))
    known = {key: int(count) for key, count in by_key.items() if count is not None}
    if any(count < 0 for count in known.values()):
        raise ValueError("counts must not be negative")
    total = sum(known.values()) if len(known) == len(by_key) else None
    primary = [key for key, count in known.items() if 0 < count < minimum]
    hidden = list(primary)
    if publish_total and total is not None and hidden:
        others = sorted(
            (key for key, count in known.items() if count >= minimum),
            key=lambda key: (known[key], str(key)),
        )
        while (len(hidden) < 2 or sum(known[key] for key in hidden) < minimum) and others:
            hidden.append(others.pop(0))
        if len(hidden) < 2 or sum(known[key] for key in hidden) < minimum:
            total = None
    shown = {key: None if key in hidden else known.get(key) for key in by_key}
    return Suppressed(
        cells=shown if isinstance(cells, Mapping) else list(shown.values()),
        total=total if publish_total else None,
        primary=tuple(primary),
        complementary=tuple(hidden[len(primary) :]),
    )
