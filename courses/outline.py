"""A course as a flat picture: modules and activities in the order of the page tree."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from courses.progress import ActivityRule, Opens
from courses.tree_cache import Remembered, address_of

if TYPE_CHECKING:
    from courses.models import Activity, Course, Module


@dataclass(frozen=True)
class ModuleOutline:
    page: Module
    activities: tuple[Activity, ...]


@dataclass(frozen=True)
class CourseOutline:
    """Shared by everybody who looks at the course: not to be changed."""

    course: Course
    address: str
    modules: tuple[ModuleOutline, ...]
    rules: tuple[ActivityRule, ...]
    addresses: dict[int, str]
    """Where each activity is, by its id."""

    @property
    def activities(self) -> list[Activity]:
        return [activity for module in self.modules for activity in module.activities]


_outlines: Remembered[CourseOutline] = Remembered(limit=200)
_courses: Remembered[Course] = Remembered(limit=5000)


def outline_of(course: Course) -> CourseOutline:
    """The live part of the course, in three queries whatever its size, and then remembered."""
    return _outlines.get(course.pk, lambda: outlines_of([course])[course.pk])


def course_of(activity: Activity) -> Course:
    """The course that ``activity`` stands in."""
    from courses.models import Course

    return _courses.get(activity.path, lambda: Course.objects.ancestor_of(activity).get())


def outlines_of(courses: Iterable[Course]) -> dict[int, CourseOutline]:
    """The live parts of the courses by their ids, in three queries however many they are."""
    from courses.models import Activity, ActivityPrerequisite, Module

    found = {course.pk: course for course in courses}
    if not found:
        return {}
    below = functools.reduce(
        operator.or_, (Q(path__startswith=course.path) for course in found.values())
    )
    modules = list(Module.objects.filter(below).live().order_by("path"))
    activities = list(
        Activity.objects.filter(below).live().order_by("path").select_related("content_type")
    )
    needed: dict[int, set[int]] = {}
    for activity_id, required_id in ActivityPrerequisite.objects.filter(
        activity__in=activities
    ).values_list("activity_id", "required_id"):
        needed.setdefault(activity_id, set()).add(required_id)
    return {
        pk: _outline(
            course,
            [module for module in modules if module.path.startswith(course.path)],
            [activity for activity in activities if activity.path.startswith(course.path)],
            needed,
        )
        for pk, course in found.items()
    }


def _outline(
    course: Course,
    modules: list[Module],
    activities: list[Activity],
    needed: dict[int, set[int]],
) -> CourseOutline:
    by_module = [
        ModuleOutline(
            page=module,
            activities=tuple(a for a in activities if a.path.startswith(module.path)),
        )
        for module in modules
    ]
    live_ids = {activity.pk for activity in activities}
    rules = tuple(
        ActivityRule(
            id=activity.pk,
            is_required=activity.is_required,
            opens=Opens(activity.opens),
            # A prerequisite that was unpublished must not lock people out for ever.
            prerequisites=frozenset(needed.get(activity.pk, set()) & live_ids),
            opens_after=timedelta(days=activity.opens_after_days),
        )
        for module in by_module
        for activity in module.activities
    )
    return CourseOutline(
        course=course,
        address=address_of(course),
        modules=tuple(by_module),
        rules=rules,
        addresses={activity.pk: address_of(activity) for activity in activities},
    )
