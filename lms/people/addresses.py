"""Where a request comes from."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen past the proxies that ``TRUSTED_PROXIES`` counts."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return "unknown"
