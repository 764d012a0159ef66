"""From answers to scale scores: pure, without Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ENOUGH = 0.8
"""Share of a scale's items that must be answered for it to have a score."""


@dataclass(frozen=True, slots=True)
class KeyedItem:
    code: str
    scale: str
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """``mean`` in points of the answer options; None when too few items were answered."""

    scale: str
    mean: float | None
    answered: int
    of_items: int


def keyed(value: int, *, is_reversed: bool, minimum: int, maximum: int) -> int:
    """The value in the direction of the scale: reversed items count as min + max − x.

    Raises ValueError outside minimum..maximum.
    """
    if not minimum <= value <= maximum:
        raise ValueError(f"{value} is not between {minimum} and {maximum}")
    return minimum + maximum - value if is_reversed else value


def score(
    items: Sequence[KeyedItem],
    answers: Mapping[str, int | None],
    *,
    minimum: int,
    maximum: int,
) -> list[Score]:
    """A score for each scale, in the order in which the scales first appear among the items.

    ``answers``: item code → value, None or absent where there is none. The score is the mean of
    the answered items if at least 80 % of the scale's items were answered.
    """
    values: dict[str, list[int]] = {}
    counts: dict[str, int] = {}
    for item in items:
        counts[item.scale] = counts.get(item.scale, 0) + 1
        found = values.setdefault(item.scale, [])
        value = answers.get(item.code)
        if value is not None:
            found.append(
                keyed(value, is_reversed=item.is_reversed, minimum=minimum, maximum=maximum)
            )
    return [
        Score(
            scale=scale,
            mean=sum(found) / len(found) if len(found) >= ENOUGH * counts[scale] else None,
            answered=len(found),
            of_items=counts[scale],
        )
        for scale, found in values.items()
    ]
