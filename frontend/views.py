"""What every page leads to: help, display settings, language. All work without JavaScript."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend import display, own_device

YEAR_SECONDS = 365 * 24 * 60 * 60


def safe_next(request: HttpRequest) -> str:
    """Where to go back to: the ``next`` that was sent if it is on this site, else the start."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else "/"


@require_http_methods(["GET", "POST"])
def display_settings(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        chosen = display.cleaned(request.POST.dict())
        if request.user.is_authenticated:
            request.user.display = chosen
            request.user.save(update_fields=["display"])
        messages.success(request, _("The display settings are saved."))
        response = HttpResponseRedirect(safe_next(request))
        _remember(response, display.COOKIE, display.to_cookie(chosen))
        if request.user.is_authenticated:
            _remember(response, own_device.COOKIE, "yes" if "own_device" in request.POST else "no")
        return response
    context = {
        "choices": display.CHOICES,
        "next": safe_next(request),
        "is_own_device": own_device.is_own(request),
    }
    return render(request, "display_settings.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Answers to what people ask most, and whom to ask for the rest."""
    phone = settings.HELP_PHONE
    context = {
        "email": settings.HELP_EMAIL,
        "phone": phone,
        "phone_to_dial": "".join(sign for sign in phone if sign.isdigit() or sign == "+"),
        "hours": settings.HELP_HOURS,
    }
    return render(request, "help.html", context)


@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The script that reads kept lessons without a network; at the root, to see all pages."""
    return HttpResponse(
        own_device.worker_source(),
        content_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows in place of a page that it cannot get; nothing personal."""
    return render(request, "offline.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(safe_next(request))
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        request.user.locale = chosen
        request.user.save(update_fields=["locale"])
    with override(chosen):
        messages.info(request, _("The pages are in English now. Courses stay in Russian."))
    _remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
