"""The menu of the CMS as a trainer's day needs it.

Rooms register their own items with Wagtail's hooks and take their place from ``Place``.
"""

from __future__ import annotations

from enum import IntEnum

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import TaskState

from courses.cms.own import is_only_coordinator, is_only_trainer, sees_everything
from courses.models import CatalogPage
from lms.people.models import Role


class Place(IntEnum):
    """The order of the main menu."""

    PROGRAMMES = 110
    COHORTS = 120
    WEBINARS = 130
    PRACTICUMS = 135
    SCENARIOS = 140
    INSTRUMENTS = 150
    SPEECH = 155
    TO_REVIEW = 160
    IMPORTS = 170
    ACCESSES = 180
    API_REQUESTS = 185


# Tools of whoever runs the installation; a trainer's own work is reached by the items above.
FOR_COORDINATORS = {"imports", "accesses", "api-requests", "reports"}
NOT_FOR_TRAINERS = {"explorer", "settings", "snippets", "forms", "redirects", "help"}
REPORTS_FOR_TRAINERS = {"insights", "site-history"}


class ProgrammesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return sees_everything(request.user) or request.user.has_role(Role.TRAINER)


@hooks.register("register_admin_menu_item")
def programmes_item() -> MenuItem:
    return ProgrammesItem(
        _("Programmes"),
        reverse("cms_programmes"),
        name="programmes",
        icon_name="folder-open-inverse",
        order=Place.PROGRAMMES,
    )


def waiting_for(user) -> int:
    """How many submitted pages ``user`` may approve or send back now."""
    return TaskState.objects.reviewable_by(user).filter(status=TaskState.STATUS_IN_PROGRESS).count()


class ToReviewItem(MenuItem):
    """Pages that wait for the person's decision, with their number."""

    def is_shown(self, request: HttpRequest) -> bool:
        return sees_everything(request.user)

    def render_component(self, request: HttpRequest):
        component = super().render_component(request)
        if count := waiting_for(request.user):
            component.label = f"{self.label} ({count})"
        return component


@hooks.register("register_admin_menu_item")
def to_review_item() -> MenuItem:
    address = reverse("wagtailadmin_reports:workflow_tasks")
    return ToReviewItem(
        _("To review"),
        f"{address}?status=in_progress&reviewable=true",
        name="to-review",
        icon_name="tasks",
        order=Place.TO_REVIEW,
    )


@hooks.register("construct_main_menu")
def only_what_a_trainer_needs(request: HttpRequest, items: list[MenuItem]) -> None:
    if is_only_trainer(request.user):
        items[:] = [item for item in items if item.name not in NOT_FOR_TRAINERS]
    elif is_only_coordinator(request.user):
        items[:] = [item for item in items if item.name in FOR_COORDINATORS]


@hooks.register("construct_reports_menu")
def only_a_trainers_reports(request: HttpRequest, items: list[MenuItem]) -> None:
    if is_only_trainer(request.user) or is_only_coordinator(request.user):
        items[:] = [item for item in items if item.name in REPORTS_FOR_TRAINERS]


@hooks.register("construct_help_menu")
def nothing_that_leads_to_the_internet(_request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's news and guide are on its own site, in English; the platform's help is ours."""
    items[:] = [item for item in items if not item.url.startswith("https:")]


@hooks.register("register_help_menu_item")
def help_item() -> MenuItem:
    return MenuItem(_("Help"), reverse("frontend:help"), name="help-page", icon_name="help")


def catalog_address() -> str:
    catalog = CatalogPage.objects.first()
    if catalog is None:
        return reverse("wagtailadmin_explore_root")
    return reverse("wagtailadmin_explore", args=[catalog.pk])
