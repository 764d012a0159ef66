"""SCIM 2.0 (RFC 7644) at /scim/v2 for the HR systems of regions, with the keys of the API."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView
from scim2_models import ForbiddenException, SCIMException, UnauthorizedException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation
from scim2_server.service import ScimService

from lms.api import throttling
from lms.api.authentication import challenge
from lms.api.models import ApiClient, PersonalDataAccess
from lms.api.problems import Problem
from lms.api.scim.resources import make_provider
from lms.api.scim.storage import RegionStorage
from lms.api.scopes import Scope

logger = logging.getLogger(__name__)

SERVICE = ScimService(make_provider())


@extend_schema(exclude=True)
class Scim(APIView):
    """Hands the request to the SCIM server and its answer back, whatever the path."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    permission_classes = []
    scopes: dict[str, tuple[Scope, ...]] = {}
    allowance: throttling.Allowance | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        if request.auth is not None:
            self.check_throttles(request)

    def handle(self, request: Request, path: str = "") -> HttpResponse:
        asked = ScimRequest(
            method=request.method or "GET",
            base_url=f"{settings.PUBLIC_URL}/scim/v2",
            path=f"/{path}",
            query=request.query_params.dict(),
            headers=dict(request.headers),
            body=request.body,
        )
        try:
            return self._answer(self._served(request, asked))
        except SCIMException as error:
            return self._answer(SERVICE.error_response(error))

    get = post = put = patch = delete = head = handle

    def _served(self, request: Request, asked: ScimRequest) -> ScimResponse:
        if SERVICE.match(asked).operation is Operation.service_provider_config:
            return ScimHandler(SERVICE, RegionStorage(None)).handle(asked)  # type: ignore[arg-type]
        client: ApiClient | None = request.auth
        if client is None:
            raise UnauthorizedException
        if client.region is None or not client.may(Scope.SCIM_MANAGE):
            raise ForbiddenException(
                detail="The key needs the scope scim:manage and belongs to one region."
            )
        storage = RegionStorage(client.region)
        response = ScimHandler(SERVICE, storage).handle(asked)
        self._record(request, asked, storage.seen)
        return response

    def _record(self, request: Request, asked: ScimRequest, seen: set[int]) -> None:
        PersonalDataAccess.objects.bulk_create(
            PersonalDataAccess(
                client=request.auth,
                person_id=person_id,
                endpoint=f"{asked.method} /scim/v2{asked.path}"[:200],
                request_id=request._request.request_id,
            )
            for person_id in sorted(seen)
        )

    def _answer(self, answer: ScimResponse) -> HttpResponse:
        body = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
        response = HttpResponse(body, status=answer.status.value)
        for name, value in answer.headers.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        if self.allowance is not None:
            throttling.write_headers(response, self.allowance)
        return response

    def handle_exception(self, error: Exception) -> HttpResponse:
        """Errors of what stands before the SCIM server, in its form."""
        status, detail, headers = 500, "Something broke on our side.", {}
        if isinstance(error, exceptions.Throttled):
            status, detail = 429, "Too many requests."
            headers["Retry-After"] = str(int(error.wait or 1) + 1)
        elif isinstance(error, exceptions.AuthenticationFailed):
            status, detail = 401, "The key or the token is not valid."
            headers["WWW-Authenticate"] = challenge(error)
        elif isinstance(error, (exceptions.APIException, Problem)):
            status, detail = error.status_code, str(error.detail)
        else:
            logger.error("A SCIM request broke", exc_info=error)
        body = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": str(status),
            "detail": detail,
        }
        return HttpResponse(
            json.dumps(body), status=status, content_type="application/scim+json", headers=headers
        )

    def finalize_response(
        self, request: HttpRequest, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return response
