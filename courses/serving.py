"""The way from an address to a page of a course, remembered instead of walked down the tree."""

from __future__ import annotations

from copy import copy

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from wagtail import hooks
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve
from wagtail.wagtail_hooks import check_view_restrictions

from courses.models import Activity, Course
from courses.tree_cache import Remembered

_pages: Remembered[Page | None] = Remembered(limit=500)


def serve(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """Wagtail's view of a page; for a live page of a course without its walk along the tree."""
    kept = _pages.get((request.get_host(), path), lambda: _find(request, path))
    if kept is None:
        return wagtail_serve(request, path)
    page = copy(kept)  # a request may leave something on its page; the kept one is everybody's
    for hook in hooks.get_hooks("before_serve_page"):
        if isinstance(answer := hook(page, request, [], {}), HttpResponse):
            return answer
    return page.serve(request)


def _find(request: HttpRequest, path: str) -> Page | None:
    """The course or activity at ``path``; None for what Wagtail has to serve by itself."""
    if hooks.get_hooks("on_serve_page") != [check_view_restrictions]:
        return None  # somebody else wants a word when pages are served
    try:
        found = Page.route_for_request(request, path)
    except Http404:
        return None
    if found is None or found[1] or found[2]:
        return None
    page = found[0].specific
    if not isinstance(page, Course | Activity) or page.get_view_restrictions().exists():
        return None
    return page
