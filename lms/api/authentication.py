"""Who is calling: the client of the key in the request's headers."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from lms.api.keys import find_client, note_use
from lms.api.models import ApiClient


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer <key>`` or ``X-API-Key: <key>``; the client is ``request.auth``.

    There is no person behind the request: ``request.user`` stays anonymous.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiClient] | None:
        key = self._key(request)
        if key is None:
            return None
        client = find_client(key)
        if client is None:
            raise AuthenticationFailed(code="invalid-key")
        note_use(client)
        return AnonymousUser(), client

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="berezhno"'

    def _key(self, request: Request) -> str | None:
        words = get_authorization_header(request).split()
        if words and words[0].lower() == b"bearer":
            if len(words) != 2:
                raise AuthenticationFailed(code="invalid-key")
            return words[1].decode("latin-1")
        return request.headers.get("X-API-Key")
