"""Which courses are a person's own in the CMS."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from wagtail.models import Page

from courses.models import Course
from lms.people.models import Role, User


def sees_everything(user: User) -> bool:
    """Administrators and methodologists work with all content."""
    return user.is_administrator or user.has_role(Role.METHODOLOGIST)


def is_only_trainer(user: User) -> bool:
    """Whether the CMS has to be narrowed to the person's own courses."""
    return (
        user.is_authenticated
        and user.is_active
        and not sees_everything(user)
        and user.has_role(Role.TRAINER)
    )


def is_only_coordinator(user: User) -> bool:
    """Whether all that the person does in the CMS is importing and looking at results."""
    return (
        user.is_authenticated
        and user.is_active
        and not sees_everything(user)
        and not user.has_role(Role.TRAINER)
        and user.has_role(Role.COORDINATOR)
    )


def own_courses(user: User) -> QuerySet[Course]:
    """The courses that ``user`` leads, as ``courses.programme.leads`` says of one of them."""
    if not user.is_authenticated or not user.is_active:
        return Course.objects.none()
    if sees_everything(user):
        return Course.objects.all()
    if not user.has_role(Role.TRAINER):
        return Course.objects.none()
    # By subquery and not by a join: the tree's own queries need rows that occur once.
    trained = Course.objects.filter(cohorts__trainers=user).values("pk")
    return Course.objects.filter(Q(owner=user) | Q(pk__in=trained))


def within_own_courses(user: User) -> QuerySet[Page]:
    """The pages of one's own courses, the courses themselves included."""
    pages = Page.objects.none()
    for course in own_courses(user).only("path", "depth"):
        pages |= Page.objects.descendant_of(course, inclusive=True)
    return pages
