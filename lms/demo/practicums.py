"""The library that practicums of the demo are made from: scenarios and the rubric."""

from __future__ import annotations

from lms.demo.content import scenarios
from webinars.models import Rubric, RubricCriterion, Scenario


def kept_scenario(slug: str) -> Scenario:
    """A scenario of the library, made once."""
    existing = Scenario.objects.filter(slug=slug).first()
    if existing is not None:
        return existing
    content = next(found for found in scenarios.SCENARIOS if found["slug"] == slug)
    return Scenario.objects.create(
        slug=slug,
        title=content["title"],
        situation=content["situation"],
        goals=[("goal", goal) for goal in content["goals"]],
        safety_note=content["safety_note"],
        roles=[
            ("role", {"role": role, "must_not_reveal_early": "", **card})
            for role, card in content["roles"].items()
        ],
        facts=[("fact", fact) for fact in content["facts"]],
        is_turn_based=content["is_turn_based"],
        phrases=[("phrase", phrase) for phrase in content["phrases_to_try"]],
        briefing_minutes=content["minutes"]["briefing"],
        roleplay_minutes=content["minutes"]["roleplay"],
        feedback_minutes=content["minutes"]["feedback"],
        debrief_minutes=content["minutes"]["debrief"],
    )


def kept_rubric() -> Rubric:
    """The rubric of the library, made once."""
    rubric, created = Rubric.objects.get_or_create(title=scenarios.RUBRIC["title"])
    if created:
        RubricCriterion.objects.bulk_create(
            RubricCriterion(
                rubric=rubric,
                sort_order=order,
                code=criterion["code"],
                title=criterion["title"],
                description=criterion["description"],
                **{f"anchor_{score}": text for score, text in enumerate(criterion["anchors"])},
            )
            for order, criterion in enumerate(scenarios.RUBRIC["criteria"])
        )
    return rubric
