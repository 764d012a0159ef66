"""How many requests a client may make, and telling it how many are left.

The headers follow the IETF draft “RateLimit header fields for HTTP” (httpapi-ratelimit-headers).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Allowance:
    """What is left of ``quota`` requests a minute under the policy of this name."""

    policy: str
    quota: int
    used: int
    seconds_left: int

    @property
    def is_allowed(self) -> bool:
        return self.used <= self.quota

    @property
    def left(self) -> int:
        return max(self.quota - self.used, 0)


def one_more(policy: str, who: str, *, quota: int) -> Allowance:
    """Count a request of ``who`` within the present minute, in the shared cache."""
    window, passed = divmod(int(time.time()), WINDOW_SECONDS)
    used = _counted(f"api-requests:{policy}:{who}:{window}")
    return Allowance(policy, quota, used, WINDOW_SECONDS - passed)


def may_ask_for_token(who: str) -> Allowance:
    """Tokens live for an hour, so a client or an address needs few requests for them."""
    return one_more("token", who, quota=settings.API_TOKEN_REQUESTS_PER_MINUTE)


class ClientThrottle(BaseThrottle):
    """A number of requests a minute for each client."""

    def allow_request(self, request: Request, view: Any) -> bool:
        quota = settings.API_REQUESTS_PER_MINUTE
        self.allowance = one_more("default", str(request.auth.pk), quota=quota)
        view.allowance = self.allowance
        request._request.is_one_of_too_many = self.allowance.used > quota + 1
        return self.allowance.is_allowed

    def wait(self) -> float:
        return self.allowance.seconds_left


def _counted(key: str) -> int:
    """One more request; the count begins again where the cache has dropped it in between."""
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:
        cache.set(key, 1, timeout=2 * WINDOW_SECONDS)
        return 1


def write_headers(response: HttpResponse, allowance: Allowance) -> None:
    policy = f'"{allowance.policy}"'
    response.headers["RateLimit-Policy"] = f"{policy};q={allowance.quota};w={WINDOW_SECONDS}"
    response.headers["RateLimit"] = f"{policy};r={allowance.left};t={allowance.seconds_left}"
