"""The description of the live protocol, for those who write a client or check ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from webinars.live import asyncapi, protocol
from webinars.live.events import EVENTS
from webinars.live.protocol import RECONNECTS, CloseCode, ErrorCode


@require_GET
def live_protocol(request: HttpRequest) -> HttpResponse:
    """The protocol as a page to read."""
    context = {
        "subprotocol": protocol.SUBPROTOCOL,
        "operations": [
            {"one": one, "fields": ", ".join(one.payload.__struct_fields__)}
            for one in asyncapi.operations()
        ],
        "events": EVENTS,
        "errors": list(ErrorCode),
        "closes": [
            {"code": code.value, "reason": code.name.lower(), "returns": code in RECONNECTS}
            for code in CloseCode
        ],
    }
    return render(request, "webinars/live_protocol.html", context)


@require_GET
def live_asyncapi(request: HttpRequest) -> JsonResponse:
    """The protocol as AsyncAPI 3.0."""
    host = urlsplit(settings.LIVE_URL or settings.PUBLIC_URL).netloc or request.get_host()
    return JsonResponse(
        asyncapi.document(server=host), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
