"""Requests with the character NUL: no keyboard types it, and PostgreSQL's texts cannot hold it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

OF_MACHINES = ("/api/", "/scim/")
"""They check what they are told field by field, and answer in a form of their own."""
WITH_BODIES = ("POST", "PUT", "PATCH")
_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class RefuseNulBytes:
    """Answers 400 where the address, a form or a body of JSON has one."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")  # the CMS's previews come without one
        is_checked = not request.path_info.startswith(OF_MACHINES)
        if is_checked and ("\0" in request.path_info or "%00" in asked):
            raise BadRequest("NUL in the address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """After the protection of forms has had its look, which reads them."""
        if request.method in WITH_BODIES and not request.path_info.startswith(OF_MACHINES):
            try:
                if _is_in_body(request):
                    raise BadRequest("NUL in the body")
            except UnreadablePostError:
                return  # whoever went away needs no answer; the view finds it out


def _is_in_body(request: HttpRequest) -> bool:
    if request.content_type == "application/json":
        return _IN_JSON.search(request.body) is not None
    texts = (text for name, values in request.POST.lists() for text in (name, *values))
    return any("\0" in text for text in texts)
