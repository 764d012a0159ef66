"""The frame of the pages, header and footer, rendered once for all who see the same one.

What belongs to one person or page (the name, the address, the form's token) is a gap in the text
that is kept, and is filled in for each request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_GAPS = {
    name: f"\ue000{name}\ue001"  # of Unicode's private use: nobody writes them
    for name in ("short_name", "here", "here_whole", "csrf_token")
}


class _Seen(NamedTuple):
    """All that a header or footer depends on, but for the gaps."""

    language: str | None
    section: str
    signed_in: bool
    is_staff: bool
    sees_insights: bool


def frame_part(template: str, context: Mapping[str, Any]) -> SafeString:
    """The header or footer for the page that ``context`` (a template's, flattened or not) is of.

    ``context`` may lack the request and the user, as pages of errors do.
    """
    request, user = context.get("request"), context.get("user")
    path = request.path if request is not None else ""
    signed_in = user is not None and user.is_authenticated
    seen = _Seen(
        language=get_language(),
        section=path if path in _sections(get_urlconf()) else "",
        signed_in=signed_in,
        is_staff=signed_in and user.is_staff,
        sees_insights=bool(context.get("sees_insights")),
    )
    render = _rendered.__wrapped__ if settings.DEBUG else _rendered  # templates being written
    text = render(template, seen, get_urlconf())
    own = {
        "short_name": user.get_short_name() if signed_in else "",
        "here": quote(path),
        "here_whole": request.get_full_path() if request is not None else "",
        "csrf_token": str(context.get("csrf_token") or ""),
    }
    for name, gap in _GAPS.items():
        text = text.replace(gap, conditional_escape(own[name]))
    return mark_safe(text)  # noqa: S308  what was filled in is escaped


@lru_cache(maxsize=8)
def _sections(_urlconf: str | None) -> frozenset[str]:
    """The addresses that the header marks as the present one."""
    named = (reverse(f"courses:{name}") for name in ("home", "calendar", "requests"))
    return frozenset([*named, "/catalog/", "/memos/"])


@lru_cache(maxsize=256)
def _rendered(template: str, seen: _Seen, _urlconf: str | None) -> str:
    return render_to_string(template, {**seen._asdict(), **_GAPS, "LANGUAGE_CODE": seen.language})
