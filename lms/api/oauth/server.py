"""The token endpoint's protocol (RFC 6749, sections 2.3, 4.4 and 5; RFC 7009), by oauthlib.

oauthlib reads requests and writes answers and errors; who a client is and what a token is, is
decided by ``secrets`` and ``tokens``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus, urlencode

from oauthlib.common import Request
from oauthlib.oauth2 import (
    BackendApplicationServer,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    RequestValidator,
)

from lms.api import throttling
from lms.api.oauth.secrets import find_secret
from lms.api.oauth.tokens import TOKEN_LASTS, SecretEnded, keep_token, new_token, revoke_token

GRANT = "client_credentials"
Form = list[tuple[str, str]]


class TooManyTokens(OAuth2Error):
    """The client, or its address, asked too often within this minute."""

    error = "too_many_requests"
    status_code = 429
    description = "Too many requests for tokens; a token can be used for an hour."


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str]


class _Clients(RequestValidator):
    """Answers oauthlib's questions about clients, scopes and tokens."""

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        found = find_secret(*_credentials(request))
        if found is None:
            return False
        request.client, request.secret = found.client, found
        return True

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request, *args: Any, **kw: Any
    ) -> bool:
        if not throttling.may_ask_for_token(f"client:{client.pk}").is_allowed:
            raise TooManyTokens
        return grant_type == GRANT

    def get_default_scopes(self, client_id: str, request: Request, *args: Any, **kw: Any) -> list:
        return list(request.client.scopes)

    def validate_scopes(
        self,
        client_id: str,
        scopes: Iterable[str],
        client: Any,
        request: Request,
        *a: Any,
        **k: Any,
    ) -> bool:
        return set(scopes) <= set(client.scopes)

    def save_bearer_token(self, token: dict, request: Request, *args: Any, **kwargs: Any) -> None:
        try:
            keep_token(token["access_token"], secret=request.secret, scopes=request.scopes)
        except SecretEnded:
            raise InvalidClientError(request=request) from None

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        revoke_token(token, client=request.client)


_SERVER = BackendApplicationServer(
    _Clients(),
    token_generator=lambda request: new_token(),
    token_expires_in=int(TOKEN_LASTS.total_seconds()),
)


def answer_token_request(*, address: str, form: Form, authorization: str) -> Answer:
    """A token for valid credentials, or the error of RFC 6749, section 5.2."""
    return _answered(_SERVER.create_token_response, address, form, authorization)


def answer_revocation(*, address: str, form: Form, authorization: str) -> Answer:
    """Empty, whether there was such a token or not (RFC 7009, section 2.2)."""
    return _answered(_SERVER.create_revocation_response, address, form, authorization)


def refused(error: OAuth2Error) -> Answer:
    """``error`` as an answer; a challenge names the scheme that clients sign in with."""
    headers = {"WWW-Authenticate": 'Basic realm="berezhno"'} if error.status_code == 401 else {}
    return Answer(error.status_code, error.json, headers)


def _answered(handle: Any, address: str, form: Form, authorization: str) -> Answer:
    headers = {"Authorization": authorization} if authorization else {}
    try:
        said, body, status = handle(address, "POST", urlencode(form), headers)
    except OAuth2Error as error:
        return refused(error)
    challenge = {"WWW-Authenticate": 'Basic realm="berezhno"'} if status == 401 else {}
    said = {name: value for name, value in said.items() if name != "WWW-Authenticate"}
    return Answer(status, body, {**said, **challenge})


def _credentials(request: Request) -> tuple[str, str]:
    """The client's id and secret, from the header or from the form; never from both."""
    scheme, _space, rest = request.headers.get("Authorization", "").partition(" ")
    in_form = request.client_id or "", request.client_secret or ""
    if scheme.lower() != "basic":
        return in_form
    if request.client_secret:
        raise InvalidRequestError("Send the credentials in the header or in the form, not both.")
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    client_id, _colon, secret = (unquote_plus(part) for part in pair.partition(":"))
    if in_form[0] not in ("", client_id):
        raise InvalidRequestError("Two client ids: in the header and in the form.")
    return client_id, secret
