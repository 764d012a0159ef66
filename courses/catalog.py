"""The catalogue: a card for each course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from courses.models import Course, Enrollment
from lms.people.models import User


@dataclass(frozen=True)
class Card:
    course: Course
    next_start: datetime | None
    my_state: str
    """State of the visitor's own enrolment, empty when there is none."""


def cards_for(user: User | AnonymousUser, courses: QuerySet[Course]) -> list[Card]:
    """Cards of ``courses`` (a queryset) by title, with the next start and the visitor's state."""
    upcoming = Min("cohorts__starts_at", filter=Q(cohorts__starts_at__gt=timezone.now()))
    mine: dict[int, str] = {}
    if user.is_authenticated:
        mine = dict(
            Enrollment.objects.filter(learner=user)
            .order_by("created_at")
            .values_list("cohort__course_id", "state")
        )
    return [
        Card(course=course, next_start=course.next_start, my_state=mine.get(course.pk, ""))
        for course in courses.annotate(next_start=upcoming).order_by("is_synthetic", "title")
    ]
