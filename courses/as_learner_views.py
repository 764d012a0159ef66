"""The pages of the walk that a trainer makes through a course as a learner."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from courses.as_learner import begin_walk, end_walk, take_as_done, wait_until_open, walk_through
from courses.models import Activity, Course
from courses.programme import leads

_ID = re.compile(r"[0-9]{1,18}")


@login_required
@require_http_methods(["GET", "POST"])
def as_learner(request: HttpRequest, course_id: int) -> HttpResponse:
    """GET says what the walk is; POST ``do``: begin, end, done, wait (the last two with a step)."""
    course = get_object_or_404(Course.objects.live(), pk=course_id)
    if not leads(request.user, course):
        raise Http404
    if request.method == "GET":
        return render(request, "courses/as_learner.html", {"course": course})
    wish = request.POST.get("do")
    if wish == "begin":
        begin_walk(request, course)
    elif wish == "end":
        end_walk(request)
    elif walk := walk_through(request, course):
        steps = Activity.objects.descendant_of(course).live()
        step = get_object_or_404(steps, pk=_id_in(request.POST.get("activity", ""))).specific
        if wish == "wait":
            wait_until_open(request, walk, step)
            return redirect(step.get_url(request))
        take_as_done(request, walk, step)
    return redirect(course.get_url(request))


def _id_in(text: str) -> int:
    """0, which nothing has, for what is no id."""
    return int(text) if _ID.fullmatch(text) else 0
