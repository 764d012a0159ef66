"""Many submitted attempts at once, for imports and the synthetic programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Attempt, ScaleScore
from assessments.sheets import sheet_of
from assessments.totals import score_rows, totals_of, write_totals
from assessments.vectors import pack
from courses.models import Enrollment

BATCH = 500


@transaction.atomic
def record_attempts(
    assessment: Assessment,
    rows: Iterable[tuple[Enrollment, list[int | None], datetime]],
    *,
    form: str = "",
) -> int:
    """Store submitted attempts with their scores; returns how many.

    rows: enrolment, values in the order of the sheet of ``form`` (None where there is none), when
    submitted. Writes neither single answers nor the ledger: the caller records completions itself.
    """
    instrument = assessment.instrument
    sheet = sheet_of(instrument, form=form, wave=assessment.wave)
    attempts, scores = [], []
    for enrollment, values, submitted_at in rows:
        attempt = Attempt(
            enrollment=enrollment,
            assessment=assessment,
            instrument=instrument,
            wave=assessment.wave,
            form=form,
            submitted_at=submitted_at,
            vector=pack(values),
        )
        totals = totals_of(sheet, values)
        write_totals(attempt, totals)
        attempts.append(attempt)
        scores.append(score_rows(attempt, sheet, totals))
    Attempt.objects.bulk_create(attempts, batch_size=BATCH)
    ScaleScore.objects.bulk_create((row for rows in scores for row in rows), batch_size=BATCH)
    if instrument.frozen_at is None and attempts:
        type(instrument).objects.filter(pk=instrument.pk).update(frozen_at=timezone.now())
    return len(attempts)
