"""The public check: by code, by the QR code's address, or by the file itself."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from certificates.brought_files import LARGEST, check_brought
from certificates.codes import MalformedCode, grouped, read_code
from certificates.numbering import NUMBER_PREFIX
from certificates.sealing import CREDENTIAL_TYPE
from certificates.verification import (
    TooManyLookups,
    count_lookup,
    look_up,
    public_facts,
)
from frontend.errors import too_many_requests
from lms.people.addresses import client_address

_NUMBER = re.compile(rf"{NUMBER_PREFIX}[\s\-–—]*\d{{4}}[\s\-–—]*\d+", re.IGNORECASE)
PARTS = {
    "added": _("something was added after the end"),
    "missing": _("the end of the file is missing"),
    "signature": _("in the signature"),
    "metadata": _("in the description of the document"),
    "credential": _("in the attached credential"),
    "picture": _("in a picture"),
    "font": _("in a font"),
    "text": _("in what the page shows"),
    "structure": _("in the structure of the file"),
}

SIGNATURES = {
    "intact": _("The electronic signature is ours and covers the whole file."),
    "valid": _("The digital signature of the credential is ours and holds."),
    "changed": _(
        "The electronic signature does not hold: what was signed is not what stands here."
    ),
    "extended": _("The signature is ours, but something was added after it was made."),
    "unsigned": _("The file has no electronic signature, and the one that we issued has."),
    "foreign": _("The file is signed, but not by us."),
}
"""What the signature says, in plain words."""


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """The form where a code from paper is typed in, or a file is chosen."""
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
        certificate = look_up(code, address=client_address(request))
    except MalformedCode:
        return _malformed(request, code)
    except TooManyLookups:
        return too_many_requests(request, seconds=60)
    if certificate is None:
        if _wants_json(request):
            return JsonResponse({"state": "unknown"}, status=404)
        context = {"typed": code, "is_unknown": True}
        return render(request, "certificates/check.html", context, status=404)
    facts = public_facts(certificate)
    if _wants_json(request):
        return _with_vary(JsonResponse(facts, json_dumps_params={"ensure_ascii": False}))
    context = {"certificate": certificate, "facts": facts}
    return _with_vary(_unlisted(render(request, "certificates/verify.html", context)))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _with_vary(response: HttpResponse) -> HttpResponse:
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return response


@require_GET
@never_cache
def credential(request: HttpRequest, code: str) -> HttpResponse:
    """The digital credential, which carries no name, for machines that check it themselves."""
    try:
        certificate = look_up(code, address=client_address(request))
    except MalformedCode:
        raise Http404 from None
    except TooManyLookups:
        return too_many_requests(request, seconds=60)
    if certificate is None or not certificate.credential:
        raise Http404
    return _unlisted(HttpResponse(certificate.credential, content_type=CREDENTIAL_TYPE))


@require_POST
@never_cache
def check_file(request: HttpRequest) -> HttpResponse:
    """Compare a brought PDF or JSON with what was issued. The file is not kept."""
    try:
        count_lookup(client_address(request))
    except TooManyLookups:
        return too_many_requests(request, seconds=60)
    brought = request.FILES.get("file")
    if brought is None or not brought.size:
        return _file_problem(request, "absent", status=400)
    if brought.size > LARGEST:
        return _file_problem(request, "too_big", status=413)
    found = check_brought(brought.read())
    if found.certificate is None:
        if _wants_json(request):
            return JsonResponse({"verdict": found.verdict, "sha256": found.sha256}, status=404)
        return _file_problem(request, found.verdict, status=404)
    context: dict[str, Any] = {
        "certificate": found.certificate,
        "facts": public_facts(found.certificate),
        "found": found,
        "signature": SIGNATURES.get(found.signature, ""),
        "ranges": [(r.start + 1, r.end, PARTS[r.part]) for r in found.ranges],
    }
    if _wants_json(request):
        return JsonResponse(
            {
                "verdict": found.verdict,
                "signature": found.signature,
                "sha256": found.sha256,
                "certificate": context["facts"],
                "ranges": [[r.start, r.end, r.part] for r in found.ranges],
                "properties": [[p.path, p.issued, p.brought] for p in found.properties],
            }
        )
    return _unlisted(render(request, "certificates/verify.html", context))


def _file_problem(request: HttpRequest, problem: str, *, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"verdict": problem}, status=status)
    context = {"typed": "", "file_problem": problem}
    return render(request, "certificates/check.html", context, status=status)


def _malformed(request: HttpRequest, typed: str) -> HttpResponse:
    context = {
        "typed": typed[:40],
        "is_malformed": True,
        "is_number": _NUMBER.fullmatch(typed.strip()) is not None,
    }
    return render(request, "certificates/check.html", context, status=400)
