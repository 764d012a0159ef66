"""«Это моё личное устройство»: what may be kept on it, and that nothing is after signing out.

The consent belongs to the device, so it lives in a cookie and never in the profile.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

COOKIE = "own_device"
KEEP_FOR = "X-Keep-For"
"""The header that lets the service worker keep a page; its value stands for the reader."""


def is_own(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == "yes"


def keeper(request: HttpRequest) -> str | None:
    """For whom lessons may be kept here; empty for nobody, None where nobody is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return str(user.uuid) if is_own(request) else ""


def let_keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Allow this answer, a lesson, to be read without a network on the person's own device."""
    if owner := keeper(request):
        response[KEEP_FOR] = owner
    return response


@cache
def worker_source() -> str:
    path = settings.BASE_DIR / "frontend" / "static" / "js" / "offline" / "service-worker.js"
    return path.read_text(encoding="utf-8")


@receiver(user_logged_out, dispatch_uid="frontend.own_device")
def note_sign_out(sender: type, request: HttpRequest | None, **signal: object) -> None:
    if request is not None:
        request.has_signed_out = True  # type: ignore[attr-defined]


class KeepOutOfCaches:
    """Middleware: the browser keeps no page that was made for somebody who is signed in.

    So that «back» shows none after signing out. Left alone are answers that say themselves how
    long they may be kept, and lessons that the person lets this device keep. Who is signed in is
    known by then: it costs no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        says_itself = KEEP_FOR in response.headers or "Cache-Control" in response.headers
        if is_page and not says_itself and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class ForgetOnSignOut:
    """Middleware: the browser drops what it keeps of us when the person signs out.

    W3C Clear Site Data: "storage" is local storage, kept pages and service workers, no cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "has_signed_out", False):
            response["Clear-Site-Data"] = '"storage"'
        return response
