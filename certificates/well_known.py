"""What anybody needs to check a certificate without asking us: keys and the root certificate."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from certificates.identity import did_document, root_pem
from certificates.issuer import current_keys
from certificates.keys import KeysMissing, KeysUnreadable

KEPT_SECONDS = 300


@require_safe
def did(request: HttpRequest) -> HttpResponse:
    """The ``did:web`` document with every key there ever was."""
    try:
        history = current_keys().history
    except (KeysMissing, KeysUnreadable):
        return JsonResponse({"error": "no keys"}, status=404)
    document = did_document(history, url=settings.PUBLIC_URL)
    return _public(JsonResponse(document, content_type="application/did+json"))


@require_safe
def root_certificate(request: HttpRequest) -> HttpResponse:
    """The root of PDF signatures, for those who want their viewer to trust it."""
    try:
        pem = root_pem(current_keys())
    except (KeysMissing, KeysUnreadable):
        return HttpResponse(status=404)
    response = HttpResponse(pem, content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="certificate-issuer.pem"'
    return _public(response)


def _public(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    return response
