"""Many submitted attempts at once, for imports and the synthetic programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments.answering import items_of, scales_of, scores_of
from assessments.models import Assessment, Attempt, ScaleScore
from courses.models import Enrollment

BATCH = 500


@transaction.atomic
def record_attempts(
    assessment: Assessment,
    rows: Iterable[tuple[Enrollment, list[int | None], datetime]],
) -> int:
    """Store submitted attempts with their scores; returns how many.

    rows: enrolment, values in the order of the items (None where there is none), when submitted.
    Writes neither single answers nor the ledger: the caller records completions itself.
    """
    instrument = assessment.instrument
    items, scales = items_of(instrument), scales_of(instrument)
    attempts = [
        Attempt(
            enrollment=enrollment,
            assessment=assessment,
            instrument=instrument,
            submitted_at=submitted_at,
            answers=answers,
        )
        for enrollment, answers, submitted_at in rows
    ]
    Attempt.objects.bulk_create(attempts, batch_size=BATCH)
    scores = [
        found for attempt in attempts for found in scores_of(attempt, items=items, scales=scales)
    ]
    ScaleScore.objects.bulk_create(scores, batch_size=BATCH)
    if instrument.frozen_at is None and attempts:
        type(instrument).objects.filter(pk=instrument.pk).update(frozen_at=timezone.now())
    return len(attempts)
