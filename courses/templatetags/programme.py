"""The lists of a programme's steps, rendered once for all learners with the same progress."""

from __future__ import annotations

from collections.abc import Hashable

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from courses.models import Activity
from courses.programme import Programme
from courses.tree_cache import Remembered

register = template.Library()

_lists: Remembered[SafeString] = Remembered(limit=500)


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
