"""Pages for developers: the ten-minute path, the reference, and every problem explained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.events.kinds import EventType
from lms.api.problem_kinds import KINDS, ProblemKind
from lms.api.scopes import Scope
from lms.api.views import ApiAnswers, language_of


class Schema(ApiAnswers, SpectacularAPIView):
    """The OpenAPI 3.1 description, in the language of ``?lang=`` or of ``Accept-Language``."""

    renderer_classes = [OpenApiJsonRenderer]
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def language(self, request: HttpRequest) -> str:
        chosen = request.GET.get("lang", "")
        return chosen if chosen in dict(settings.LANGUAGES) else language_of(request)

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._get_schema_response(request)


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    anchor: str


@lru_cache(maxsize=4)
def operations(language: str) -> tuple[Operation, ...]:
    """Every request of the API, as the description tells it; readable without the viewer."""
    with translation.override(language):
        paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return tuple(
        Operation(
            method=method.upper(),
            path=path,
            summary=described["summary"],
            anchor=f"#/{described['tags'][0]}/{described['operationId']}",
        )
        for path, methods in paths.items()
        for method, described in methods.items()
    )


def start(request: HttpRequest) -> HttpResponse:
    context = {
        "api": f"{settings.PUBLIC_URL}/api/v1",
        "guide": reverse("api:guide"),
        "scopes": Scope,
        "operations": operations(translation.get_language()),
        "requests_per_minute": settings.API_REQUESTS_PER_MINUTE,
    }
    return render(request, "api/developers.html", context)


def guide(request: HttpRequest) -> HttpResponse:
    """How to live on events, webhooks and SCIM, and the Python client."""
    context = {
        "api": f"{settings.PUBLIC_URL}/api/v1",
        "scim": f"{settings.PUBLIC_URL}/scim/v2",
        "site": settings.PUBLIC_URL,
        "event_types": EventType.choices,
        "events_kept_days": settings.EVENTS_KEPT_DAYS,
    }
    return render(request, "api/guide.html", context)


@csp_replace({"style-src": [SELF, UNSAFE_INLINE]})
def reference(request: HttpRequest) -> HttpResponse:
    """The reference with its viewer, which writes styles into the page."""
    return render(request, "api/reference.html")


def problems(request: HttpRequest) -> HttpResponse:
    return render(request, "api/problems.html", {"kinds": KINDS.values()})


def problem(request: HttpRequest, code: str) -> HttpResponse:
    """One problem in the language of the page, and below it in the other one."""
    kind = KINDS.get(code)
    if kind is None:
        raise Http404
    present = translation.get_language()
    other = "en" if present == "ru" else "ru"
    context = {"kind": kind, "texts": [_texts(kind, present), _texts(kind, other)]}
    return render(request, "api/problem.html", context)


def _texts(kind: ProblemKind, language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "language": language,
            "title": str(kind.title),
            "cause": str(kind.cause),
            "remedy": str(kind.remedy),
            "cause_heading": str(translation.gettext("Why it happens")),
            "remedy_heading": str(translation.gettext("What to do")),
        }
