"""Pages of certificates: one's own, and the public check."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from certificates.codes import MalformedCode, grouped, read_code
from certificates.models import Certificate
from certificates.verification import TooManyLookups, look_up, public_facts
from courses.models import Enrollment
from courses.programme import programme_of
from frontend.errors import too_many_requests


@login_required
@require_GET
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """The learner's certificates, and for each course without one what is still missing."""
    certificates = list(
        Certificate.objects.filter(enrollment__learner=request.user).select_related(
            "enrollment__cohort__course"
        )
    )
    issued = {certificate.enrollment_id for certificate in certificates}
    others = (
        Enrollment.objects.filter(learner=request.user)
        .studying()
        .exclude(pk__in=issued)
        .select_related("cohort__course")
    )
    context = {
        "certificates": certificates,
        "underway": [e for e in others if e.state == "completed"],
        "programmes": [programme_of(e.cohort.course, e) for e in others if e.state == "active"],
    }
    return render(request, "certificates/mine.html", context)


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


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """The form where a code from paper is typed in."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return render(request, "certificates/check.html", {"typed": ""})
    try:
        return redirect("certificates:verify", grouped(read_code(typed)))
    except MalformedCode:
        return _malformed(request, typed)


@require_GET
@never_cache
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of a certificate, for anyone who has its code; JSON when asked for."""
    try:
        certificate = look_up(code, address=request.META.get("REMOTE_ADDR", ""))
    except MalformedCode:
        return _malformed(request, code)
    except TooManyLookups:
        return too_many_requests(request, seconds=60)
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if certificate is None:
        if wants_json:
            return JsonResponse({"state": "unknown"}, status=404)
        context = {"typed": code, "is_unknown": True}
        return render(request, "certificates/check.html", context, status=404)
    facts = public_facts(certificate)
    if wants_json:
        return JsonResponse(facts)
    context = {"certificate": certificate, "facts": facts}
    response = render(request, "certificates/verify.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _malformed(request: HttpRequest, typed: str) -> HttpResponse:
    context = {"typed": typed[:40], "is_malformed": True}
    return render(request, "certificates/check.html", context, status=400)
