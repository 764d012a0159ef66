"""A course as a flat picture: modules and activities in the order of the page tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from courses.progress import ActivityRule, Opens

if TYPE_CHECKING:
    from courses.models import Activity, Course, Module


@dataclass(frozen=True)
class ModuleOutline:
    page: Module
    activities: tuple[Activity, ...]


@dataclass(frozen=True)
class CourseOutline:
    modules: tuple[ModuleOutline, ...]
    rules: tuple[ActivityRule, ...]

    @property
    def activities(self) -> list[Activity]:
        return [activity for module in self.modules for activity in module.activities]


def outline_of(course: Course) -> CourseOutline:
    """The live part of the course, in three queries whatever its size."""
    from courses.models import Activity, ActivityPrerequisite, Module

    modules = list(Module.objects.child_of(course).live().order_by("path"))
    activities = list(
        Activity.objects.descendant_of(course)
        .live()
        .order_by("path")
        .select_related("content_type")
    )
    needed: dict[int, set[int]] = {}
    for activity_id, required_id in ActivityPrerequisite.objects.filter(
        activity__in=activities
    ).values_list("activity_id", "required_id"):
        needed.setdefault(activity_id, set()).add(required_id)
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
    return CourseOutline(modules=tuple(by_module), rules=rules)
