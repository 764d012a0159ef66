"""The headline from the totals that stand in the attempts: one aggregate in the database."""

from __future__ import annotations

from math import sqrt

from django.db.models import Count, F, FilteredRelation, FloatField, Q, Sum
from django.db.models.functions import Cast

from assessments.gains import AGREED
from assessments.models import Instrument, Wave
from assessments.psychometrics import PairedGain, paired_gain_from_summary
from courses.models import Course, Enrollment


def headline_from_totals(course: Course, instrument: Instrument) -> PairedGain:
    """Gain of self-report in points of 100, over everybody who answered twice and agreed.

    Sums of scores, of their squares and of their products: enough for all of ``PairedGain``.
    """
    low, high = instrument.minimum, instrument.maximum
    pairs = (
        Enrollment.objects.filter(AGREED, cohort__course=course)
        .annotate(before=_wave(Wave.PRE, instrument), after=_wave(Wave.POST, instrument))
        .filter(before__self_report__isnull=False, after__self_report__isnull=False)
        .order_by()
    )
    x, y = (Cast(F(f"{end}__self_report"), FloatField()) - low for end in ("before", "after"))
    sums = pairs.aggregate(
        n=Count("pk"), x=Sum(x), y=Sum(y), xx=Sum(x * x), yy=Sum(y * y), xy=Sum(x * y)
    )
    n = sums["n"]
    if n < 2:
        return PairedGain(n, reason="too_few")
    means = sums["x"] / n, sums["y"] / n
    variances = [
        max(0.0, (sums[square] - n * mean * mean) / (n - 1))
        for square, mean in zip(("xx", "yy"), means, strict=True)
    ]
    covariance = (sums["xy"] - n * means[0] * means[1]) / (n - 1)
    product = sqrt(variances[0] * variances[1])
    scale = 100 / (high - low)
    return paired_gain_from_summary(
        means[0] * scale,
        means[1] * scale,
        sqrt(variances[0]) * scale,
        sqrt(variances[1]) * scale,
        max(-1.0, min(1.0, covariance / product)) if product else 0.0,
        n,
    )


def _wave(wave: str, instrument: Instrument) -> FilteredRelation:
    return FilteredRelation(
        "attempts",
        condition=Q(
            attempts__instrument=instrument,
            attempts__wave=wave,
            attempts__submitted_at__isnull=False,
            attempts__erased_at=None,
        ),
    )
