"""What every test may ask for."""

from __future__ import annotations

import pytest
from django.test import Client

from lms.people.models import User


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts whole installations goes first: it waits much, and is not left for the end."""
    slow = ("browser", "processes")
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in slow))


@pytest.fixture
def client_of():
    """A browser-like client that is signed in as a person: ``client_of(user)``."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
