"""Whose results a person may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from courses.models import Cohort, Course, Enrollment
from lms.people.models import Role, User


def sees_insights(user: User) -> bool:
    """Whether there is any group whose results this person may see."""
    return user.is_administrator or user.has_roles


def sees_reports(user: User) -> bool:
    """Reports of gains: for content staff and for coordinators of regions."""
    return sees_all_regions(user) or user.has_role(Role.COORDINATOR)


def sees_all_regions(user: User) -> bool:
    return user.is_administrator or user.has_role(Role.METHODOLOGIST)


def reported_enrollments(user: User) -> QuerySet[Enrollment]:
    """Whose programmes and regions this person may read reports of."""
    if sees_all_regions(user):
        return Enrollment.objects.exclude(learner__region__is_sandbox=True)
    return Enrollment.objects.filter(learner__region__in=user.coordinated_regions())


def sees_items(user: User) -> bool:
    """How questions work: for content staff and trainers."""
    return sees_all_regions(user) or user.has_role(Role.TRAINER)


def courses_with_items(user: User) -> QuerySet[Course]:
    """Courses whose questions this person may study: all, or those they teach in."""
    courses = Course.objects.filter(cohorts__enrollments__isnull=False)
    if not sees_all_regions(user):
        courses = courses.filter(cohorts__in=user.trained_cohorts.all())
    return courses.distinct()


def rated_cohorts(user: User, course: Course) -> QuerySet[Cohort]:
    """Cohorts of ``course`` whose ratings of meetings this person may see, as means."""
    cohorts = Cohort.objects.filter(course=course)
    if sees_all_regions(user):
        return cohorts
    if user.has_role(Role.TRAINER):
        return cohorts.filter(pk__in=user.trained_cohorts.all())
    return cohorts.none()


def enrollments_for(user: User) -> QuerySet[Enrollment]:
    """All for content staff; a coordinator's regions; a trainer's cohorts. Never just one's own."""
    if sees_all_regions(user):
        return Enrollment.objects.exclude(learner__region__is_sandbox=True)
    scope = Q(pk__in=[])
    if user.has_role(Role.TRAINER):
        scope |= Q(cohort__in=user.trained_cohorts.all())
    if user.has_role(Role.COORDINATOR):
        scope |= Q(learner__region__in=user.coordinated_regions())
    return Enrollment.objects.filter(scope)
