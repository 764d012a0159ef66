"""Who is calling: the client of the token or key in the request's headers."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from lms.api.keys import find_client, note_use
from lms.api.models import ApiClient
from lms.api.oauth import tokens

CHALLENGE = 'Bearer realm="berezhno"'


class ClientAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token or key>`` or ``X-API-Key: <key>``; ``request.auth`` is who.

    There is no person behind the request: ``request.user`` stays anonymous.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiClient] | None:
        credential = self._credential(request)
        if credential is None:
            return None
        client = self._client(credential, request)
        request._request.api_client = client  # for the log of requests
        note_use(client)
        return AnonymousUser(), client

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE

    def _client(self, credential: str, request: Request) -> ApiClient:
        if credential.startswith(tokens.PREFIX):
            try:
                return tokens.client_of_token(credential)
            except tokens.TokenRefused as refusal:
                request._request.api_client = refusal.client
                raise AuthenticationFailed(code=refusal.code) from None
        client = find_client(credential)
        if client is None:
            raise AuthenticationFailed(code="invalid-key")
        return client

    def _credential(self, request: Request) -> str | None:
        words = get_authorization_header(request).split()
        if words and words[0].lower() == b"bearer":
            if len(words) != 2:
                raise AuthenticationFailed(code="invalid-key")
            return words[1].decode("latin-1")
        return request.headers.get("X-API-Key")


def challenge(error: Exception) -> str:
    """``WWW-Authenticate`` for this error (RFC 6750, section 3)."""
    if isinstance(error, AuthenticationFailed):
        code = error.get_codes()
        return f'{CHALLENGE}, error="invalid_token", error_description="{code}"'
    if isinstance(error, APIException) and error.status_code == 403:
        scopes = " ".join(getattr(error, "more", {}).get("missing_scopes", []))
        return f'{CHALLENGE}, error="insufficient_scope", scope="{scopes}"'
    return CHALLENGE
