"""The battery that ships with the product: its blueprint, its words, its key."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from django.core.management import call_command

from assessments.battery import battery_items, install_battery
from assessments.battery.self_report import ASKED_AGAIN, GROUPS
from assessments.models import Instrument
from assessments.sheets import forms_of, sheet_of

SITUATIONS = [item for item in battery_items() if item.get("choices")]
RATED = [item for item in SITUATIONS if item["kind"] == "rate_each"]


def in_form(form):
    return [item for item in SITUATIONS if item.get("form", "") in ("", form)]


def test_the_blueprint_is_kept():
    sizes = {group[0]["scale"]: len(group) for group in GROUPS}
    assert sizes == {
        "own_state": 5, "reappraisal": 4, "suppression": 4, "soothing": 5, "empathy": 3,
        "deescalation": 4, "dialogue": 5, "recovery": 5, "documents": 4, "exhaustion": 4,
    }  # fmt: skip
    assert 6 <= len(ASKED_AGAIN) <= 8


@pytest.mark.parametrize("form", ["A", "B"])
def test_each_form_has_sixteen_situations_of_the_same_plan(form):
    facets = Counter(item["code"].split("-")[1][:2] for item in in_form(form))
    assert facets == {"RE": 2, "SO": 2, "EM": 4, "DE": 4, "DI": 3, "RC": 1}


@pytest.mark.parametrize("form", ["A", "B"])
def test_the_place_of_the_best_reply_tells_nothing(form):
    places = Counter()
    for item in in_form(form):
        keys = [choice["key"] for choice in item["choices"]]
        places[keys.index(max(keys))] += 1
    assert set(places.values()) == {4}


@pytest.mark.parametrize("item", SITUATIONS, ids=lambda item: item["code"])
def test_a_situation_is_short_and_has_one_best_reply(item):
    assert 40 <= len(item["text"].split()) <= 120
    keys = [choice["key"] for choice in item["choices"]]
    assert len(keys) == 4
    assert keys.count(max(keys)) == 1
    assert not any(c["is_critical"] and c["key"] > 2 for c in item["choices"])


def test_self_report_is_about_acts_and_never_denies():
    for group in GROUPS:
        for item in group:
            assert not re.search(r"\bне\b|\bни\b", item["text"].lower()), item["text"]
            assert len(item["text"].split()) <= 16


def test_neighbours_are_of_different_scales():
    scales = [item.get("scale", "") for item in battery_items() if not item.get("choices")]
    assert all(one != other for one, other in pairwise(scales))


@pytest.mark.django_db
def test_it_is_installed_once_and_says_that_it_is_not_normed(capsys):
    for _ in range(2):
        call_command("install_battery")
    instrument = Instrument.objects.get()
    assert not instrument.is_normed
    assert forms_of(instrument) == ("A", "B")
    sheets = [sheet_of(install_battery(), form=form) for form in ("A", "B")]
    assert sheets[0].width == sheets[1].width
    assert len(sheet_of(instrument, wave="then").items) == len(ASKED_AGAIN)
