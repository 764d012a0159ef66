"""What changed between before and after: for one person, and for groups."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from assessments.models import Attempt, Scale, ScaleScore, Wave
from assessments.psychometrics import (
    PairedGain,
    ReliableChange,
    paired_gain,
    reliable_change,
)
from assessments.reference import ScaleReference, references
from courses.models import Enrollment
from lms.people.models import Consent

MINIMUM_GROUP = 10
"""Means of fewer pairs are not shown: people could be recognised in them."""


@dataclass(frozen=True)
class ScaleChange:
    """One scale of one person. ``change`` is None while an end is missing."""

    scale: Scale
    before: float | None
    after: float | None
    error: ReliableChange | None
    """Against measurement error, once enough people have answered to know it."""

    @property
    def change(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True)
class Gain:
    enrollment: Enrollment
    minimum: int
    maximum: int
    targets: tuple[ScaleChange, ...]
    controls: tuple[ScaleChange, ...]
    """Scales that the course does not train: shown apart."""
    has_before: bool
    has_after: bool

    @property
    def next_practice(self) -> Scale | None:
        """The trained scale where a little practice helps most: the lowest score now."""
        scored = [(c.after, c) for c in self.targets if c.after is not None]
        if not scored:
            return None
        return min(scored, key=lambda pair: pair[0])[1].scale


def gain_of(enrollment: Enrollment) -> Gain | None:
    """The person's own change; None before anything was submitted.

    Only attempts with one version of an instrument are compared: another wording is another
    measure.
    """
    attempts = list(
        Attempt.objects.submitted()
        .filter(enrollment=enrollment)
        .select_related("assessment", "instrument")
        .prefetch_related("scores")
        .order_by("submitted_at")
    )
    before = next((a for a in attempts if a.wave == Wave.PRE), None)
    version = before.instrument_id if before else None
    after = next(
        (a for a in attempts if a.wave == Wave.POST and version in (None, a.instrument_id)),
        None,
    )
    known = before or after
    if known is None:
        return None
    instrument = known.instrument
    known_error = references(instrument)
    means = [
        {s.scale_id: s.mean for s in attempt.scores.all()} if attempt else {}
        for attempt in (before, after)
    ]
    changes = [
        _change(scale, means[0].get(scale.pk), means[1].get(scale.pk), known_error.get(scale.code))
        for scale in instrument.scales.order_by("sort_order")
    ]
    return Gain(
        enrollment=enrollment,
        minimum=instrument.minimum,
        maximum=instrument.maximum,
        targets=tuple(c for c in changes if c.scale.is_target),
        controls=tuple(c for c in changes if not c.scale.is_target),
        has_before=before is not None,
        has_after=after is not None,
    )


def _change(
    scale: Scale, before: float | None, after: float | None, reference: ScaleReference | None
) -> ScaleChange:
    error = None
    if before is not None and after is not None and reference is not None:
        error = reliable_change(
            before, after, sd_pre=reference.sd, reliability=reference.reliability
        )
    return ScaleChange(scale, before, after, error)


@dataclass(frozen=True)
class ScaleGain:
    """One scale of a group; the numbers are None when the group is too small to show."""

    scale_code: str
    scale_title: str
    is_target: bool
    n: int
    mean_pre: float | None
    mean_post: float | None
    mean_gain: float | None
    ci_low: float | None
    ci_high: float | None
    is_suppressed: bool


AGREED = Q(learner__is_synthetic=True) | Q(
    learner__in=Consent.objects.filter(purpose=Consent.Purpose.ANSWERS, withdrawn_at=None).values(
        "user"
    )
)
"""Enrolments whose answers may count in group results."""


def group_gains(enrollments: QuerySet[Enrollment]) -> list[ScaleGain]:
    """Mean gain of each scale over the people of ``enrollments`` who submitted both waves.

    Only people who agreed that their answers count in group results are in it (and the made-up
    people of the demo, who cannot be asked). One query. Instruments are never mixed: each version
    of a scale has its own row.
    """
    rows = (
        ScaleScore.objects.filter(
            attempt__enrollment__in=enrollments.filter(AGREED),
            attempt__submitted_at__isnull=False,
            attempt__erased_at=None,
            attempt__wave__in=[Wave.PRE, Wave.POST],
            mean__isnull=False,
        )
        .order_by("scale__instrument_id", "scale__sort_order")
        .values_list(
            "scale_id",
            "scale__code",
            "scale__title",
            "scale__role",
            "attempt__enrollment_id",
            "attempt__wave",
            "mean",
        )
    )
    scales: dict[int, tuple[str, str, bool]] = {}
    waves: dict[int, dict[str, dict[int, float]]] = {}
    for scale_id, code, title, role, enrollment_id, wave, mean in rows.iterator():
        scales[scale_id] = (code, title, role == Scale.Role.TARGET)
        found = waves.setdefault(scale_id, {Wave.PRE: {}, Wave.POST: {}})
        assert mean is not None  # the query leaves missing ones out
        found[wave][enrollment_id] = mean
    return [_group_gain(scales[scale_id], found) for scale_id, found in waves.items()]


def _group_gain(scale: tuple[str, str, bool], waves: dict[str, dict[int, float]]) -> ScaleGain:
    before, after = waves[Wave.PRE], waves[Wave.POST]
    both = [key for key in before if key in after]
    gain: PairedGain = paired_gain([before[k] for k in both], [after[k] for k in both])
    if gain.n < MINIMUM_GROUP:
        return ScaleGain(*scale, gain.n, None, None, None, None, None, is_suppressed=True)
    return ScaleGain(
        *scale,
        n=gain.n,
        mean_pre=gain.mean_pre,
        mean_post=gain.mean_post,
        mean_gain=gain.mean_diff,
        ci_low=gain.ci_low,
        ci_high=gain.ci_high,
        is_suppressed=False,
    )
