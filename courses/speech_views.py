"""A learner's «I disagree» with a hint."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.speech_hints import disagree


@login_required
@require_POST
def disagree_with_hint(request: HttpRequest) -> HttpResponse:
    """Keeps the disagreement and goes back to the page (``next``) that showed the hint."""
    said = {name: request.POST.get(name, "") for name in ("line", "category", "rule", "version")}
    try:
        disagree(person=request.user, **said)
    except ValidationError:
        messages.error(request, _("This hint is not known any more. Nothing was lost."))
    else:
        messages.success(
            request, _("Thank you. Your disagreement is kept for the next version of the hints.")
        )
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("courses:home")
    return redirect(back)
