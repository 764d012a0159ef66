"""Template components: what repeats on pages."""

from __future__ import annotations

import re
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_NAME = re.compile(r"[a-z0-9-]+")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative Lucide icon, inlined; what it means must stand beside it in words."""
    return _icon(name)


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
