"""Warnings before a page of the CMS is taken from people who study it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from courses.authoring.consequences import consequences_of, holds_records


@hooks.register("before_delete_page")
def keep_records(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refusal(request, [page])


@hooks.register("before_bulk_action")
def keep_records_in_bulk(
    request: HttpRequest, action_type: str, objects: Iterable, action
) -> HttpResponse | None:
    pages = [found for found in objects if isinstance(found, Page)]
    return _refusal(request, pages) if action_type == "delete" else None


@hooks.register("before_move_page")
def keep_completions_in_their_course(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponse | None:
    """A step that somebody finished stays in its course: the entry belongs to it."""
    from courses.models import Course

    before = Course.objects.ancestor_of(page).values_list("pk", flat=True).first()
    after = Course.objects.ancestor_of(destination, inclusive=True).values_list("pk", flat=True)
    return None if before is None or before == after.first() else _refusal(request, [page])


@hooks.register("before_unpublish_page")
def say_who_loses_a_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    found = consequences_of(page)
    if not found.studying or request.POST.get("understands_consequences"):
        return None
    context = {
        "page": page,
        "consequences": found,
        "page_title": _("People are studying this"),
        "includes_descendants": bool(request.POST.get("include_descendants")),
    }
    return render(request, "courses/cms/unpublishing.html", context, status=409)


def _refusal(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    for page in pages:
        if holds_records(page):
            context = {
                "page": page,
                "consequences": consequences_of(page),
                "page_title": _("This page stays"),
                "may_unpublish": page.live
                and page.permissions_for_user(request.user).can_unpublish(),
            }
            return render(request, "courses/cms/stays.html", context, status=409)
    return None
