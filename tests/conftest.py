"""What every test may ask for."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from certificates.keys import KeysExist, make_keys
from lms.people.models import User


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts whole installations goes first: it waits much, and is not left for the end.

    Those without the demo begin, so that nobody waits while somebody else makes it.
    """
    slow = ("processes", "services", "browser")

    def turn(item: pytest.Item) -> int:
        marks = [number for number, name in enumerate(slow) if item.get_closest_marker(name)]
        return min(marks, default=len(slow))

    items.sort(key=turn)


@pytest.fixture(scope="session", autouse=True)
def issuer_keys() -> None:
    """The installation of the tests can sign, as one does after ``make_issuer_keys``."""
    with suppress(KeysExist):
        make_keys(settings.ISSUER_KEYS_DIR, organisation="Бережно")


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> None:
    """Empty PostgreSQL's tables by DELETE: TRUNCATE makes new files for every table, each time."""
    if connection.vendor == "postgresql":

        def delete_everything(self, style, tables, **_options):
            return [f"DELETE FROM {self.quote_name(table)};" for table in tables]

        type(connection.ops).sql_flush = delete_everything


@pytest.fixture
def client_of():
    """A browser-like client that is signed in as a person: ``client_of(user)``."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
