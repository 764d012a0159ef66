"""Pages that learners have left something in stay: the CMS says so instead of breaking."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.db import router
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page


def holds_data(page: Page) -> bool:
    """Whether something of learners or cohorts hangs on the page or on one below it.

    Every room protects its own records in the database, so the database's rules are asked.
    """
    try:
        Collector(using=router.db_for_write(Page)).collect(page.get_descendants(inclusive=True))
    except (ProtectedError, RestrictedError):
        return True
    return False


def _refused(request: HttpRequest, page: Page) -> HttpResponse:
    messages.error(
        request,
        _("“%(title)s” keeps learners' work or cohorts, so it cannot be deleted. Unpublish it.")
        % {"title": page.get_admin_display_title()},
    )
    parent = page.get_parent()
    return redirect("wagtailadmin_explore", parent.pk if parent else page.pk)


@hooks.register("before_delete_page")
def keep_pages_with_data(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refused(request, page) if holds_data(page) else None


@hooks.register("before_bulk_action")
def keep_all_pages_with_data(
    request: HttpRequest, action_type: str, objects: Iterable, action
) -> HttpResponse | None:
    if action_type != "delete":
        return None
    kept = next((found for found in objects if isinstance(found, Page) and holds_data(found)), None)
    return _refused(request, kept) if kept is not None else None
