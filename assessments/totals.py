"""What is written down of a submitted sheet: scale scores and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.models import Attempt, Scale, ScaleScore, Wave
from assessments.scoring import Score, critical_errors, mean_if_enough, points, score
from assessments.sheets import Sheet
from assessments.vectors import by_item


@dataclass(frozen=True)
class Totals:
    """``self_report``: mean of the trained self-report scales of which more is better, all of
    them scored. ``judgement``: mean of the judgement scales, 0..2. ``yardstick``: mean of the
    items that are asked again looking back.
    """

    scores: tuple[Score, ...]
    self_report: float | None
    judgement: float | None
    yardstick: float | None
    critical_errors: int


def totals_of(sheet: Sheet, values: Sequence[int | None]) -> Totals:
    """The totals of values in the order of the sheet.

    A sheet that looks back has no scale scores: it asks a few items of each scale only.
    """
    answers = by_item(sheet.keyed, values)
    again = [
        keyed
        for item, keyed in zip(sheet.items, sheet.keyed, strict=True)
        if item.is_asked_looking_back
    ]
    found = [points(item, answers[item.code]) for item in again]
    yardstick = mean_if_enough([value for value in found if value is not None], len(again))
    if sheet.wave == Wave.THEN:
        return Totals((), None, None, yardstick, 0)
    scores = tuple(score(sheet.keyed, answers))
    return Totals(
        scores=scores,
        self_report=_mean(sheet, scores, Scale.Strand.SELF_REPORT),
        judgement=_mean(sheet, scores, Scale.Strand.JUDGEMENT),
        yardstick=yardstick,
        critical_errors=len(critical_errors(sheet.keyed, answers)),
    )


def _mean(sheet: Sheet, scores: Sequence[Score], strand: str) -> float | None:
    """The mean of the trained scales of a strand; None while one of them has no score."""
    means = [
        found.mean
        for found in scores
        if (scale := sheet.scales[found.scale]).strand == strand
        and scale.is_target
        and scale.higher_is_better
    ]
    known = [mean for mean in means if mean is not None]
    return sum(known) / len(known) if known and len(known) == len(means) else None


def write_totals(attempt: Attempt, totals: Totals) -> None:
    """Put the totals into the attempt; the caller saves it."""
    attempt.self_report = totals.self_report
    attempt.judgement = totals.judgement
    attempt.yardstick = totals.yardstick
    attempt.critical_errors = totals.critical_errors


TOTALS = ("self_report", "judgement", "yardstick", "critical_errors")


def score_rows(attempt: Attempt, sheet: Sheet, totals: Totals) -> list[ScaleScore]:
    """Unsaved scores of an attempt."""
    return [
        ScaleScore(
            attempt=attempt,
            scale=sheet.scales[found.scale],
            mean=found.mean,
            answered=found.answered,
            of_items=found.of_items,
        )
        for found in totals.scores
    ]
