"""When something is in the way: pages that say what happened, what is safe and what to do next."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import escape_leading_slashes
from django.views.decorators.cache import never_cache

_SECRET = re.compile(r"passw|secret|token|credential|otp|^code$", re.IGNORECASE)
TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105  a field's name


def too_many_requests(request: HttpRequest, *, seconds: int = 60) -> HttpResponse:
    """429 with the minute from which it works again; limits of signing in last a minute too."""
    again = timezone.now() + timedelta(seconds=seconds)
    if again.second or again.microsecond:  # the minute that is named must not be too early
        again = again.replace(second=0, microsecond=0) + timedelta(minutes=1)
    response = render(request, "429.html", {"again": again}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database does not answer; needs neither the database nor a session."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response.headers["Retry-After"] = "60"
        return response
    return HttpResponse(render_to_string("500.html"), status=500)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """«The page is out of date»: offers to send the same once more, if this site's form sent it."""
    fields = resendable_fields(request)
    context = {
        "fields": fields,
        # «//host/…» would be another host's address in a form.
        "action": escape_leading_slashes(request.get_full_path()),
        "has_no_cookie": "CSRF cookie" in reason,
    }
    return render(request, "403_csrf.html", context, status=403)


def resendable_fields(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was typed, as names and values; None if it must not be sent again.

    That is what another site sent, what is not a form, and what holds passwords or files: the
    page would carry a password in clear, and cannot carry a file.
    """
    if request.method != "POST" or not _is_from_here(request):
        return None
    if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return None
    try:
        posted, files = request.POST, request.FILES
    except UnreadablePostError:
        return None
    if files or any(_SECRET.search(name) for name in posted if name != TOKEN_FIELD):
        return None
    return [
        (name, value) for name, values in posted.lists() if name != TOKEN_FIELD for value in values
    ]


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of this very host sent the request."""
    here = (request.scheme, request.get_host())
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        found = urlsplit(said)
    except ValueError:
        return False
    return (found.scheme, found.netloc) == here
