"""The CMS's home page: who has gone silent. What waits for review, Wagtail shows by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

from courses.cohort_progress import silent_enrollments
from courses.models import Enrollment
from lms.people.models import User

SHOWN = 20


class SilentPanel(Component):
    """Learners of one's own cohorts without a visit or a completion in seven days."""

    name = "silent"
    order = 320
    template_name = "courses/cms/silent_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        found = silent_of(parent_context["request"].user)
        return {"silent": found[:SHOWN], "more": max(len(found) - SHOWN, 0)}


def silent_of(user: User) -> list[Enrollment]:
    """For the cohorts that the person trains; content staff look at a cohort's own page."""
    return list(
        silent_enrollments(user.trained_cohorts.all())
        .select_related("learner", "cohort")
        .order_by("cohort__starts_at", "cohort", "learner__family_name", "learner__given_name")
    )


@hooks.register("construct_homepage_panels")
def silent_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.trained_cohorts.exists():
        panels.append(SilentPanel())
