"""The collection for Postman and Bruno: every request of the API, ready to be sent."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from lms.api.sandbox import make_sandbox, make_test_client
from tests.api.conftest import Caller
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(client) -> dict:
    return json.loads(client.get("/developers/collection.json").content)


@pytest.fixture
def schema(client) -> dict:
    return json.loads(client.get("/api/v1/schema/").content)


def items(collection: dict) -> list[dict]:
    return [item for folder in collection["item"] for item in folder["item"]]


def operations(schema: dict) -> dict[str, tuple[str, str, dict]]:
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_every_request_is_an_operation_and_every_operation_a_request(collection, schema):
    described = operations(schema)
    assert sorted(item["id"] for item in items(collection)) == sorted(described)
    for item in items(collection):
        method, path, operation = described[item["id"]]
        request = item["request"]
        assert (request["method"], item["name"]) == (method, operation["summary"])
        address = re.sub(r"{(\w+)}", r":\1", path)
        assert request["url"]["raw"] == "{{address}}" + address
        assert "/" + "/".join(request["url"]["path"]) == address
        named = [variable["key"] for variable in request["url"]["variable"]]
        assert named == re.findall(r"{(\w+)}", path)
        said = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        assert {one["key"] for one in request["url"]["query"]} == said


def test_its_bodies_are_as_the_description_asks(collection, schema):
    described = operations(schema)
    checked = 0
    for item in items(collection):
        body = item["request"].get("body")
        asked = described[item["id"]][2].get("requestBody")
        assert bool(body) == bool(asked), item["id"]
        if not body or body["mode"] != "raw":
            continue
        said = json.loads(re.sub(r"{{\w+_id}}", str(uuid4()), body["raw"]))
        wanted = asked["content"]["application/json"]["schema"]
        whole = {**wanted, "components": schema["components"]}
        errors = Draft202012Validator(whole).iter_errors(said)
        assert [error.message for error in errors] == [], item["id"]
        checked += 1
    assert checked > 10


def test_what_it_needs_are_variables_and_it_holds_no_key(collection, settings):
    variables = {one["key"]: one["value"] for one in collection["variable"]}
    assert variables.pop("address") == settings.PUBLIC_URL
    assert {"client_id", "client_secret", "token", "etag", "cohort_id"} <= set(variables)
    assert set(variables.values()) == {""}
    used = set(re.findall(r"{{(\w+)}}", json.dumps(collection)))
    assert used - {"address"} <= set(variables)
    assert collection["info"]["schema"].endswith("/collection/v2.1.0/collection.json")


def test_it_speaks_the_language_of_the_page(client, settings):
    def name(language: str) -> str:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get("/developers/collection.json")
        return json.loads(answer.content)["info"]["name"]

    assert name("ru") == "Бережно: API v1"
    assert name("en") == "Berezhno: API v1"


def test_its_requests_are_answered_in_the_sandbox(collection):
    """Lists first, as a reader would press them; then what their first rows name."""
    CohortFactory()
    caller = Caller(*make_test_client(make_sandbox(), name="Проба"))
    known = {"etag": "*"}
    for item in items(collection):
        request = item["request"]
        url = request["url"]
        if request["method"] == "GET" and not url["variable"]:
            answer = caller.get(url["raw"].removeprefix("{{address}}/api/v1"))
            assert answer.status_code == 200, item["id"]
            for script in item.get("event", []):
                (name,) = re.findall(r'set\("(\w+)"', "\n".join(script["script"]["exec"]))
                if rows := answer.data["items"]:
                    known[name] = rows[0].get("id") or rows[0]["code"]
    assert {"cohort_id", "enrolment_id", "learner_id", "course_id", "code"} <= set(known)
    for identifier in ("enrol_by_external_id", "learner_put_by_external_id", "learner_change"):
        (item,) = [item for item in items(collection) if item["id"] == identifier]
        request, address = item["request"], item["request"]["url"]["raw"]
        for one in request["url"]["variable"]:
            value = re.sub(r"{{(\w+)}}", lambda found: known[found[1]], one["value"])
            address = address.replace(f":{one['key']}", value)
        headers = {
            one["key"]: known["etag"]
            for one in request["header"]
            if "{{etag}}" in one["value"] and not one.get("disabled")
        }
        body = json.loads(request["body"]["raw"])
        if identifier == "learner_change":  # the address belongs to whom the first one enrolled
            del body["email"]
        answer = caller.send(
            request["method"], address.removeprefix("{{address}}/api/v1"), body, **headers
        )
        assert answer.status_code in (200, 201), (identifier, answer.data)
