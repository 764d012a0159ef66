"""Clients of the API, as regions have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from lms.api.keys import create_client
from lms.api.models import ApiClient
from lms.api.scopes import ALL_SCOPES
from lms.people.models import Region
from tests.factories import RegionFactory

PERSON = {
    "family_name": "Иванова",
    "given_name": "Мария",
    "patronymic": "Петровна",
    "email": "ivanova@example.org",
}


@dataclass
class Caller:
    """A system with a key; every answer is parsed as ``response.data``."""

    client: ApiClient
    key: str

    def send(self, method: str, path: str, body: Any = None, **headers: str):
        browser = Client(raise_request_exception=False)
        options: dict[str, Any] = {"headers": {"Authorization": f"Bearer {self.key}", **headers}}
        if body is not None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            options |= {"data": raw, "content_type": "application/json"}
        response = browser.generic(method, f"/api/v1{path}", **options)
        is_json = "json" in response.headers.get("Content-Type", "")
        response.data = json.loads(response.content) if is_json and response.content else None
        return response

    def get(self, path: str, **headers: str):
        return self.send("GET", path, **headers)

    def enrol(self, cohort, value: str = "1", *, system: str = "hr", **changes: Any):
        """PUT the standard person; ``changes`` replace fields, None removes one."""
        body = {k: v for k, v in {**PERSON, **changes}.items() if v is not None}
        return self.send("PUT", enrol_path(cohort, value, system=system), body)


def enrol_path(cohort, value: str = "1", *, system: str = "hr") -> str:
    return f"/cohorts/{cohort.uuid}/enrolments/by-external-id/{system}/{value}"


@pytest.fixture
def caller_of():
    """``caller_of(region, scopes)``; without a region a client of all regions."""
    count = 0

    def make(region: Region | None = None, scopes=ALL_SCOPES) -> Caller:
        nonlocal count
        count += 1
        client, key = create_client(name=f"client {count}", scopes=scopes, region=region)
        return Caller(client, key)

    return make


@pytest.fixture
def tomsk(db) -> Region:
    return RegionFactory()


@pytest.fixture
def omsk(db) -> Region:
    return RegionFactory(code="RU-OMS", name="Омская область", timezone="Asia/Omsk")


@pytest.fixture
def caller(caller_of, tomsk) -> Caller:
    """A client of the Tomsk region with every scope."""
    return caller_of(tomsk)


@pytest.fixture(autouse=True)
def fresh_quota():
    cache.clear()
