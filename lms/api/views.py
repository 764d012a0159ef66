"""What every endpoint shares: the caller, their region, their language, and the headers."""

from __future__ import annotations

import uuid
from datetime import UTC
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation.trans_real import parse_accept_lang_header
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from lms.api import throttling
from lms.api.models import ApiClient
from lms.api.pagination import Page, page_of
from lms.api.preconditions import Conditional
from lms.api.problems import InvalidParameters, Problem
from lms.api.scopes import Scope
from lms.people.models import Region


def language_of(request: HttpRequest) -> str:
    """Russian, unless the request prefers English."""
    for language, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if language.split("-")[0] in ("ru", "en"):
            return language.split("-")[0]
    return "ru"


class ApiAnswers:
    """The language and the headers of an answer."""

    allowance: throttling.Allowance | None = None

    def language(self, request: HttpRequest) -> str:
        return language_of(request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(self.language(request)), timezone.override(UTC):
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def finalize_response(self, request: Request, response, *args: Any, **kwargs: Any):
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if self.allowance is not None:
            throttling.write_headers(response, self.allowance)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class RegionScope:
    """The one place where a client is kept to its region.

    ``region_path`` leads from the model to the region. Whatever a view reads or changes it takes
    from ``in_region``, so that what lies outside does not exist for the caller.
    """

    region_path: str
    request: Request

    @property
    def client(self) -> ApiClient:
        return self.request.auth

    def in_region(self, queryset: QuerySet) -> QuerySet:
        return self.client.of_its_region(queryset, path=self.region_path)

    def own_or_named_region(self, code: str | None, *, required: bool = True) -> Region | None:
        """The region that a body is about: the client's own, or the one that ``code`` names."""
        own = self.client.region
        if own is not None:
            if code not in (None, own.code):
                message = gettext("Your key is bound to another region. Leave this field out.")
                raise ValidationError({"region": [message]}, code="not-yours")
            return own
        if code is None and not required:
            return None
        if code is None:
            message = gettext("A client of all regions says whose learner it is: “RU-…”.")
            raise ValidationError({"region": [message]}, code="required")
        try:
            return Region.objects.get(code=code)
        except Region.DoesNotExist:
            message = gettext("There is no region with this code.")
            raise ValidationError({"region": [message]}, code="unknown") from None


class ApiView(ApiAnswers, RegionScope, Conditional, GenericAPIView):
    """Base of all endpoints. ``scopes``: what a client needs, by method.

    ``model_queryset`` gives what the endpoint is about before it is cut to the region;
    ``missing_code`` is the problem's code when one of it is not there, ``problems`` are the codes
    of what else may go wrong, for the reference.
    """

    scopes: dict[str, tuple[Scope, ...]] = {}
    missing_code = "not-found"
    problems: tuple[str, ...] = ()
    http_method_names = ["get", "head", "post", "put", "patch"]

    def model_queryset(self) -> QuerySet:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet:
        return self.in_region(self.model_queryset())

    def find(self, queryset: QuerySet, identifier: str) -> Any:
        """The row with this uuid; the typed problem when there is none, or it is no uuid."""
        try:
            return queryset.get(uuid=uuid.UUID(identifier))
        except (ValueError, queryset.model.DoesNotExist):
            raise Problem(self.missing_code) from None

    def parameters(self, serializer: type[Serializer]) -> dict[str, Any]:
        """The parameters of the address, checked by ``serializer``."""
        checked = serializer(data=self.request.query_params.dict(), context={"view": self})
        try:
            checked.is_valid(raise_exception=True)
        except ValidationError as error:
            raise InvalidParameters(error.detail) from None
        return checked.validated_data

    def body(self, serializer: type[Serializer]) -> dict[str, Any]:
        """The body, checked by ``serializer``."""
        checked = serializer(data=self.request.data, context={"view": self})
        checked.is_valid(raise_exception=True)
        return checked.validated_data

    def page(self, queryset: QuerySet[Model], parameters: dict[str, Any], *, by: str) -> Page:
        return page_of(queryset, by=by, cursor=parameters.get("cursor"), limit=parameters["limit"])

    def changed_since(
        self, queryset: QuerySet, parameters: dict[str, Any], *, by: str = "updated_at"
    ) -> QuerySet:
        """Those that changed at the moment that was asked for or later; all, if none was."""
        if "updated_since" not in parameters:
            return queryset
        return queryset.filter(**{f"{by}__gte": parameters["updated_since"]})

    def listed(self, page: Page) -> Response:
        return Response(page.answer(self.get_serializer(page.rows, many=True).data))


@extend_schema(exclude=True)
class UnknownAddress(ApiView):
    """Everything under /api/ that is no endpoint."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    http_method_names = [*GenericAPIView.http_method_names]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound
