"""Parts of a course's page that look the same to many, rendered once for all of them."""

from __future__ import annotations

from collections.abc import Hashable

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from courses.admission import Admission
from courses.models import Activity
from courses.programme import Programme
from courses.timetable import timetable_of
from courses.trainers import trainers_of
from courses.tree_cache import Remembered

register = template.Library()

_lists: Remembered[SafeString] = Remembered(limit=500)
_cohorts: Remembered[SafeString] = Remembered(limit=500)


def _progress(programme: Programme) -> Hashable:
    """All that a list shows of a learner: which steps are done, open, next, locked and why."""
    next_row = programme.next_row
    return (
        programme.course.pk,
        get_language(),
        tuple((row.state, row.lock_reason) for row in programme.rows),
        next_row.activity.pk if next_row else None,
    )


@register.simple_tag
def programme_list(programme: Programme) -> SafeString:
    """Modules and their steps with states, for the course's page."""
    return _lists.get(
        ("course", _progress(programme)),
        lambda: render_to_string("courses/programme_list.html", {"programme": programme}),
    )


@register.simple_tag
def lesson_index(programme: Programme, lesson: Activity) -> SafeString:
    """The course's index beside a lesson, which is marked in it."""
    context = {"programme": programme, "lesson": lesson}
    return _lists.get(
        ("lesson", lesson.pk, _progress(programme)),
        lambda: render_to_string("courses/lesson_index.html", context),
    )


@register.simple_tag
def cohort_of_course(programme: Programme, admission: Admission) -> SafeString:
    """Dates, trainers, document and what is needed; the same for all of a cohort in one zone."""
    cohort, enrollment = admission.cohort, programme.enrollment
    studies = enrollment is not None and enrollment.is_open

    def render() -> SafeString:
        context = {
            "page": programme.course,
            "programme": programme,
            "admission": admission,
            "enrollment": enrollment,
            "timetable": timetable_of(programme, cohort),
            "trainers": trainers_of(programme.course, cohort),
        }
        return render_to_string("courses/course_cohort.html", context)

    if cohort is None:
        return render()  # who is introduced depends on which cohorts are under way today
    key = (cohort.pk, studies, get_current_timezone_name(), get_language())
    return _cohorts.get(key, render)
