"""The OpenAPI description: what drf-spectacular cannot know by itself.

Every operation also documents its problems, which a view never declares: they follow from what it
takes (a body, ids, parameters) and from the codes that it names in ``problems``.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema

from lms.api import idempotency
from lms.api.fields import PRINTABLE, SOMETHING
from lms.api.problem_kinds import KINDS
from lms.api.problems import CONTENT_TYPE
from lms.api.scopes import Scope

PREFIX = "/api/v1/"
NOT_SIGNED_IN = (
    "not-authenticated",
    "invalid-key",
    "invalid-token",
    "token-expired",
    "token-revoked",
)
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "draft-ietf-httpapi-idempotency-key-header-07",
    "schema": {"type": "string", "pattern": '^("[ !#-~]{1,255}"|[!#-~]{1,255})$'},
}
ETAG: dict[str, Any] = {"description": "RFC 9110, 8.8.3", "schema": {"type": "string"}}
IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "description": _("The ETag that you have read: change it only if it still is so."),
    "schema": {"type": "string"},
}
IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "description": _(
        "The ETag that you have (304: nothing is new), or “*”: only if there is none."
    ),
    "schema": {"type": "string"},
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(KINDS)},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "urn:uuid: + X-Request-Id"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901"},
                    "parameter": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "missing_scopes": {"type": "array", "items": {"type": "string"}},
        "state": {"type": "string"},
        "reason": {"type": "string"},
        "removals": {"type": "integer"},
        "violated-policies": {"type": "array", "items": {"type": "string"}},
    },
}


def only_public_endpoints(endpoints: list[tuple]) -> list[tuple]:
    """Leave out what is not ours: the CMS brings API views too."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


def with_problem_schema(result: dict, generator, request, public: bool) -> dict:
    """Put the schema of a problem among the components."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    return result


class ApiSchema(AutoSchema):
    """Adds to every operation its scopes and the problems that it may answer with."""

    def get_description(self) -> str:
        scopes = self.view.scopes.get(self.method, ())
        listed = ", ".join(f"`{scope.value}`" for scope in scopes)
        return "\n\n".join(filter(None, [super().get_description(), listed]))

    def get_operation(self, *args: Any, **kwargs: Any) -> dict | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            if self._takes_key:
                operation["parameters"] = [*operation.get("parameters", []), IDEMPOTENCY_KEY]
            if self._is_conditional:
                self._add_tags(operation)
            if getattr(self.view, "has_own_errors", False):
                return operation
            for status, codes in self._problems(operation).items():
                operation["responses"].setdefault(str(status), _response(codes))
        return operation

    @property
    def _takes_key(self) -> bool:
        return self.method == "POST" and hasattr(self.view.post, "is_once_per_key")

    @property
    def _is_conditional(self) -> bool:
        return hasattr(getattr(self.view, self.method.lower()), "is_conditional")

    def _add_tags(self, operation: dict) -> None:
        """The headers of conditional requests, and what they may lead to."""
        headers = [IF_NONE_MATCH] if self.method == "GET" else [IF_MATCH]
        if self.method == "PUT":
            headers.append(IF_NONE_MATCH)
        operation["parameters"] = [*operation.get("parameters", []), *headers]
        if self.method in ("GET", "PUT", "PATCH"):
            for status, response in operation["responses"].items():
                if status.startswith("2"):
                    response["headers"] = {"ETag": ETAG}
        if self.method == "GET":
            not_modified = {"description": "If-None-Match", "headers": {"ETag": ETAG}}
            operation["responses"]["304"] = not_modified

    def _problems(self, operation: dict) -> dict[int, list[str]]:
        codes = [*NOT_SIGNED_IN, "too-many-requests", "internal-error"]
        if self.view.scopes.get(self.method):
            codes.append("scope-missing")
        if "{" in self.path:
            codes.append(self.view.missing_code)
        if "requestBody" in operation:
            codes += ["malformed-body", "unsupported-media-type", "validation-failed"]
        if operation.get("parameters"):
            codes.append("validation-failed")
        if self._takes_key:
            codes += idempotency.PROBLEMS
        if self._is_conditional and self.method != "GET":
            codes.append("precondition-failed")
        codes += self.view.problems
        by_status: dict[int, list[str]] = {}
        for code in dict.fromkeys(codes):
            by_status.setdefault(KINDS[code].status, []).append(code)
        return dict(sorted(by_status.items()))


def _response(codes: list[str]) -> dict:
    texts = "; ".join(f"`{code}`: {KINDS[code].title}" for code in codes)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": texts, "content": {CONTENT_TYPE: {"schema": schema}}}


class TextOfOneLine(OpenApiSerializerFieldExtension):
    """Says of a text what it may not contain, and whether it may be blank."""

    target_class = "lms.api.fields.Text"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict:
        described = auto_schema._map_serializer_field(
            self.target, direction, bypass_extensions=True
        )
        pattern = f"^{PRINTABLE}$" if self.target.allow_blank else SOMETHING
        return {**described, "type": "string", "pattern": pattern}


class NoOtherFields(OpenApiSerializerExtension):
    """Says of a body that fields which are not in it are refused."""

    target_class = "lms.api.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict:
        described = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**described, "additionalProperties": False}


class TokenOrKey(OpenApiAuthenticationExtension):
    target_class = "lms.api.authentication.ClientAuthentication"
    name = ["oauth2", "bearerKey", "headerKey"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict]:
        """A token with the scopes of the operation, or a key in either of two headers."""
        scopes = auto_schema.view.scopes.get(auto_schema.method, ())
        needed = {"oauth2": [scope.value for scope in scopes]}
        return [{name: needed.get(name, [])} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict]:
        token_url = settings.PUBLIC_URL + reverse("api:oauth-token")
        scopes = {scope.value: str(scope.label) for scope in Scope}
        return [
            {
                "type": "oauth2",
                "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": scopes}},
            },
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]
