"""The look as data: every pair of colours contrasts, every component is shown."""

from __future__ import annotations

import re

import pytest

from frontend import tokens
from frontend.style_guide import EXAMPLES, HERE, example_names, token_values

ALL_SCHEMES = ["", "prefers-contrast", "black-on-white", "white-on-black", "yellow-on-black"]


@pytest.mark.parametrize("scheme", ALL_SCHEMES)
@pytest.mark.parametrize("is_text", [True, False])
def test_colours_contrast_enough(scheme, is_text):
    pairs = tokens.TEXT_PAIRS if is_text else tokens.EDGE_PAIRS
    needed = tokens.needed(scheme, is_text=is_text)
    found = tokens.measured(token_values()[scheme], pairs)
    assert [pair for pair in found if pair[2] < needed] == []


def test_every_scheme_is_measured():
    assert set(token_values()) == set(ALL_SCHEMES)


def test_contrast_is_that_of_wcag():
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    with pytest.raises(ValueError, match="not a colour"):
        tokens.contrast("red", "#ffffff")


def test_every_component_has_an_example():
    sheet = (HERE / "static" / "css" / "components.css").read_text(encoding="utf-8")
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    named = set(re.findall(r"\.([a-z][a-z0-9-]*(?:--[a-z]+)?)(?![a-z0-9_-])", sheet))
    templates = HERE / "templates"
    shown = "".join(
        (templates / EXAMPLES / f"{name}.html").read_text(encoding="utf-8")
        for name in example_names()
    ) + "".join(path.read_text() for path in (templates / "courses" / "blocks").glob("*.html"))
    assert {name for name in named if name not in shown} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["", "black-on-white", "white-on-black", "yellow-on-black"])
def test_the_guide_shows_every_example_in_each_scheme(scheme, client):
    page = client.get(f"/developers/style/?scheme={scheme}").text
    assert (f'data-scheme="{scheme}"' in page) == bool(scheme)
    for name in example_names():
        assert f'id="{name}"' in page
    assert 'style="' not in page


@pytest.mark.django_db
def test_an_unknown_scheme_is_the_visitors_own(client):
    client.post("/display/", {"scheme": "white-on-black"})
    assert 'data-scheme="white-on-black"' in client.get("/developers/style/?scheme=pink").text
