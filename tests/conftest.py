"""What every test may ask for."""

from __future__ import annotations

import pytest
from django.test import Client

from lms.people.models import User


@pytest.fixture
def client_of():
    """A browser-like client that is signed in as a person: ``client_of(user)``."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
