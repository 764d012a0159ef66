"""Pages of the holder: the certificates, the name on them, one certificate and its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certificates.frdo.forms import DetailsForm
from certificates.frdo.sheets import keep_details, person_of, waits_for_details
from certificates.issuing import request_certificate
from certificates.models import Certificate
from certificates.names import WrongForm, confirm_name, name_orders, printable_name, proposed_dative
from certificates.sealing import CREDENTIAL_TYPE
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment
from courses.programme import programme_of
from lms.people.models import User


@login_required
@require_GET
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """The learner's certificates, and for each course without one what is still missing."""
    return render(request, "certificates/mine.html", _mine(request.user))


def _mine(user: User) -> dict[str, Any]:
    certificates = list(
        Certificate.objects.filter(learner=user).select_related("template", "superseded_by")
    )
    issued = {certificate.cohort_id for certificate in certificates}
    others = [
        enrollment
        for enrollment in Enrollment.objects.filter(learner=user)
        .studying()
        .select_related("cohort__course")
        if enrollment.cohort_id not in issued
    ]
    done = [e for e in others if e.state == EnrollmentState.COMPLETED]
    name = printable_name(user)
    return {
        "certificates": certificates,
        "underway": done if name.is_confirmed else [],
        "waiting": [] if name.is_confirmed else done,
        "programmes": [
            programme_of(e.cohort.course, e) for e in others if e.state == EnrollmentState.ACTIVE
        ],
        "printed": name,
        "asks_name": bool(others),
        "asks_details": waits_for_details(user),
        "has_details": hasattr(user, "frdo_details"),
        "orders": [(order, proposed_dative(user, order)) for order in name_orders(user)],
        "chosen": name.nominative,
        "dative": name.dative,
    }


@login_required
@require_POST
def name(request: HttpRequest) -> HttpResponse:
    """Keep the name as the person wants it printed, and ask for what has waited for it."""
    chosen = request.POST.get("nominative", "")[:400]
    dative = request.POST.get("dative", "")[:400]
    try:
        confirm_name(user=request.user, nominative=chosen, dative=dative)
    except WrongForm as wrong:
        context = _mine(request.user)
        context |= {"chosen": chosen, "dative": dative, "wrong": wrong, "asks_name": True}
        return render(request, "certificates/mine.html", context, status=422)
    waiting = Enrollment.objects.filter(
        learner=request.user, state=EnrollmentState.COMPLETED, learner__is_synthetic=False
    )
    has_one = Certificate.objects.filter(learner=request.user).values("cohort")
    for pk in waiting.exclude(cohort__in=has_one).values_list("pk", flat=True):
        request_certificate(pk, requested_by=request.user)
    messages.success(request, _("Thank you. This is how your name will be printed."))
    return redirect("certificates:mine")


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def details(request: HttpRequest) -> HttpResponse:
    """What the federal register asks about the holder of a document that has still to be sent."""
    if not waits_for_details(request.user):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = DetailsForm(posted, person=person_of(request.user))
    if form.is_valid():
        keep_details(request.user, form.person, by=request.user)
        messages.success(request, _("Thank you. Saved; you can correct it until it is sent."))
        return redirect("certificates:mine")
    context = {"form": form}
    return render(request, "certificates/details.html", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, certificate_uuid: str) -> Certificate:
    return get_object_or_404(
        Certificate.objects.filter(learner=request.user).select_related("template"),
        uuid=certificate_uuid,
    )


@login_required
@require_GET
@never_cache
def one(request: HttpRequest, certificate_uuid: str) -> HttpResponse:
    """The certificate as text, its files, its link, and what the public page shows."""
    certificate = _own(request, certificate_uuid)
    return render(request, "certificates/one.html", {"certificate": certificate})


@login_required
@require_POST
def show_name(request: HttpRequest, certificate_uuid: str) -> HttpResponse:
    """The holder's choice: the full name on the public page, or initials."""
    certificate = _own(request, certificate_uuid)
    certificate.shows_initials = request.POST.get("show") == "initials"
    certificate.save(update_fields=["shows_initials"])
    messages.success(request, _("Saved. The public page shows it so from now on."))
    return redirect("certificates:one", certificate.uuid)


@login_required
@require_GET
def pdf(request: HttpRequest, certificate_uuid: str) -> HttpResponse | FileResponse:
    certificate = get_object_or_404(
        Certificate.objects.visible_to(request.user), uuid=certificate_uuid
    )
    response = FileResponse(
        certificate.pdf.open("rb"),
        as_attachment=True,
        filename=_("Certificate %(number)s.pdf") % {"number": certificate.number},
        content_type="application/pdf",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def credential(request: HttpRequest, certificate_uuid: str) -> HttpResponse:
    """The digital credential that travels inside the PDF."""
    certificate = get_object_or_404(
        Certificate.objects.visible_to(request.user), uuid=certificate_uuid
    )
    if not certificate.credential:
        raise Http404  # issued before certificates carried one
    response = HttpResponse(certificate.credential, content_type=CREDENTIAL_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{certificate.uuid}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
