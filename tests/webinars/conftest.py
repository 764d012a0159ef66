"""What every test of live rooms needs."""

from __future__ import annotations

import pytest

from webinars.live import commands, database


@pytest.fixture(autouse=True)
def _fresh_limits():
    """Nobody is too fast because of another test."""
    commands.buckets.clear()
    yield
    database.close_threads()
