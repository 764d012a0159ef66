"""Scenarios in the CMS, and our own ones."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from lms.demo.content.scenarios import RUBRIC, SCENARIOS
from lms.demo.installing import _scenario
from webinars.models import Scenario

ROLES = ["client", "observer", "specialist"]


@pytest.mark.django_db
@pytest.mark.parametrize("content", SCENARIOS, ids=lambda content: content["slug"])
def test_each_of_our_scenarios_can_be_played(content):
    scenario = _scenario(content["slug"])
    scenario.full_clean()
    played = scenario.as_played()
    assert sorted(played["roles"]) == ROLES
    assert played["facts"] == sorted(played["facts"], key=lambda fact: fact["minute"])
    assert all(card["knows"] and card["goal"] for card in played["roles"].values())
    assert played["safety_note"]
    assert len(played["phrases"]) >= 5


def test_there_are_eight_scenarios_and_a_rubric_of_behaviour():
    assert len({content["slug"] for content in SCENARIOS}) == len(SCENARIOS) == 8
    assert 5 <= len(RUBRIC["criteria"]) <= 6
    assert all(len(set(criterion["anchors"])) == 4 for criterion in RUBRIC["criteria"])


@pytest.fixture
def scenario(db) -> Scenario:
    return _scenario(SCENARIOS[0]["slug"])


def test_a_change_of_substance_makes_a_new_version(scenario):
    scenario.save()
    assert scenario.version == 1
    scenario.roleplay_minutes = 12
    scenario.save()
    assert Scenario.objects.get().version == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roleplay_minutes": 0}, "roleplay_minutes"),
        ({"roleplay_minutes": 3}, "facts"),
        ({"debrief_minutes": 61}, "debrief_minutes"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused(scenario, change, field):
    for name, value in change.items():
        setattr(scenario, name, value)
    with pytest.raises(ValidationError) as refused:
        scenario.full_clean()
    assert field in refused.value.message_dict


@pytest.mark.django_db
def test_a_trainer_writes_a_scenario_in_the_cms(admin_client, scenario):
    page = admin_client.get(f"/cms/scenarios/edit/{scenario.pk}/")
    assert page.status_code == 200
    assert "факты, которые открываются по ходу" in page.text.lower()
