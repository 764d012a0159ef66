"""Pages for developers: the ten-minute path, the reference, and every problem explained."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from courses.cms.people_sheet import CONTENT_TYPE
from courses.importing import blank_sheet, sheets
from lms.api.collection import collection
from lms.api.events.kinds import EventType
from lms.api.guide import program, samples
from lms.api.problem_kinds import KINDS, ProblemKind
from lms.api.scopes import Scope
from lms.api.status import Health, overall, parts
from lms.api.views import ApiAnswers, language_of
from lms.people.zones import zone_in_words


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
def _description(language: str) -> dict[str, Any]:
    """The OpenAPI description in this language, as plain JSON."""
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        return json.loads(json.dumps(schema, cls=DjangoJSONEncoder))


@lru_cache(maxsize=4)
def operations(language: str) -> tuple[Operation, ...]:
    """Every request of the API, as the description tells it; readable without the viewer."""
    paths = _description(language)["paths"]
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
        "guide": reverse("api:guide"),
        "samples": samples(settings.PUBLIC_URL),
        "scopes": Scope,
        "operations": operations(translation.get_language()),
        "requests_per_minute": settings.API_REQUESTS_PER_MINUTE,
    }
    return render(request, "api/developers.html", context)


def guide(request: HttpRequest) -> HttpResponse:
    """Every group of requests, step by step."""
    context = {
        "developers": reverse("api:developers"),
        "sheet": reverse("api:spreadsheet"),
        "samples": samples(settings.PUBLIC_URL),
        "requests_per_minute": settings.API_REQUESTS_PER_MINUTE,
        "scim": f"{settings.PUBLIC_URL}/scim/v2",
        "site": settings.PUBLIC_URL,
        "event_types": EventType.choices,
        "events_kept_days": settings.EVENTS_KEPT_DAYS,
    }
    return render(request, "api/guide.html", context)


def whole_program(request: HttpRequest, name: str) -> HttpResponse:
    """All steps of the guide as one program, which runs as it is with an id and a secret."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = program(name, settings.PUBLIC_URL)
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def requests_collection(request: HttpRequest) -> JsonResponse:
    """The requests of the API for Postman, Bruno or Insomnia, in the language of the page."""
    made = collection(
        _description(translation.get_language()),
        site=settings.PUBLIC_URL,
        name=gettext("Berezhno: API v1"),
        how_to=gettext(
            "Put the id and the secret of your client into the variables and send the request for "
            "a token first; or put your key into “token”. Lists keep the id of their first row for "
            "the requests that need one."
        ),
    )
    headers = {"Content-Disposition": 'attachment; filename="berezhno-api.postman.json"'}
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False}, headers=headers)


def spreadsheet(request: HttpRequest) -> HttpResponse:
    """The sheet that people are imported from, column by column."""
    return render(request, "api/spreadsheet.html", {"column_helps": sheets.column_helps()})


def spreadsheet_xlsx(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="people.xlsx"'}
    return HttpResponse(blank_sheet.template_xlsx(), content_type=CONTENT_TYPE, headers=headers)


def spreadsheet_csv(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="people.csv"'}
    content_type = "text/csv; charset=utf-8"
    return HttpResponse(blank_sheet.template_csv(), content_type=content_type, headers=headers)


@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """How the parts that systems rely on fare now; no numbers, so nothing about anybody."""
    found = parts()
    now = timezone.now()
    context = {
        "parts": found,
        "overall": overall(found),
        "now": now,
        "zone": zone_in_words(now),
    }
    return render(request, "api/status.html", context)


@never_cache
def status_json(request: HttpRequest) -> JsonResponse:
    """The same for programs; 503 while something does not work."""
    found = parts()
    worst = overall(found)
    body = {
        "status": worst,
        "at": timezone.now(),
        "parts": [
            {"name": part.name, "status": part.health, "waiting_since": part.since}
            for part in found
        ],
    }
    return JsonResponse(body, status=503 if worst is Health.BROKEN else 200)


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
            "cause_heading": str(gettext("Why it happens")),
            "remedy_heading": str(gettext("What to do")),
        }
