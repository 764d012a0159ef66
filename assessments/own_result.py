"""What changed for one person: their own scales, wave by wave, against the error of measuring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Attempt, Instrument, Response, Scale, ScaleScore, Wave
from assessments.psychometrics import ReliableChange, reliable_change, sem_from_reliability
from assessments.reference import ScaleReference, forget_references, references
from assessments.windows import BEFORE, Standing, Window, window_of
from courses.models import Enrollment


@dataclass(frozen=True)
class ScaleChange:
    """One scale of one person, in points of ``span``. None: not answered, or too little."""

    scale: Scale
    span: tuple[int, int]
    before: float | None
    after: float | None
    later: float | None
    """Some weeks after the course."""
    error: ReliableChange | None = None
    """Against measurement error, once enough people have answered to know it."""
    band: float | None = None
    """One standard error of measurement, in points."""

    @property
    def change(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True)
class Yardstick:
    """The same few questions before, looking back, and after; means in points of ``span``."""

    before: float
    looking_back: float
    after: float
    span: tuple[int, int]


@dataclass(frozen=True)
class FollowUp:
    """The questionnaire some weeks after: when it opens or closes, or that it was sent."""

    assessment: Assessment
    window: Window
    standing: Standing
    is_sent: bool


@dataclass(frozen=True)
class OwnResult:
    enrollment: Enrollment
    instrument: Instrument
    changes: tuple[ScaleChange, ...]
    yardstick: Yardstick | None
    follow_up: FollowUp | None
    sent: dict[str, datetime]
    """When each wave was sent."""

    def of(self, role: str, *, strand: str | None = None) -> list[ScaleChange]:
        return [
            change
            for change in self.changes
            if change.scale.role == role and strand in (None, change.scale.strand)
        ]

    @property
    def own(self) -> list[ScaleChange]:
        """What the course trains, as the person says of themselves."""
        return self.of(Scale.Role.TARGET, strand=Scale.Strand.SELF_REPORT)

    @property
    def has_before(self) -> bool:
        return any(wave in self.sent for wave in BEFORE)

    @property
    def has_after(self) -> bool:
        return Wave.POST in self.sent

    @property
    def is_normed(self) -> bool:
        return self.instrument.is_normed

    @property
    def next_practice(self) -> Scale | None:
        """The trained scale where a little practice helps most: the lowest score now."""
        scored = [
            (latest, change.scale)
            for change in self.own
            if change.scale.higher_is_better and change.scale.next_practice
            for latest in [_latest(change)]
            if latest is not None
        ]
        return min(scored, key=lambda pair: pair[0])[1] if scored else None


def _latest(change: ScaleChange) -> float | None:
    known = [value for value in (change.later, change.after, change.before) if value is not None]
    return known[0] if known else None


def own_result(enrollment: Enrollment) -> OwnResult | None:
    """The person's own result; None while nothing was submitted, or everything was erased.

    Only attempts with one version of an instrument are compared: another wording is another
    measure. Where the versions differ, the last one counts.
    """
    attempts = list(
        Attempt.objects.submitted()
        .filter(enrollment=enrollment)
        .select_related("instrument")
        .prefetch_related("scores")
        .order_by("submitted_at", "pk")
    )
    if not attempts:
        return None
    main = _main_instrument(attempts)
    by_wave = {attempt.wave: attempt for attempt in attempts if attempt.instrument_id == main.pk}
    before = last_before(by_wave)
    means = [
        {score.scale_id: score.mean for score in attempt.scores.all()} if attempt else {}
        for attempt in (before, by_wave.get(Wave.POST), by_wave.get(Wave.FOLLOW_UP))
    ]
    known_error = references(main)
    return OwnResult(
        enrollment=enrollment,
        instrument=main,
        changes=tuple(
            _change(scale, means, known_error.get(scale.code))
            for scale in main.scales.order_by("sort_order", "pk")
        ),
        yardstick=_yardstick(main, before, by_wave.get(Wave.THEN), by_wave.get(Wave.POST)),
        follow_up=_follow_up(enrollment, by_wave),
        sent={wave: attempt.submitted_at for wave, attempt in by_wave.items()},
    )


def last_before(by_wave: Mapping[str, Attempt]) -> Attempt | None:
    """What the time after is compared with, here and in reports: the last time before the course.

    For those who waited it is the second one (evidence design, 2.4: T0 lies days before). One that
    was sent after the answers after tells nothing of the time before.
    """
    after = by_wave.get(Wave.POST)
    found = [
        by_wave[wave]
        for wave in reversed(BEFORE)
        if wave in by_wave and (after is None or by_wave[wave].is_sent_before(after))
    ]
    return found[0] if found else None


def _main_instrument(attempts: Sequence[Attempt]) -> Instrument:
    """The version with both ends; among several, or without one, the last that was answered."""
    waves: dict[int, set[str]] = {}
    for attempt in attempts:
        waves.setdefault(attempt.instrument_id, set()).add(attempt.wave)
    whole = [
        attempt.instrument
        for attempt in attempts
        if Wave.POST in waves[attempt.instrument_id] and waves[attempt.instrument_id] & set(BEFORE)
    ]
    return whole[-1] if whole else attempts[-1].instrument


def _change(
    scale: Scale, means: list[dict[int, float | None]], reference: ScaleReference | None
) -> ScaleChange:
    before, after, later = (found.get(scale.pk) for found in means)
    error = band = None
    if reference is not None:
        band = sem_from_reliability(reference.sd, reference.reliability)
        if before is not None and after is not None:
            error = reliable_change(
                before,
                after,
                sd_pre=reference.sd,
                reliability=reference.reliability,
                higher_is_better=scale.higher_is_better,
            )
    return ScaleChange(scale, scale.span, before, after, later, error, band)


def _yardstick(
    instrument: Instrument, before: Attempt | None, then: Attempt | None, after: Attempt | None
) -> Yardstick | None:
    found = [attempt.yardstick if attempt else None for attempt in (before, then, after)]
    first, back, last = found
    if first is None or back is None or last is None:
        return None
    return Yardstick(first, back, last, (instrument.minimum, instrument.maximum))


def _follow_up(enrollment: Enrollment, by_wave: dict[str, Attempt]) -> FollowUp | None:
    assessment = (
        Assessment.objects.live()
        .descendant_of(enrollment.cohort.course)
        .filter(wave=Wave.FOLLOW_UP)
        .first()
    )
    if assessment is None:
        return None
    window = window_of(assessment, enrollment)
    return FollowUp(assessment, window, window.standing(timezone.now()), Wave.FOLLOW_UP in by_wave)


@transaction.atomic
def erase_answers(enrollment: Enrollment) -> int:
    """Erase what the person answered in this enrolment; returns how many questionnaires.

    Sent ones stay as empty shells, so that what was completed stays completed and nobody is asked
    twice; drafts are gone. It cannot be undone.
    """
    attempts = list(
        Attempt.objects.select_for_update().filter(enrollment=enrollment, erased_at=None)
    )
    forget_references(attempt.instrument_id for attempt in attempts)
    Response.objects.filter(attempt__in=attempts).delete()
    ScaleScore.objects.filter(attempt__in=attempts).delete()
    now = timezone.now()
    for attempt in attempts:
        if attempt.submitted_at is None:
            attempt.delete()
            continue
        attempt.vector, attempt.erased_at = None, now
        attempt.self_report = attempt.judgement = attempt.yardstick = None
        attempt.critical_errors, attempt.item_seconds = 0, {}
        attempt.fast_pages = attempt.longest_run = attempt.failed_instructed = None
        attempt.save()
    return len(attempts)
