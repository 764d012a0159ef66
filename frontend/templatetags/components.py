"""Template components: what repeats on pages."""

from __future__ import annotations

import re
from functools import lru_cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from frontend import frame

register = template.Library()

_NAME = re.compile(r"[a-z0-9-]+")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative Lucide icon, inlined; what it means must stand beside it in words."""
    return _icon(name)


@register.simple_tag
def stylesheet(path: str) -> SafeString:
    """The link to a style sheet among the static files."""
    return format_html('<link rel="stylesheet" href="{}">', address_of_static(path))


@register.simple_tag(takes_context=True)
def script(context: template.Context, path: str) -> SafeString:
    """A module among the static files, with the page's nonce; it runs when the page is there."""
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html(
        '<script type="module" src="{}" nonce="{}"></script>', address_of_static(path), nonce
    )


@lru_cache(maxsize=256)
def address_of_static(path: str) -> str:
    """Where a static file is; the names of files do not change while a process runs."""
    return static(path)


@register.simple_tag(takes_context=True)
def frame_part(context: template.Context, name: str) -> SafeString:
    """The header or footer, see ``frontend.frame``."""
    return frame.frame_part(name, context)


@lru_cache(maxsize=128)
def _icon(name: str) -> SafeString:
    if not _NAME.fullmatch(name):
        raise template.TemplateSyntaxError(f"“{name}” is not the name of an icon.")
    path = settings.NPM_DIR / "lucide-static" / "icons" / f"{name}.svg"
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise template.TemplateSyntaxError(f"There is no icon “{name}”.") from error
    source = re.sub(r'class="[^"]*"', 'class="icon" aria-hidden="true"', _COMMENT.sub("", source))
    return mark_safe(" ".join(source.split()))  # noqa: S308  a file of a pinned package
