"""The CMS's home page: who has gone silent, and what a coordinator comes for.

What waits for review, Wagtail shows by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.ui.components import Component

from courses.cohort_progress import silent_enrollments
from courses.models import Enrollment, PeopleImport
from lms.people.models import Role, User

SHOWN = 20
LATEST_IMPORTS = 3


class SilentPanel(Component):
    """Learners of one's own cohorts without a visit or a completion in seven days."""

    name = "silent"
    order = 320
    template_name = "courses/cms/silent_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        found = silent_of(parent_context["request"].user)
        return {"silent": found[:SHOWN], "more": max(len(found) - SHOWN, 0)}


class RegionPanel(Component):
    """The ways that a coordinator takes from here, and what became of the last files."""

    name = "region"
    order = 310
    template_name = "courses/cms/region_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        names = list(user.coordinated_regions().values_list("name", flat=True))
        heading = ngettext("Your region: %(names)s", "Your regions: %(names)s", len(names))
        return {
            "heading": heading % {"names": ", ".join(names)},
            "imports": PeopleImport.objects.visible_to(user)[:LATEST_IMPORTS],
        }


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


@hooks.register("construct_homepage_panels")
def region_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_role(Role.COORDINATOR):
        panels.append(RegionPanel())
