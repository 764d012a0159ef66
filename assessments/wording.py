"""Saying a person's change in words first, and drawing it."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessments.gains import Gain, ScaleChange
from frontend.charts import before_after_chart

SAME = 0.05
"""Smaller differences round to nothing at one decimal."""


def points(value: float) -> str:
    return number_format(value, decimal_pos=1)


def sentence_of(change: ScaleChange, maximum: int) -> str:
    """What happened on one scale, as a sentence without praise or blame."""
    names = {"scale": change.scale.title, "maximum": maximum}
    if change.before is None and change.after is None:
        return _("“%(scale)s”: too few answers to say anything.") % names
    if change.before is None or change.after is None:
        known = change.after if change.before is None else change.before
        assert known is not None
        names |= {"value": points(known)}
        return _("“%(scale)s”: %(value)s out of %(maximum)s; the other end is missing.") % names
    names |= {"before": points(change.before), "after": points(change.after)}
    difference = change.after - change.before
    if abs(difference) < SAME:
        return _("“%(scale)s”: it was and is %(after)s out of %(maximum)s.") % names
    return _("“%(scale)s”: it was %(before)s, now it is %(after)s out of %(maximum)s.") % names


def chart_of(gain: Gain) -> SafeString:
    """Before and after of every scale that has both, as SVG; empty when none has."""
    rows = [
        (change.scale.title, change.before, change.after)
        for change in (*gain.targets, *gain.controls)
        if change.before is not None and change.after is not None
    ]
    if not rows:
        return mark_safe("")
    svg = before_after_chart(
        rows,
        minimum=gain.minimum,
        maximum=gain.maximum,
        title=_("Before and after"),
        description=_("For each scale a dot before and a dot after; the table has the numbers."),
        before_label=_("before"),
        after_label=_("after"),
        number=points,
    )
    return mark_safe(svg)  # noqa: S308  the chart escapes its labels
