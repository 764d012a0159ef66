"""What every test may ask for."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as properties

from certificates.keys import KeysExist, make_keys
from lms.people.models import User

# How long an example takes says nothing on a busy machine. The profile "ci" of the library asks
# the same examples each time.
properties.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts whole installations goes first: it waits much, and is not left for the end.

    Those without the demo begin, so that nobody waits while somebody else makes it.
    """
    slow = ("processes", "services", "browser")

    def turn(item: pytest.Item) -> int:
        marks = [number for number, name in enumerate(slow) if item.get_closest_marker(name)]
        return min(marks, default=len(slow))

    items.sort(key=turn)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests of browsers come before all others: after them nobody needs the demo's processes."""
    browsers = sys.modules.get("tests.browser.conftest")
    if browsers is not None and not item.get_closest_marker("browser"):
        while browsers.running_demos:
            browsers.running_demos.pop().stop()


@pytest.fixture(scope="session", autouse=True)
def issuer_keys() -> None:
    """The installation of the tests can sign, as one does after ``make_issuer_keys``."""
    with suppress(KeysExist):
        make_keys(settings.ISSUER_KEYS_DIR, organisation="Бережно")


@pytest.fixture(scope="session", autouse=True)
def demo_in_the_making(request: pytest.FixtureRequest, tmp_path_factory) -> None:
    """While the first tests run, the first process makes the demo that those of browsers use."""
    is_first = os.environ.get("PYTEST_XDIST_WORKER") == "gw0"
    if is_first and any("demo_stack" in item.fixturenames for item in request.session.items):
        from tests.browser.conftest import prepare_demo_beside, shared_directory

        prepare_demo_beside(shared_directory(tmp_path_factory))


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
