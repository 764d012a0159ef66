"""The headline from the totals that stand in the attempts: one aggregate in the database."""

from __future__ import annotations

from math import sqrt

from django.db.models import Case, Count, F, FilteredRelation, Q, Sum, When

from assessments.gains import agreed
from assessments.models import Attempt, Instrument, Wave
from assessments.psychometrics import PairedGain, paired_gain_from_summary
from courses.models import Course, Enrollment


def headline_from_totals(course: Course, instrument: Instrument) -> PairedGain:
    """Gain of self-report in points of 100, over everybody who answered twice and agreed.

    Sums of scores, of their squares and of their products: enough for all of ``PairedGain``. Of
    those who waited, the last questionnaire before the course counts.
    """
    cohorts = list(course.cohorts.values_list("pk", flat=True))
    pairs = (
        Enrollment.objects.filter(agreed(), cohort__in=cohorts)
        .annotate(before=_wave(Wave.PRE, instrument), after=_wave(Wave.POST, instrument))
        .filter(
            after__self_report__isnull=False,
            before__submitted_at__lte=F("after__submitted_at"),
        )
        .order_by()
    )
    first: F | Case = F("before__self_report")
    again = Attempt.objects.submitted().filter(
        instrument=instrument, wave=Wave.PRE_AGAIN, enrollment__cohort__in=cohorts
    )
    if again.exists():
        pairs = pairs.annotate(again=_wave(Wave.PRE_AGAIN, instrument))
        is_last = Q(again__submitted_at__lte=F("after__submitted_at"))
        first = Case(When(is_last, then=F("again__self_report")), default=first)
    pairs = pairs.annotate(first=first).filter(first__isnull=False)
    x, y = F("first"), F("after__self_report")
    sums = pairs.aggregate(
        n=Count("*"), x=Sum(x), y=Sum(y), xx=Sum(x * x), yy=Sum(y * y), xy=Sum(x * y)
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
    low, scale = instrument.minimum, 100 / (instrument.maximum - instrument.minimum)
    return paired_gain_from_summary(
        (means[0] - low) * scale,
        (means[1] - low) * scale,
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
