"""From answers to points and scale scores: pure, without Django.

Every kind of item becomes points on its scale's own range: a labelled item its keyed value, a
vignette or a recognition task 0..2, satisfaction 0..10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

ENOUGH = 0.8
"""Share of a scale's items that must be answered for it to have a score."""
BEST_POINTS = 2.0
"""For naming what most experts named; 1 for the answer beside it (mode scoring)."""

Values = Sequence[int | None]
"""The answers to the parts of one item, None where there is none."""


class Kind(StrEnum):
    LABELLED = "labelled"
    RATE_EACH = "rate_each"
    BEST_WORST = "best_worst"
    RECOGNITION = "recognition"
    SATISFACTION = "satisfaction"
    INSTRUCTED = "instructed"
    REFLECTION = "reflection"


JUDGEMENT_KINDS = frozenset({Kind.RATE_EACH, Kind.BEST_WORST, Kind.RECOGNITION})
UNSCORED_KINDS = frozenset({Kind.INSTRUCTED, Kind.REFLECTION})


@dataclass(frozen=True, slots=True)
class KeyedChoice:
    """One option of a vignette or of a recognition task.

    ``key``: for a vignette the rating that most experts gave; for recognition its points, 0..2.
    None: the option is not keyed, so it is shown but earns nothing.
    """

    key: int | None
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class KeyedItem:
    """``minimum``, ``maximum``: the lowest and the highest value that an answer may have."""

    code: str
    scale: str
    is_reversed: bool = False
    kind: Kind = Kind.LABELLED
    minimum: int = 0
    maximum: int = 4
    choices: tuple[KeyedChoice, ...] = ()
    expected: int | None = None
    """What an instructed item asks to choose."""

    @property
    def parts(self) -> int:
        """How many values an answer has: one a rated option, the best and the worst, or one."""
        if self.kind is Kind.REFLECTION:
            return 0
        if self.kind is Kind.RATE_EACH:
            return len(self.choices)
        return 2 if self.kind is Kind.BEST_WORST else 1


@dataclass(frozen=True, slots=True)
class Score:
    """``mean`` in points of the scale's range; None when too few items were answered."""

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


def points(item: KeyedItem, values: Values) -> float | None:
    """What an answer earns; None without a complete answer, and for items that are not scored.

    Vignettes by mode scoring: 2 for the experts' rating, 1 for the one beside it, 0 else, as the
    mean over the options; for best and worst against the highest and the lowest keyed option. A
    vignette in which an unsafe option is called good earns 0 (see ``is_critical_error``).
    """
    if item.kind in UNSCORED_KINDS or len(values) != item.parts:
        return None
    given = [value for value in values if value is not None]
    if not given or len(given) < item.parts:
        return None
    if item.kind in JUDGEMENT_KINDS:
        return 0.0 if is_critical_error(item, values) else _judged(item, given)
    return float(
        keyed(given[0], is_reversed=item.is_reversed, minimum=item.minimum, maximum=item.maximum)
    )


def is_critical_error(item: KeyedItem, values: Values) -> bool:
    """Whether an option that harms was called good: rated above the middle, or chosen."""
    if item.kind is Kind.RATE_EACH:
        middle = (item.minimum + item.maximum) / 2
        return any(
            choice.is_critical and value is not None and value > middle
            for choice, value in zip(item.choices, values, strict=False)
        )
    if item.kind in (Kind.BEST_WORST, Kind.RECOGNITION) and values and values[0] is not None:
        return item.choices[values[0]].is_critical
    return False


def _judged(item: KeyedItem, values: Sequence[int]) -> float | None:
    if item.kind is Kind.RECOGNITION:
        key = item.choices[values[0]].key
        return None if key is None else float(min(max(key, 0), BEST_POINTS))
    if item.kind is Kind.RATE_EACH:
        rated = [
            _near(value, choice.key)
            for choice, value in zip(item.choices, values, strict=True)
            if choice.key is not None
        ]
        return sum(rated) / len(rated) if rated else None
    keys = [choice.key for choice in item.choices if choice.key is not None]
    chosen = [item.choices[value].key for value in values]
    if not keys or None in chosen or values[0] == values[1]:
        return 0.0 if keys else None
    best, worst = chosen
    assert best is not None
    assert worst is not None
    return (_near(best, max(keys)) + _near(worst, min(keys))) / 2


def _near(value: int, key: int) -> float:
    return max(0.0, BEST_POINTS - abs(value - key))


def score(items: Sequence[KeyedItem], answers: Mapping[str, Values]) -> list[Score]:
    """A score for each scale, in the order in which the scales first appear among the items.

    ``answers``: item code → values of its parts; absent where there is no answer. The score is
    the mean of the answered items if at least 80 % of the scale's items were answered.
    """
    earned: dict[str, list[float]] = {}
    counts: dict[str, int] = {}
    for item in items:
        if item.kind in UNSCORED_KINDS:
            continue
        counts[item.scale] = counts.get(item.scale, 0) + 1
        found = earned.setdefault(item.scale, [])
        won = points(item, answers.get(item.code, ()))
        if won is not None:
            found.append(won)
    return [
        Score(
            scale=scale,
            mean=mean_if_enough(found, counts[scale]),
            answered=len(found),
            of_items=counts[scale],
        )
        for scale, found in earned.items()
    ]


def mean_if_enough(found: Sequence[float], of_items: int) -> float | None:
    """The mean of what was answered if that is at least 80 % of the items."""
    return sum(found) / len(found) if found and len(found) >= ENOUGH * of_items else None


def critical_errors(items: Sequence[KeyedItem], answers: Mapping[str, Values]) -> list[str]:
    """Codes of the vignettes in which an unsafe option was called good."""
    return [item.code for item in items if is_critical_error(item, answers.get(item.code, ()))]
