"""Signs of careless answering in one person's sheet: pure. They mark, and never delete.

Page times by Wood et al. (2017) and Bowling et al. (2023): pages answered faster than two seconds
an item. Instructed items by Meade & Craig (2012). Distances between people (Mahalanobis) are
computed over many, when a report is made (``psychometrics.mahalanobis``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.scoring import KeyedItem, Kind, Values

FAST_SECONDS = 2.0
"""Less than this for each value that was to be given."""
LONG_RUN_SHARE, LONG_RUN_ITEMS = 0.75, 8
FAST_PAGES = 2


@dataclass(frozen=True, slots=True)
class Attention:
    """Counts; ``longest_run``: labelled items in a row with the same answer."""

    fast_pages: int
    longest_run: int
    of_labelled: int
    failed_instructed: int

    @property
    def flags(self) -> tuple[str, ...]:
        """The signs that are there; two or more call for a look at results without the person."""
        found = []
        if self.fast_pages >= FAST_PAGES:
            found.append("fast")
        enough = max(LONG_RUN_ITEMS, LONG_RUN_SHARE * self.of_labelled)
        if self.of_labelled >= LONG_RUN_ITEMS and self.longest_run >= enough:
            found.append("run")
        if self.failed_instructed:
            found.append("instructed")
        return tuple(found)


def attention(
    items: Sequence[KeyedItem], answers: Mapping[str, Values], seconds: Mapping[str, float]
) -> Attention:
    """What the answers and page times of one sheet show.

    answers: item code → values of its parts. seconds: item code → time on its page; an item
    without a time is not counted as fast.
    """
    fast = sum(
        1
        for item in items
        if item.parts and item.code in seconds and seconds[item.code] < FAST_SECONDS * item.parts
    )
    labelled = [item for item in items if item.kind is Kind.LABELLED]
    run = longest = 0
    previous: int | None = None
    for item in labelled:
        values = answers.get(item.code, ())
        value = values[0] if values else None
        run = run + 1 if value is not None and value == previous else int(value is not None)
        previous = value
        longest = max(longest, run)
    failed = sum(
        1
        for item in items
        if item.kind is Kind.INSTRUCTED
        and (given := list(answers.get(item.code, ())))
        and given[0] != item.expected
    )
    return Attention(fast, longest, len(labelled), failed)
