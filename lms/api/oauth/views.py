"""Tokens for clients: asking for one, giving it back, and what a machine finds by itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiResponse, extend_schema
from oauthlib.oauth2 import InvalidRequestError
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from lms.api import throttling
from lms.api.oauth.server import (
    GRANT,
    Answer,
    TooManyTokens,
    answer_revocation,
    answer_token_request,
    refused,
)
from lms.api.scopes import Scope
from lms.api.views import ApiAnswers
from lms.people.addresses import client_address

FORM = "application/x-www-form-urlencoded"
ERRORS = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_token_type",
    "invalid_scope",
    "too_many_requests",
]


class Credentials(serializers.Serializer):
    client_id = serializers.CharField(
        required=False, help_text=_("“bc_…”; left out where HTTP Basic carries it.")
    )
    client_secret = serializers.CharField(
        required=False, help_text=_("“bs_…”; left out where HTTP Basic carries it.")
    )


class TokenBody(Credentials):
    grant_type = serializers.ChoiceField(choices=[GRANT])
    scope = serializers.CharField(
        required=False,
        help_text=_("Scopes by spaces; left out: all that the client has."),
    )


class TokenAnswer(serializers.Serializer):
    """A token for the header “Authorization: Bearer …” (RFC 6749, section 5.1)."""

    access_token = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["Bearer"])
    expires_in = serializers.IntegerField(help_text=_("Seconds."))
    scope = serializers.CharField(allow_blank=True)


class RevocationBody(Credentials):
    token = serializers.CharField(min_length=1)
    token_type_hint = serializers.CharField(required=False)


class OAuthError(serializers.Serializer):
    """RFC 6749, section 5.2."""

    error = serializers.ChoiceField(choices=ERRORS)
    error_description = serializers.CharField(required=False)


REFUSALS = {
    400: OpenApiResponse(OAuthError, _("The request breaks the rules of RFC 6749.")),
    401: OpenApiResponse(OAuthError, _("The id or the secret is wrong, or no longer works.")),
    413: OpenApiResponse(OAuthError, _("The body is too large")),
    429: OpenApiResponse(OAuthError, _("Too many requests")),
}


class OAuthView(ApiAnswers, APIView):
    """An endpoint whose requests are forms and whose errors are those of RFC 6749."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    http_method_names = ["post"]
    scopes: dict[str, tuple[Scope, ...]] = {}
    has_own_errors = True

    def answered(self, request: Request, answer: Any) -> HttpResponse:
        allowance = throttling.may_ask_for_token(f"address:{client_address(request._request)}")
        said = self._said(request, answer) if allowance.is_allowed else refused(TooManyTokens())
        headers = {**said.headers, "Cache-Control": "no-store"}
        response = HttpResponse(said.body, content_type="application/json", status=said.status)
        for name, value in headers.items():
            response.headers[name] = value
        throttling.write_headers(response, allowance)
        if said.status == 429:
            response.headers["Retry-After"] = str(allowance.seconds_left)
        return _as_it_is(response)

    def _said(self, request: Request, answer: Any) -> Answer:
        authorization = request.headers.get("Authorization", "")
        try:
            form = _form(request)
        except InvalidRequestError as error:
            return refused(error)
        return answer(address=request.get_full_path(), form=form, authorization=authorization)

    def handle_exception(self, error: Exception) -> HttpResponse:
        if isinstance(error, exceptions.MethodNotAllowed):
            said = InvalidRequestError("Only POST.", status_code=405)
            response = HttpResponse(said.json, content_type="application/json", status=405)
            response.headers["Allow"] = "POST"
            return _as_it_is(response)
        return super().handle_exception(error)


class Token(OAuthView):
    @extend_schema(
        operation_id="oauth_token",
        summary=_("A token for an hour (OAuth2 client credentials)"),
        description=_(
            "RFC 6749, section 4.4. The id and the secret come by HTTP Basic or in the form."
        ),
        tags=["client"],
        auth=[],
        request={FORM: TokenBody},
        responses={200: TokenAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> HttpResponse:
        return self.answered(request, answer_token_request)


class Revocation(OAuthView):
    @extend_schema(
        operation_id="oauth_revoke",
        summary=_("Give a token back"),
        description=_("RFC 7009. The answer is the same whether there was such a token or not."),
        tags=["client"],
        auth=[],
        request={FORM: RevocationBody},
        responses={200: OpenApiResponse(description=_("The token works no more.")), **REFUSALS},
    )
    def post(self, request: Request) -> HttpResponse:
        return self.answered(request, answer_revocation)


@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """RFC 8414: where the token endpoint is and what it understands."""
    methods = ["client_secret_basic", "client_secret_post"]
    return JsonResponse(
        {
            "issuer": settings.PUBLIC_URL,
            "token_endpoint": settings.PUBLIC_URL + reverse("api:oauth-token"),
            "token_endpoint_auth_methods_supported": methods,
            "revocation_endpoint": settings.PUBLIC_URL + reverse("api:oauth-revoke"),
            "revocation_endpoint_auth_methods_supported": methods,
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
            "scopes_supported": Scope.values,
            "service_documentation": settings.PUBLIC_URL + reverse("api:developers"),
        }
    )


def _form(request: Request) -> list[tuple[str, str]]:
    """The fields of the body, repeated ones repeated. Raises InvalidRequestError."""
    if request.content_type.partition(";")[0].strip().lower() != FORM:
        raise InvalidRequestError(f"Send the body as {FORM}.")
    try:
        fields = QueryDict(request._request.body, encoding="utf-8")
    except RequestDataTooBig:
        raise InvalidRequestError("The body is too large.", status_code=413) from None
    except (SuspiciousOperation, ValueError):
        raise InvalidRequestError("The body cannot be read.") from None
    return [(name, value) for name, values in fields.lists() for value in values]


def _as_it_is(response: HttpResponse) -> HttpResponse:
    """Tell the middleware that this error has the form that its reader expects."""
    response.has_its_own_form = True  # type: ignore[attr-defined]
    return response
