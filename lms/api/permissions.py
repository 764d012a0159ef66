"""What the caller's key allows."""

from __future__ import annotations

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from lms.api.problems import Problem


class HasScope(BasePermission):
    """The client has every scope that the view asks for its method (``view.scopes``)."""

    def has_permission(self, request: Request, view) -> bool:
        client = request.auth
        if client is None:
            return False
        method = "GET" if request.method == "HEAD" else request.method
        missing = [scope for scope in view.scopes.get(method, ()) if not client.may(scope)]
        if missing:
            raise Problem("scope-missing", missing_scopes=missing)
        return True
