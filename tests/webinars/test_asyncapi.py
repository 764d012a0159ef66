"""The description of the live protocol says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.urls import reverse

from webinars.live import asyncapi, protocol
from webinars.live.events import EVENTS
from webinars.live.features.registry import features_of
from webinars.models import Room

ROOT = Path(__file__).parents[2] / "webinars"
NAMED = re.compile(
    r"""(?:\bappend|append_to|_tell|_told|log\.append)\(\s*(?:[\w.()"=\[\]]+,\s*){0,3}?"""
    r"""(?:type=)?"([a-z]+(?:\.[a-z_]+)?)",""",
)


@pytest.fixture
def described(client) -> dict:
    response = client.get(reverse("webinars:live_asyncapi"))
    assert response.status_code == 200
    return json.loads(response.content)


def references(node) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*(references(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(references(value) for value in node))
    return set()


def test_every_reference_leads_somewhere(described):
    for reference in references(described):
        found = described
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_it_has_what_asyncapi_3_asks_for(described):
    assert described["asyncapi"] == "3.0.0"
    assert set(described["info"]) >= {"title", "version"}
    (channel,) = described["channels"].values()
    assert channel["address"] == "/ws/live/{room}/"
    assert {one["action"] for one in described["operations"].values()} == {"send", "receive"}
    for message in described["components"]["messages"].values():
        assert message["payload"]["$ref"].startswith("#/components/schemas/")


def test_every_command_and_signal_is_in_it(described):
    commands, signals = set(), set()
    for kind in Room.Kind:
        for feature in features_of(kind):
            commands |= set(feature.commands)
            signals |= set(feature.signals)
    assert {one["op"] for one in described["x-commands"]} == commands
    assert {one["op"] for one in described["x-signals"]} == signals
    assert len(commands) > 40
    for one in described["x-commands"]:
        assert one["roles"], one


def test_every_event_that_the_code_writes_is_in_it_and_no_other():
    source = "\n".join(
        path.read_text() for path in ROOT.rglob("[a-z]*.py") if path.name != "events.py"
    )
    written = set(NAMED.findall(source)) | {"practicum.phase", "practicum.ready"}
    assert written - {"test.said"} == set(EVENTS)


def test_the_examples_are_frames_that_the_server_takes():
    for name, example in asyncapi.EXAMPLES.items():
        assert type(protocol.decode(json.dumps(example))).__name__ == name


@pytest.mark.django_db
def test_the_page_names_commands_events_and_codes(client):
    page = client.get(reverse("webinars:live_protocol")).content.decode()
    for words in ("breakout.broadcast", "poll.closed", "4409", "id_reused"):
        assert words in page
