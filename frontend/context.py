"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from frontend.display import COOKIE, cleaned, from_cookie
from frontend.own_device import keeper


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, the display settings, and where live rooms are."""
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    display = cleaned(user.display) if is_known else from_cookie(request.COOKIES.get(COOKIE, ""))
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "display": display,
        "live_url": settings.LIVE_URL,
        "keeper": keeper(request),
        "sees_insights": is_known and (user.is_administrator or user.has_roles),
    }
