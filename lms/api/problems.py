"""Errors as ``application/problem+json`` (RFC 9457): the one place that writes them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from lms.api.authentication import challenge
from lms.api.problem_kinds import BY_STATUS, KINDS, ProblemKind

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """Answer with the problem of this ``code``; ``more`` are members beside the standard ones."""

    def __init__(self, code: str, *, detail: str = "", **more: Any):
        self.kind = KINDS[code]
        self.status_code = self.kind.status
        self.more = more
        super().__init__(detail=detail or str(self.kind.cause), code=code)


class InvalidParameters(exceptions.ValidationError):
    """Errors of the address's parameters; a plain ValidationError is about the body."""


def body_of(kind: ProblemKind, request: HttpRequest, detail: str = "", **more: Any) -> dict:
    """The members of RFC 9457, section 3.1, with our ``code`` beside them."""
    return {
        "type": kind.url,
        "title": str(kind.title),
        "status": kind.status,
        "code": kind.code,
        "detail": detail or str(kind.cause),
        "instance": f"urn:uuid:{request.request_id}",  # type: ignore[attr-defined]
        **more,
    }


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every exception of a view becomes a problem."""
    request = context["request"]._request
    body = _body(error, request)
    if body["status"] == 500:
        logger.error("Request %s broke", request.request_id, exc_info=error)
        got_request_exception.send(sender=None, request=request)
    headers = {}
    if hasattr(error, "auth_header") or body["code"] == "scope-missing":
        headers["WWW-Authenticate"] = challenge(error)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def bare_problem(status: int, request: HttpRequest) -> JsonResponse:
    """The problem for an error that came from before or beside the API's views."""
    kind = BY_STATUS.get(status, KINDS["bad-request" if status < 500 else "internal-error"])
    body = {**body_of(kind, request), "status": status}
    return JsonResponse(
        body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def _body(error: Exception, request: HttpRequest) -> dict:
    if isinstance(error, Problem):
        return body_of(error.kind, request, str(error.detail), **error.more)
    if isinstance(error, exceptions.ValidationError):
        place = "parameter" if isinstance(error, InvalidParameters) else "pointer"
        errors = list(_listed(error.get_full_details(), place))
        return body_of(KINDS["validation-failed"], request, _summary(errors), errors=errors)
    if isinstance(error, exceptions.Throttled):
        violated = {"violated-policies": ["default"]}  # as the RateLimit headers call it
        return body_of(KINDS["too-many-requests"], request, **violated)
    if isinstance(error, exceptions.MethodNotAllowed):
        return body_of(KINDS["method-not-allowed"], request)
    return body_of(_kind(error), request)


def _kind(error: Exception) -> ProblemKind:
    if isinstance(error, exceptions.ParseError):
        return KINDS["malformed-body"]
    if isinstance(error, RequestDataTooBig):
        return KINDS["body-too-large"]
    if isinstance(error, SuspiciousOperation):
        return KINDS["bad-request"]
    if isinstance(error, Http404):
        return KINDS["not-found"]
    if isinstance(error, PermissionDenied):
        return KINDS["scope-missing"]
    if isinstance(error, exceptions.AuthenticationFailed):
        return KINDS[str(error.detail.code)]  # type: ignore[union-attr]
    if isinstance(error, exceptions.APIException):
        return BY_STATUS.get(error.status_code, KINDS["internal-error"])
    return KINDS["internal-error"]


def _listed(details: Any, place: str, path: tuple[str, ...] = ()) -> Iterator[dict]:
    """DRF's nested errors as a flat list, each with its place."""
    if isinstance(details, dict) and {"message", "code"} <= details.keys():
        where = "".join(f"/{_escaped(part)}" for part in path)
        yield {
            place: where if place == "pointer" else ".".join(path),
            "code": str(details["code"]).replace("_", "-"),
            "detail": str(details["message"]),
        }
    elif isinstance(details, dict):
        for name, nested in details.items():
            inside = path if name == "non_field_errors" else (*path, str(name))
            yield from _listed(nested, place, inside)
    else:
        for nested in details:
            yield from _listed(nested, place, path)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _summary(errors: list[dict]) -> str:
    first = errors[0]
    where = first.get("pointer", first.get("parameter")) or _("the body")
    return f"{where}: {first['detail']}"
