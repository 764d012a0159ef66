"""Pages go over the network compressed: many people have a weak link."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Django's compression, which pads against guessing (BREACH), for what is text.

    Media must stay as they are: browsers ask for parts of them.
    """

    kinds = ("text/html", "application/json", "text/calendar")

    def process_response(self, request: HttpRequest, response: HttpResponseBase):
        if self._names_its_bytes(response):
            return response
        if response.headers.get("Content-Type", "").startswith(self.kinds):
            return super().process_response(request, response)
        return response

    def _names_its_bytes(self, response: HttpResponseBase) -> bool:
        """A strong ETag of the API, which compressing would turn into a weak one."""
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        return is_json and response.headers.get("ETag", "").startswith('"')
