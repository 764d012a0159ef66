"""A course as a learner would meet it, for those who lead it: a walk that is recorded nowhere.

What was "finished" on the walk is kept in the session, beside nobody's records.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from courses.models import Activity, Course
from courses.programme import leads

_KEY = "as_learner"


@dataclass(frozen=True)
class Walk:
    """``done``: activities taken as finished. ``days``: how long ago the cohort began."""

    course_id: int
    done: frozenset[int] = frozenset()
    days: int = 0


def walk_through(request: HttpRequest, course: Course) -> Walk | None:
    """The walk that the visitor is on through ``course``; None when they are not on one."""
    user = request.user
    if not user.is_authenticated:
        return None
    kept = request.session.get(_KEY)
    if not kept or kept["course"] != course.pk or not leads(user, course):
        return None
    return Walk(course.pk, frozenset(kept["done"]), kept["days"])


def begin_walk(request: HttpRequest, course: Course) -> None:
    _keep(request, Walk(course.pk))


def end_walk(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def take_as_done(request: HttpRequest, walk: Walk, activity: Activity) -> None:
    _keep(request, Walk(walk.course_id, walk.done | {activity.pk}, walk.days))


def wait_until_open(request: HttpRequest, walk: Walk, activity: Activity) -> None:
    """Let the days pass after which ``activity`` opens."""
    days = max(walk.days, activity.opens_after_days)
    _keep(request, Walk(walk.course_id, walk.done, days))


def _keep(request: HttpRequest, walk: Walk) -> None:
    request.session[_KEY] = {
        "course": walk.course_id,
        "done": sorted(walk.done),
        "days": walk.days,
    }
