"""Pages of the learner that are not in the page tree."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from courses.duties import duties_of
from courses.home import greeting_at, home_of
from courses.invitations import (
    InvitationExpired,
    InvitationUnknown,
    accept_invitation,
    find_invitation,
    signs_in_by_link,
)
from lms.people.naming import address


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "home": home_of(request.user),
        "duties": duties_of(request.user),
        "greeting": greeting_at(timezone.localtime().hour),
        "address": address(request.user),
    }
    return render(request, "courses/home.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows whose invitation it is; only the button's POST uses it up.

    Mail programs follow links to check them, so a GET must change nothing.
    """
    try:
        if request.method == "POST":
            learner = accept_invitation(token).learner
            if signs_in_by_link(learner) and request.user != learner:
                login(request, learner, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("courses:home")  # whoever is not in by now is asked to sign in
        found = find_invitation(token)
    except InvitationUnknown:
        return render(request, "courses/invitation_problem.html", {"is_unknown": True}, status=404)
    except InvitationExpired:
        return render(request, "courses/invitation_problem.html", {"is_unknown": False}, status=410)
    return render(request, "courses/invitation.html", {"enrollment": found.enrollment})
