"""``make fuzz-api``: ``schemathesis run`` over the whole description, all its checks and phases.

As every kind of client, against a live server. FUZZ_EXAMPLES: random requests an operation.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.meaning import STATUSES
from tests.api.test_schemathesis import KINDS, keys, world  # noqa: F401

ROOT = Path(__file__).parents[2]
EXPECTED = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]
"""What schemathesis itself lets a well-formed request get; ``meaning`` judges the rest."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
def test_schemathesis_finds_nothing(kind, world, keys, live_server, tmp_path):  # noqa: F811
    expected = EXPECTED + [str(status) for status in STATUSES]
    # A number is described as one: replaced by ours, a wrong one would be taken for accepted.
    ids = {name: value for name, value in world.items() if name != "organisation_id"}
    settings = [
        "[checks]",
        f"positive_data_acceptance.expected-statuses = {expected}",
        "[parameters]",
        *(f'"path.{name}" = "{value}"' for name, value in ids.items()),
    ]
    (tmp_path / "schemathesis.toml").write_text("\n".join(settings))
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("run", f"{live_server.url}/api/v1/schema/?lang=en", "--url", live_server.url),
            *("--header", f"Authorization: Bearer {keys[kind]}"),
            *("--checks", "all", "--continue-on-failure", "--no-color"),
            *("--max-examples", os.environ.get("FUZZ_EXAMPLES", "5")),
            *("--generation-database", "none"),
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.meaning", "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert run.returncode == 0
