"""The OpenAPI description: what drf-spectacular cannot know by itself.

Every operation also documents its problems, which a view never declares: they follow from what it
takes (a body, ids, parameters) and from the codes that it names in ``problems``.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from lms.api import idempotency
from lms.api.problem_kinds import KINDS
from lms.api.problems import CONTENT_TYPE

PREFIX = "/api/v1/"
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "draft-ietf-httpapi-idempotency-key-header-07",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,255}$"},
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
            for status, codes in self._problems(operation).items():
                operation["responses"].setdefault(str(status), _response(codes))
        return operation

    @property
    def _takes_key(self) -> bool:
        return self.method == "POST" and hasattr(self.view.post, "is_once_per_key")

    def _problems(self, operation: dict) -> dict[int, list[str]]:
        codes = ["not-authenticated", "invalid-key", "too-many-requests", "internal-error"]
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
        codes += self.view.problems
        by_status: dict[int, list[str]] = {}
        for code in dict.fromkeys(codes):
            by_status.setdefault(KINDS[code].status, []).append(code)
        return dict(sorted(by_status.items()))


def _response(codes: list[str]) -> dict:
    texts = "; ".join(f"`{code}`: {KINDS[code].title}" for code in codes)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": texts, "content": {CONTENT_TYPE: {"schema": schema}}}


class BearerKey(OpenApiAuthenticationExtension):
    target_class = "lms.api.authentication.ApiKeyAuthentication"
    name = ["bearerKey", "headerKey"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict]:
        """Either of the two headers."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict]:
        return [
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]
