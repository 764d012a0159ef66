"""How long somebody was there: the union of their stays. Pure, without Django."""

from __future__ import annotations

from collections.abc import Iterable
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
