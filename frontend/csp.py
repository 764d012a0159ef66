"""The content security policy: strict for our pages, the CMS's own needs for the CMS."""

from __future__ import annotations

from csp.constants import NONCE, NONE, SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def page_policy() -> dict[str, list]:
    """What our own pages may load: this host, and scripts that carry the page's nonce."""
    sockets = ["ws:", "wss:"] if settings.LIVE_URL == "" else [settings.LIVE_URL]
    return {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF, *sockets],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }


CMS_POLICY: dict[str, list] = {
    "default-src": [SELF],
    "script-src": [SELF, "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "connect-src": [SELF],
    "frame-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
}
"""Wagtail's editor writes scripts into its pages; only signed-in staff reach it."""


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's header with the policy of the place; a view's own decorator goes first."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None:
            parts.config = CMS_POLICY if request.path.startswith("/cms/") else page_policy()
        return parts
