"""Makes one learner's result among made-up others, for the pictures; see ``questionnaire_course``.

People differ so much here that the error of the scales is known and can be drawn.
"""

from __future__ import annotations

import json
import random

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments.battery import install_battery  # noqa: E402
from assessments.bulk import record_attempts  # noqa: E402
from assessments.models import Attempt  # noqa: E402
from assessments.scoring import Kind  # noqa: E402
from assessments.sheets import sheet_of  # noqa: E402
from lms.people.models import User  # noqa: E402
from tests.assessments.factories import course_with_waves  # noqa: E402
from tests.factories import (  # noqa: E402
    CohortFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
)
from tests.webinars.clients import session_key_of  # noqa: E402

OTHERS = 120
LEVELS = {"pre": 0.0, "post": 0.9, "then": -0.5}
"""How much higher the learner answers than before the course."""


def prepare() -> dict:
    for factory in (UserFactory, RegionFactory, CohortFactory):
        factory.reset_sequence(1000 * (User.objects.count() + 1), force=True)
    chance = random.Random(2026)
    waves, learner = course_with_waves(*LEVELS, instrument=install_battery())
    others = [active_enrollment(cohort=learner.cohort) for _number in range(OTHERS)]
    for wave, assessment in waves.items():
        form = "B" if wave == "post" else "A"
        items = sheet_of(assessment.instrument, form=form, wave=wave).keyed
        people = [(learner, 1.9 + LEVELS[wave], 0.25)]
        if wave == "pre":
            people += [(one, chance.gauss(2, 1), 0.55) for one in others]
        rows = [
            (one, _answers(chance, items, level, blur), timezone.now())
            for one, level, blur in people
        ]
        record_attempts(assessment, rows, form=form)
    assert Attempt.objects.submitted().count() >= OTHERS + len(LEVELS)
    return {
        "gain": f"/assessments/gain/{learner.uuid}/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "key": session_key_of(learner.learner),
    }


def _answers(chance: random.Random, items, level: float, blur: float) -> list[int | None]:
    answers: list[int | None] = []
    for item in items:
        if item.kind in (Kind.REFLECTION, Kind.INSTRUCTED):
            answers += [item.expected] * item.parts
            continue
        for part in range(item.parts):
            middle = level if item.kind is Kind.LABELLED else (item.choices[part].key or 1)
            value = round(chance.gauss(middle, blur))
            answers.append(min(item.maximum, max(item.minimum, value)))
    return answers


if __name__ == "__main__":
    print(json.dumps(prepare()))
