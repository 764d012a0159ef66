"""Deadlines: until when an activity is wanted, counted from the start of one's cohort."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length, Substr
from wagtail.models import Page

from courses.models import Activity, Cohort, Completion, Enrollment

END_OF_DAY = time(23, 59)


@dataclass(frozen=True)
class Deadline:
    activity: Activity
    due_at: datetime


def due_at(activity: Activity, cohort: Cohort) -> datetime | None:
    """Until when the cohort is to finish the activity; None: whenever they like.

    That is the end of a day, in the zone of the platform: one moment for the whole cohort.
    """
    if activity.due_after_days is None:
        return None
    zone = ZoneInfo(settings.TIME_ZONE)
    day = cohort.starts_at.astimezone(zone).date() + timedelta(days=activity.due_after_days)
    return datetime.combine(day, END_OF_DAY, tzinfo=zone)


def deadlines_of(enrollments: Sequence[Enrollment]) -> dict[int, list[Deadline]]:
    """The deadlines of unfinished activities for each enrolment (by id), in two queries.

    ``enrollments`` come with ``cohort__course``.
    """
    paths = {enrollment.cohort.course.path for enrollment in enrollments}
    if not paths:
        return {}
    below = functools.reduce(operator.or_, (Q(path__startswith=path) for path in paths))
    # A step of a module that is not published stands in no programme, though it is live itself.
    module = Page.objects.live().filter(
        path=Substr(OuterRef("path"), 1, Length(OuterRef("path")) - Page.steplen)
    )
    dated = list(
        Activity.objects.live()
        .filter(below, Exists(module), due_after_days__isnull=False)
        .order_by("path")
    )
    done = set(
        Completion.objects.counting()
        .filter(enrollment__in=enrollments, activity__in=dated)
        .values_list("enrollment_id", "activity_id")
    )
    found: dict[int, list[Deadline]] = {}
    for enrollment in enrollments:
        course_path = enrollment.cohort.course.path
        for activity in dated:
            if (enrollment.pk, activity.pk) in done or not activity.path.startswith(course_path):
                continue
            due = due_at(activity, enrollment.cohort)
            if due is not None:
                found.setdefault(enrollment.pk, []).append(Deadline(activity, due))
    return found
