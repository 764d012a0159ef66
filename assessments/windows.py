"""When a person may answer an assessment: the cohort's own dates, or the usual ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from assessments.models import Administration, Assessment, Attempt, Wave
from courses.models import Enrollment

FOLLOW_UP_OPENS, FOLLOW_UP_CLOSES = timedelta(weeks=8), timedelta(weeks=12)
"""After the person's own second questionnaire: long enough to see what stays (2.4)."""
GRACE = timedelta(hours=24)
"""Answers that were given in time and waited on a device for a connection still count."""

NEEDED = {Wave.THEN: Wave.POST, Wave.FOLLOW_UP: Wave.POST, Wave.PRE_AGAIN: Wave.PRE}
"""The wave that must be sent before."""


class Standing(StrEnum):
    OPEN = "open"
    TOO_EARLY = "too_early"
    CLOSED = "closed"
    NEEDS_ANOTHER = "needs_another"
    """Another questionnaire must be sent first: looking back only after “after” is locked."""


@dataclass(frozen=True)
class Window:
    """``opens_at``, ``closes_at``: None where there is no limit or it is not known yet."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    needs: str = ""
    """The wave that has to be sent before."""

    def standing(self, at: datetime) -> Standing:
        if self.needs:
            return Standing.NEEDS_ANOTHER
        if self.opens_at is not None and at < self.opens_at:
            return Standing.TOO_EARLY
        if self.closes_at is not None and at > self.closes_at:
            return Standing.CLOSED
        return Standing.OPEN


def window_of(assessment: Assessment, enrollment: Enrollment) -> Window:
    """The window of one person, in at most two queries."""
    dates = Administration.objects.filter(
        assessment=assessment, cohort=enrollment.cohort_id
    ).first()
    opens_at = dates.opens_at if dates else None
    closes_at = dates.closes_at if dates else None
    needed = NEEDED.get(Wave(assessment.wave))
    if needed is None:
        return Window(opens_at, closes_at)
    before = (
        Attempt.objects.submitted()
        .filter(enrollment=enrollment, wave=needed, instrument=assessment.instrument_id)
        .order_by("submitted_at")
        .first()
    )
    if before is None:
        return Window(opens_at, closes_at, needs=needed)
    if assessment.wave == Wave.FOLLOW_UP and dates is None:
        sent = before.submitted_at or timezone.now()
        return Window(sent + FOLLOW_UP_OPENS, sent + FOLLOW_UP_CLOSES)
    return Window(opens_at, closes_at)
