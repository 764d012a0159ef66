"""Whose results a person may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from courses.models import Enrollment
from lms.people.models import Role, User


def sees_insights(user: User) -> bool:
    """Whether there is any group whose results this person may see."""
    return user.is_administrator or any(user.has_role(role) for role in Role)


def sees_reports(user: User) -> bool:
    """Reports of gains: for content staff and for coordinators of regions."""
    return sees_all_regions(user) or user.has_role(Role.COORDINATOR)


def sees_all_regions(user: User) -> bool:
    return user.is_administrator or user.has_role(Role.METHODOLOGIST)


def reported_enrollments(user: User) -> QuerySet[Enrollment]:
    """Whose programmes and regions this person may read reports of."""
    if sees_all_regions(user):
        return Enrollment.objects.all()
    return Enrollment.objects.filter(learner__region__in=user.coordinated_regions())


def enrollments_for(user: User) -> QuerySet[Enrollment]:
    """All for content staff; a coordinator's regions; a trainer's cohorts. Never just one's own."""
    if sees_all_regions(user):
        return Enrollment.objects.all()
    scope = Q(pk__in=[])
    if user.has_role(Role.TRAINER):
        scope |= Q(cohort__in=user.trained_cohorts.all())
    if user.has_role(Role.COORDINATOR):
        scope |= Q(learner__region__in=user.coordinated_regions())
    return Enrollment.objects.filter(scope)
