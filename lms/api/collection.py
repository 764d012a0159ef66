"""A collection of requests for Postman, Bruno or Insomnia, made from the OpenAPI description.

The format is that of Postman Collection 2.1.0. Pure, without Django: the description is passed in.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]
FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
EXAMPLES: Json = {
    "family_name": "Смирнова",
    "given_name": "Вера",
    "patronymic": "Павловна",
    "email": "smirnova@example.org",
    "position": "Специалист по социальной работе",
    "organisation": "Центр «Забота»",
    "title": "Весна",
    "name": "Центр «Забота»",
    "capacity": 30,
    "starts_at": "2030-03-01T06:00:00Z",
    "ends_at": "2030-06-01T06:00:00Z",
    "url": "https://hr.example.org/hooks",
    "reason": "Письмо 17 от 3 марта",
    "system": "hr",
    "value": "12345",
    "token": "{{token}}",
}
"""What fields and parts of addresses of these names hold; other fields only if they must."""
FIRST_OF = {
    "certificate_list": "certificate_id",
    "cohort_list": "cohort_id",
    "course_list": "course_id",
    "enrolment_list": "enrolment_id",
    "import_list": "import_id",
    "learner_list": "learner_id",
    "organisation_list": "organisation_id",
    "region_list": "code",
    "webhook_delivery_list": "delivery_id",
    "webhook_endpoint_list": "endpoint_id",
}
"""Lists whose first row names the thing that the other requests are about."""
_KEEP_TAG = """\
const tag = pm.response.headers.get("ETag");
if (tag && pm.request.method === "GET") pm.collectionVariables.set("etag", tag);"""
_KEEP_SIGN_IN = """\
if (pm.response.code === 200) pm.collectionVariables.set("token", pm.response.json().access_token);\
"""
_KEEP_FIRST = """\
const first = pm.response.code === 200 && pm.response.json().items[0];
if (first) pm.collectionVariables.set("%s", first.id ?? first.code);"""


def collection(description: Json, *, site: str, name: str, how_to: str) -> Json:
    """One folder a tag, one request an operation, whose ``id`` is that of the operation.

    ``site``: the address of the installation, which with the token and the ids is a variable.
    """
    folders: dict[str, list[Json]] = defaultdict(list)
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            folders[operation["tags"][0]].append(_request(description, method, path, operation))
    variables = {"address": site, "client_id": "", "client_secret": "", "token": "", "etag": ""}
    ids = set(re.findall(r"{{(\w+)}}", str(folders))) - set(variables)
    variables |= dict.fromkeys(sorted(ids), "")
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, f"{site}/developers/collection.json")),
            "name": name,
            "description": how_to,
            "schema": FORMAT,
        },
        "auth": {"type": "bearer", "bearer": [_pair("token", "{{token}}", type="string")]},
        "event": [_script(_KEEP_TAG)],
        "variable": [_pair(key, value) for key, value in variables.items()],
        "item": [{"name": tag, "item": requests} for tag, requests in folders.items()],
    }


def _request(description: Json, method: str, path: str, operation: Json) -> Json:
    identifier = operation["operationId"]
    request: Json = {
        "method": method.upper(),
        "url": _address(path, operation),
        "header": list(_headers(operation)),
        "description": operation.get("description", ""),
    }
    if body := _body(description, operation):
        request["body"] = body
    item: Json = {"id": identifier, "name": operation["summary"], "request": request}
    if identifier == "oauth_token":
        pairs = [_pair("username", "{{client_id}}"), _pair("password", "{{client_secret}}")]
        request["auth"] = {"type": "basic", "basic": [{**pair, "type": "string"} for pair in pairs]}
        item["event"] = [_script(_KEEP_SIGN_IN)]
    elif identifier in FIRST_OF:
        item["event"] = [_script(_KEEP_FIRST % FIRST_OF[identifier])]
    return item


def _address(path: str, operation: Json) -> Json:
    parts = re.sub(r"{(\w+)}", r":\1", path).strip("/")
    query = [
        _pair(one["name"], "", disabled=True, description=one.get("description", ""))
        for one in operation.get("parameters", [])
        if one["in"] == "query"
    ]
    variables = [
        _pair(part, EXAMPLES.get(part, f"{{{{{part}}}}}")) for part in re.findall(r"{(\w+)}", path)
    ]
    return {
        "raw": f"{{{{address}}}}/{parts}",
        "host": ["{{address}}"],
        "path": parts.split("/"),
        "query": query,
        "variable": variables,
    }


def _headers(operation: Json) -> Iterator[Json]:
    for one in operation.get("parameters", []):
        if one["in"] == "header":
            is_random = one["name"] == "Idempotency-Key"
            value = "{{$guid}}" if is_random else "{{etag}}"
            is_needed = is_random or "428" in operation["responses"]
            yield _pair(one["name"], value, disabled=not is_needed)
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        yield _pair("Content-Type", "application/json")


def _body(description: Json, operation: Json) -> Json | None:
    """The body with an example of every field that must be there, or that a reader looks for."""
    content = operation.get("requestBody", {}).get("content")
    if not content:
        return None
    ((media_type, described),) = content.items()
    schema = _resolved(description, described["schema"])
    if media_type == "application/json":
        return {
            "mode": "raw",
            "raw": json.dumps(_example(description, schema), ensure_ascii=False, indent=2),
            "options": {"raw": {"language": "json"}},
        }
    fields = list(_form_fields(description, schema))
    if media_type == "multipart/form-data":
        return {"mode": "formdata", "formdata": fields}
    return {"mode": "urlencoded", "urlencoded": fields}


def _form_fields(description: Json, schema: Json) -> Iterator[Json]:
    required = schema.get("required", [])
    for name, field in schema["properties"].items():
        said = {"description": field.get("description", "")}
        if field.get("format") == "binary":
            yield {"key": name, "type": "file", "src": [], **said}
            continue
        value = _value(description, name, field)
        is_used = name in required or name == "cohort"
        yield _pair(name, str(value), type="text", disabled=not is_used, **said)


def _example(description: Json, schema: Json) -> Json:
    required = schema.get("required", [])
    return {
        name: _value(description, name, field)
        for name, field in schema.get("properties", {}).items()
        if name in required or name in EXAMPLES
    }


def _value(description: Json, name: str, field: Json) -> Any:
    if name in EXAMPLES:
        return EXAMPLES[name]
    field = _resolved(description, field)
    if "example" in field:
        return field["example"]
    if "enum" in field:
        return field["enum"][0]
    if field.get("format") == "uuid":
        return f"{{{{{name}_id}}}}"
    if field.get("type") == "array":
        return [_example(description, _resolved(description, field["items"]))]
    return field.get("default", "")


def _resolved(description: Json, schema: Json) -> Json:
    """The schema itself where it only points at a component, alone or among others."""
    (schema, *_others) = schema.get("allOf") or schema.get("oneOf") or [schema]
    if "$ref" in schema:
        return description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _pair(key: str, value: Any, **more: Any) -> Json:
    return {"key": key, "value": value, **more}


def _script(text: str) -> Json:
    return {"listen": "test", "script": {"type": "text/javascript", "exec": text.splitlines()}}
