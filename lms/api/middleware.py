"""What every answer of the API has, also those that never reach a view."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lms.api.problems import CONTENT_TYPE, bare_problem
from lms.api.request_log.recording import record_request


class ApiAnswerMiddleware:
    """Number every request under /api/, and let no error leave it as a page of HTML.

    What clients ask here and by SCIM is written down for them.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(("/api/", "/scim/")):
            return self.get_response(request)
        request_id, began_at = uuid.uuid4(), time.perf_counter()
        request.request_id = str(request_id)  # type: ignore[attr-defined]
        response = self._answer(request)
        response.headers["X-Request-Id"] = str(request_id)
        duration = time.perf_counter() - began_at
        record_request(request, response, request_id=request_id, duration=duration)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/"):
            return response
        is_error = response.status_code >= 400
        is_told = response.headers.get("Content-Type") == CONTENT_TYPE or hasattr(
            response, "has_its_own_form"
        )
        if is_error and not is_told:
            response = bare_problem(response.status_code, request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
