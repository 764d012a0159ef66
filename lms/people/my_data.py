"""The page where people see what is kept about them, take it along and withdraw consents."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.people.export_files import zip_of
from lms.people.models import Consent
from lms.people.personal_data import export_person


@never_cache
@login_required
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    export = export_person(request.user)
    filled = [section for section in export.sections if section.rows]
    consents = Consent.objects.filter(user=request.user).order_by("-given_at")
    return render(request, "people/my_data.html", {"sections": filled, "consents": consents})


@never_cache
@login_required
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(zip_of(export_person(request.user)), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response


@never_cache
@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw one's own consent; what was counted before stays counted, nothing new is."""
    consent = get_object_or_404(Consent, pk=pk, user=request.user)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])
    messages.success(request, _("The consent is withdrawn."))
    return redirect("people:my_data")
