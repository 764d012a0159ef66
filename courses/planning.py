"""Planning a cohort: one run of a course, for these regions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from courses.models import Cohort, Course
from lms.people.models import Region


@transaction.atomic
def plan_cohort(
    *,
    course: Course,
    regions: Iterable[Region],
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    enrollment_closes_at: datetime | None = None,
    capacity: int | None = None,
) -> Cohort:
    """A new cohort of ``course``. Nobody leads it yet, and nobody is enrolled.

    Raises IntegrityError where it would end before it starts.
    """
    cohort = Cohort.objects.create(
        course=course,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        enrollment_closes_at=enrollment_closes_at,
        capacity=capacity,
    )
    cohort.regions.set(regions)
    return cohort
