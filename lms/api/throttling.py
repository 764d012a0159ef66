"""How many requests a client may make, and telling it how many are left.

The headers follow the IETF draft “RateLimit header fields for HTTP” (httpapi-ratelimit-headers).
"""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


class ClientThrottle(BaseThrottle):
    """A number of requests a minute for each client, counted in the shared cache."""

    def allow_request(self, request: Request, view) -> bool:
        now = int(time.time())
        window, passed = divmod(now, WINDOW_SECONDS)
        self.seconds_left = WINDOW_SECONDS - passed
        key = f"api-requests:{request.auth.pk}:{window}"
        used = _counted(key)
        left = settings.API_REQUESTS_PER_MINUTE - used
        view.rate_limit = (max(left, 0), self.seconds_left)
        return left >= 0

    def wait(self) -> float:
        return self.seconds_left


def _counted(key: str) -> int:
    """One more request; the count begins again where the cache has dropped it in between."""
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:
        cache.set(key, 1, timeout=2 * WINDOW_SECONDS)
        return 1


def write_headers(response: HttpResponse, *, left: int, seconds_left: int) -> None:
    quota = settings.API_REQUESTS_PER_MINUTE
    response.headers["RateLimit-Policy"] = f'"default";q={quota};w={WINDOW_SECONDS}'
    response.headers["RateLimit"] = f'"default";r={left};t={seconds_left}'
