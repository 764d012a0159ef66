"""The charts of a report; every number in them stands in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from frontend.charts import Dot, bar_rows, dot_intervals
from lms.insights.reports.content import Estimate, RegionLine, Regions
from lms.insights.reports.wording import count, signed, span


def flow_chart(stages: Sequence[tuple[str, int | None]]) -> str:
    """Bars, only when none is hidden: a gap could be measured."""
    known = [(label, number) for label, number in stages if number is not None]
    if len(known) < len(stages) or not known or not known[0][1]:
        return ""
    if any(number > known[0][1] for _label, number in known):
        return ""
    return bar_rows(
        known,
        total=known[0][1],
        title=_("From enrolment to the last answer"),
        description=", ".join(f"{label}: {count(number)}" for label, number in known),
    )


def facets_chart(facets: Sequence[tuple[str, Estimate]], practice: float | None) -> str:
    rows = [
        (title, [Dot(estimate.gain, estimate.interval)])
        for title, estimate in facets
        if estimate.gain is not None
    ]
    if not rows:
        return ""
    return dot_intervals(
        rows,
        title=_("Change of each scale in points of 100, with its interval of 95%"),
        description=_describe(rows),
        number=signed,
        dotted=practice,
        dotted_label=_("those who waited"),
    )


def regions_chart(lines: Sequence[tuple[str, RegionLine]], found: Regions) -> str:
    rows = []
    for name, line in lines:
        if line.gain is None:
            continue
        dots = [Dot(line.gain, line.interval)]
        if line.shrunken is not None:
            dots.append(Dot(line.shrunken, line.shrunken_interval, is_hollow=True))
        rows.append((name, dots))
    if not rows:
        return ""
    return dot_intervals(
        rows,
        title=_("Change of each region in points of 100, with its interval of 95%"),
        description=_describe(rows),
        number=signed,
        dotted=found.mean,
        dotted_label=_("mean of the programme"),
        legend="" if found.mean is None else _("● plain   ○ shrunken"),
    )


def _describe(rows: Sequence[tuple[str, Sequence[Dot]]]) -> str:
    parts = []
    for label, dots in rows:
        dot = dots[0]
        interval = f" ({span(dot.interval)})" if dot.interval else ""
        parts.append(f"{label}: {signed(dot.value)}{interval}")
    return "; ".join(parts)
