"""How long somebody was there: the union of their stays; and how many at once. Without Django."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import datetime

Segment = tuple[datetime, datetime]


def merged_seconds(
    segments: Iterable[Segment], *, begins: datetime | None = None, ends: datetime | None = None
) -> int:
    """Seconds covered by at least one segment between ``begins`` and ``ends``.

    Two tabs at once count once; what lies outside the bounds does not count; a segment that ends
    before it begins counts nothing.
    """
    total = 0.0
    covered_until: datetime | None = None
    for start, end in sorted(segments):
        start = max(start, begins) if begins is not None else start
        end = min(end, ends) if ends is not None else end
        if covered_until is not None:
            start = max(start, covered_until)
        if end > start:
            total += (end - start).total_seconds()
            covered_until = end
    return int(total)


def present_at_once(
    stays: Iterable[tuple[Hashable, datetime, datetime]], *, begins: datetime, ends: datetime
) -> list[tuple[datetime, int]]:
    """How many people are there from each moment on at which somebody comes or goes, in order.

    A person with two tabs is one; whoever leaves as another comes is not there with them.
    """
    steps: dict[datetime, Counter[Hashable]] = {}
    for person, joined, left in stays:
        start, end = max(joined, begins), min(left, ends)
        if start < end:
            steps.setdefault(start, Counter())[person] += 1
            steps.setdefault(end, Counter())[person] -= 1
    tabs: Counter[Hashable] = Counter()
    changes = []
    for moment in sorted(steps):
        tabs.update(steps[moment])
        tabs = +tabs  # without those who have none left
        changes.append((moment, len(tabs)))
    return changes
