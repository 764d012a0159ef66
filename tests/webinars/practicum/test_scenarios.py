"""Scenarios in the CMS, and our own ones."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from wagtail.test.utils.form_data import nested_form_data, streamfield

from lms.demo.content.scenarios import RUBRIC, SCENARIOS
from lms.demo.practicums import kept_scenario
from tests.webinars.practicum.factories import make_group, make_practicum
from webinars.models import Practicum, Rubric, RubricCriterion, Scenario

ROLES = ["client", "observer", "specialist"]


@pytest.mark.django_db
@pytest.mark.parametrize("content", SCENARIOS, ids=lambda content: content["slug"])
def test_each_of_our_scenarios_can_be_played(content):
    scenario = kept_scenario(content["slug"])
    scenario.full_clean()
    played = scenario.as_played()
    assert sorted(played["roles"]) == ROLES
    assert played["facts"] == sorted(played["facts"], key=lambda fact: fact["minute"])
    assert all(card["knows"] and card["goal"] for card in played["roles"].values())
    assert played["safety_note"]
    assert len(played["goals"]) == 3
    assert len(played["phrases"]) >= 5


def test_there_are_eight_scenarios_and_a_rubric_of_behaviour():
    assert len({content["slug"] for content in SCENARIOS}) == len(SCENARIOS) == 8
    assert 5 <= len(RUBRIC["criteria"]) <= 6
    assert all(len(set(criterion["anchors"])) == 4 for criterion in RUBRIC["criteria"])


@pytest.fixture
def scenario(db) -> Scenario:
    return kept_scenario(SCENARIOS[0]["slug"])


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


def written(**changed) -> dict[str, str]:
    """What the CMS's form of a scenario sends."""
    card = {"knows": "k", "wants": "w", "feels": "f", "must_not_reveal_early": "", "goal": "g"}
    form = {
        "title": "Отказ",
        "slug": "otkaz",
        "situation": "Пришла женщина с распечаткой.",
        "goals": streamfield([("goal", "Сначала чувство, потом правила.")]),
        "safety_note": "Стоп можно сказать всегда.",
        "roles": streamfield([("role", {"role": role, **card}) for role in ROLES]),
        "facts": streamfield([]),
        "phrases": streamfield([("phrase", "Слышу вас.")]),
        "briefing_minutes": 2,
        "roleplay_minutes": 8,
        "feedback_minutes": 5,
        "debrief_minutes": 5,
    }
    return nested_form_data(form | changed)


GOAL, NOTE = "Сначала чувство, потом правила.", "Стоп можно сказать всегда."


@pytest.mark.django_db
def test_goals_and_the_safety_note_are_read_when_they_are_needed(admin_client, client_of):
    """As the CMS keeps them: both before a round, care where it is hard, goals to look back on."""
    assert admin_client.post("/cms/scenarios/new/", written()).status_code == 302
    practicum = make_practicum(2)
    practicum.scenario = Scenario.objects.get(slug="otkaz")
    practicum.save()
    gathers = make_group(2, client_of=client_of, practicum=practicum, begins_now=False)
    group = make_group(2, client_of=client_of, practicum=practicum)
    door = group.browsers[0].get(practicum.url).text

    def shown(page: str) -> tuple[bool, bool]:
        return GOAL in page, NOTE in page

    assert shown(door) == shown(gathers.page(0)) == (True, True)
    assert [shown(group.page(number)) for number in (0, 1)] == [(True, True)] * 2
    group.everyone()
    assert shown(group.page(1)) == (False, False), "nothing stands between two who talk"
    group.act(0, "stop")
    assert shown(group.page(1)) == (False, True)
    group.act(1, "hard")
    assert shown(group.page(0)) == (False, True)
    group.everyone()
    group.everyone()
    group.play_round()
    assert group.now().phase == "debrief"
    assert shown(group.page(0)) == (True, False)


@pytest.mark.django_db
def test_new_goals_and_a_new_note_are_a_version_for_those_who_begin_later(admin_client, client_of):
    admin_client.post("/cms/scenarios/new/", written())
    scenario = Scenario.objects.get(slug="otkaz")
    practicum = make_practicum(2)
    practicum.scenario = scenario
    practicum.save()
    before = make_group(2, client_of=client_of, practicum=practicum)
    address = f"/cms/scenarios/edit/{scenario.pk}/"
    admin_client.post(address, written())
    assert Scenario.objects.get(slug="otkaz").version == 1, "nothing was changed"
    changed = {"goals": streamfield([("goal", "Молчать.")]), "safety_note": "Дышите."}
    assert admin_client.post(address, written(**changed)).status_code == 302
    assert Scenario.objects.get(slug="otkaz").version == 2
    practicum = Practicum.objects.get()
    after = make_group(2, client_of=client_of, practicum=practicum)
    old, new = before.page(0), after.page(0)
    assert (GOAL in old, NOTE in old, "Молчать." in old) == (True, True, False)
    assert (GOAL in new, NOTE in new) == (False, False)
    assert "Молчать." in new
    assert "Дышите." in new
    assert [group.now().scenario["version"] for group in (before, after)] == [1, 2]


@pytest.mark.django_db
@pytest.mark.parametrize(("count", "is_kept"), [(4, False), (5, True), (7, False)])
def test_a_rubric_is_written_in_the_cms_with_five_or_six_criteria(admin_client, count, is_kept):
    data = {
        "title": "Лист",
        "criteria-TOTAL_FORMS": count,
        "criteria-INITIAL_FORMS": 0,
        "criteria-MIN_NUM_FORMS": 5,
        "criteria-MAX_NUM_FORMS": 6,
    }
    for number in range(count):
        anchors = {f"anchor_{score}": f"делает {score}" for score in range(4)}
        criterion = {"code": f"c{number}", "title": "Слышит", "ORDER": number + 1, **anchors}
        data |= {f"criteria-{number}-{name}": value for name, value in criterion.items()}
    admin_client.post("/cms/rubrics/new/", data)
    assert Rubric.objects.filter(title="Лист").exists() is is_kept


@pytest.mark.django_db
def test_a_criterion_needs_all_four_anchors():
    rubric = Rubric(title="Лист")
    with pytest.raises(ValidationError) as refused:
        RubricCriterion(rubric=rubric, code="c", title="Слышит", anchor_0="0").full_clean()
    assert {"anchor_1", "anchor_2", "anchor_3"} <= set(refused.value.message_dict)
