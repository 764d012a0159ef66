"""When a person may answer an assessment: the cohort's own dates, or the usual ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assessments.models import Administration, Assessment, Attempt, Wave
from courses.models import Enrollment

FOLLOW_UP_OPENS, FOLLOW_UP_CLOSES = timedelta(weeks=8), timedelta(weeks=12)
"""After the person's own second questionnaire: long enough to see what stays (2.4)."""
GRACE = timedelta(hours=24)
"""Answers that were given in time and waited on a device for a connection still count."""

NEEDED = {Wave.THEN: Wave.POST, Wave.FOLLOW_UP: Wave.POST, Wave.PRE_AGAIN: Wave.PRE}
"""The wave that must be sent before."""
BEFORE = (Wave.PRE, Wave.PRE_AGAIN)
"""The time before cannot be asked about once the answers after are sent."""


class Standing(StrEnum):
    OPEN = "open"
    TOO_EARLY = "too_early"
    CLOSED = "closed"
    NEEDS_ANOTHER = "needs_another"
    """Another questionnaire must be sent first: looking back only after “after” is locked."""
    OVERTAKEN = "overtaken"
    """It asks about the time before, and the answers after are sent already."""


@dataclass(frozen=True)
class Window:
    """``opens_at``, ``closes_at``: None where there is no limit or it is not known yet."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    needs: str = ""
    """The wave that has to be sent before."""
    overtaken_at: datetime | None = None
    """When the answers after the course were sent, for a wave before it."""

    def standing(self, at: datetime) -> Standing:
        if self.needs:
            return Standing.NEEDS_ANOTHER
        if self.overtaken_at is not None and at > self.overtaken_at:
            return Standing.OVERTAKEN
        if self.opens_at is not None and at < self.opens_at:
            return Standing.TOO_EARLY
        if self.closes_at is not None and at > self.closes_at:
            return Standing.CLOSED
        return Standing.OPEN


def window_of(assessment: Assessment, enrollment: Enrollment) -> Window:
    """The window of one person, in at most three queries.

    What has been sent counts as sent though its answers were erased since.
    """
    dates = Administration.objects.filter(
        assessment=assessment, cohort=enrollment.cohort_id
    ).first()
    opens_at = dates.opens_at if dates else None
    closes_at = dates.closes_at if dates else None
    wave = Wave(assessment.wave)
    overtaken_at = _sent_at(assessment, enrollment, Wave.POST) if wave in BEFORE else None
    needed = NEEDED.get(wave)
    if needed is None:
        return Window(opens_at, closes_at, overtaken_at=overtaken_at)
    sent = _sent_at(assessment, enrollment, needed)
    if sent is None:
        return Window(opens_at, closes_at, needs=needed, overtaken_at=overtaken_at)
    if wave == Wave.FOLLOW_UP and dates is None:
        return Window(sent + FOLLOW_UP_OPENS, sent + FOLLOW_UP_CLOSES)
    return Window(opens_at, closes_at, overtaken_at=overtaken_at)


def _sent_at(assessment: Assessment, enrollment: Enrollment, wave: Wave) -> datetime | None:
    """When the person first sent the same version at ``wave``."""
    return (
        Attempt.objects.filter(
            enrollment=enrollment,
            wave=wave,
            instrument=assessment.instrument_id,
            submitted_at__isnull=False,
        )
        .order_by("submitted_at")
        .values_list("submitted_at", flat=True)
        .first()
    )
