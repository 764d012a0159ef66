"""The status lists for machines, readable from any page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from certificates.keys import KeysMissing, KeysUnreadable
from certificates.status import NoSuchList, signed_list

AS_CREDENTIAL = "application/vc"
USUAL = "application/ld+json"
"""Some verifiers take ``application/vc`` for «not found», so it is for those who ask for it."""


@require_safe
def status_list(request: HttpRequest, number: int, purpose: str) -> HttpResponse:
    try:
        text = signed_list(number, purpose)
    except NoSuchList:
        raise Http404 from None
    except (KeysMissing, KeysUnreadable):
        return HttpResponse("The issuer has no keys.", status=503, content_type="text/plain")
    wanted = request.headers.get("Accept", "")
    response = HttpResponse(text, content_type=AS_CREDENTIAL if AS_CREDENTIAL in wanted else USUAL)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept"
    return response
