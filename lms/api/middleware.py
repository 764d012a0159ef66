"""What every answer of the API has, also those that never reach a view."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lms.api.problems import CONTENT_TYPE, bare_problem


class ApiAnswerMiddleware:
    """Number every request under /api/, and let no error leave it as a page of HTML."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        response = self.get_response(request)
        is_error = response.status_code >= 400
        if is_error and response.headers.get("Content-Type") != CONTENT_TYPE:
            response = bare_problem(response.status_code, request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "no-store")
        return response
