"""Who leads a course, as its page introduces them."""

from __future__ import annotations

from django.utils import timezone

from courses.models import Cohort, Course
from lms.people.models import User


def trainers_of(course: Course, cohort: Cohort | None) -> list[User]:
    """The trainers of the visitor's cohort; without one, those of the course who have a profile.

    A name goes to people outside the cohort only when a profile has made it public.
    """
    trainers = (
        User.objects.filter(is_active=True)
        .select_related("trainer_profile")
        .only("family_name", "given_name", "patronymic", "trainer_profile")
    )
    if cohort is not None:
        trainers = trainers.filter(trained_cohorts=cohort)
    else:
        trainers = trainers.filter(
            trained_cohorts__course=course,
            trained_cohorts__ends_at__gt=timezone.now(),
            trainer_profile__isnull=False,
        ).distinct()
    found = trainers.order_by("family_name", "given_name", "pk")
    return list(found.prefetch_related("trainer_profile__photo__renditions"))
