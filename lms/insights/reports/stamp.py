"""What a report says about itself."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import Attempt
from lms.insights.models import ReportSnapshot


@dataclass(frozen=True)
class Stamp:
    """``taken_at``: ISO 8601. ``other_versions``: there are answers that are not pooled."""

    course_title: str
    is_synthetic: bool
    instrument_title: str
    instrument_code: str
    instrument_version: int
    is_normed: bool
    other_versions: bool
    taken_at: str
    method: str
    data_hash: str


def stamp_of(snapshot: ReportSnapshot) -> Stamp:
    instrument, course = snapshot.instrument, snapshot.course
    others = (
        Attempt.objects.submitted()
        .filter(enrollment__cohort__course=course)
        .exclude(instrument=instrument)
    )
    return Stamp(
        course_title=course.title,
        is_synthetic=course.is_synthetic,
        instrument_title=instrument.title,
        instrument_code=instrument.code,
        instrument_version=instrument.version,
        is_normed=instrument.is_normed,
        other_versions=others.exists(),
        taken_at=snapshot.taken_at.isoformat(),
        method=snapshot.method,
        data_hash=snapshot.data_hash,
    )
