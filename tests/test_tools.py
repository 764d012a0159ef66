"""A program that is missing skips a test on somebody's machine, and fails it in CI."""

from __future__ import annotations

import pytest

from tests import tools


@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_a_program_that_is_missing(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "/nowhere")
    for name in tools.PACKAGES:
        with pytest.raises(outcome, match=name):
            tools.needed(name)
