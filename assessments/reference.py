"""How exactly an instrument measures, learnt from the people who have answered it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.core.cache import cache

from assessments.answering import items_of
from assessments.models import Attempt, Instrument, Wave
from assessments.psychometrics import cronbach_alpha
from assessments.scoring import keyed

ENOUGH_PEOPLE = 100
"""Fewer than this do not give a reliability worth using (evidence design, minimum n)."""
ENOUGH_RELIABILITY = 0.8
"""Below this, no statement is made about one person's change (evidence design, decision 6)."""
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class ScaleReference:
    """Standard deviation before the course, and reliability (Cronbach's α), of one scale."""

    sd: float
    reliability: float
    n: int


def references(instrument: Instrument) -> dict[str, ScaleReference]:
    """Scale code → reference, for scales that are known well enough to judge one person's change.

    Computed from the real people's answers before the course and kept for an hour.
    """
    return cache.get_or_set(
        f"reference:{instrument.pk}", lambda: _compute(instrument), timeout=KEPT_SECONDS
    )


def _compute(instrument: Instrument) -> dict[str, ScaleReference]:
    vectors = list(
        Attempt.objects.submitted()
        .filter(
            instrument=instrument,
            assessment__wave=Wave.PRE,
            enrollment__learner__is_synthetic=False,
        )
        .values_list("answers", flat=True)
    )
    if len(vectors) < ENOUGH_PEOPLE:
        return {}
    items = items_of(instrument)
    table = np.array(
        [
            [
                np.nan
                if value is None
                else keyed(
                    value,
                    is_reversed=item.is_reversed,
                    minimum=instrument.minimum,
                    maximum=instrument.maximum,
                )
                for item, value in zip(items, vector, strict=True)
            ]
            for vector in vectors
        ]
    )
    found = {}
    for code in dict.fromkeys(item.scale_code for item in items):
        columns = table[:, [item.scale_code == code for item in items]]
        complete = columns[np.isfinite(columns).all(axis=1)]
        alpha = cronbach_alpha(complete).alpha
        if len(complete) >= ENOUGH_PEOPLE and alpha is not None and alpha >= ENOUGH_RELIABILITY:
            deviation = float(complete.mean(axis=1).std(ddof=1))
            found[code] = ScaleReference(deviation, alpha, len(complete))
    return found
