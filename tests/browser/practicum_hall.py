"""Makes a practicum for three for the browser tests, inside an installation's own process.

Run as a module with the installation's environment; prints where it is and who may come in.
"""

from __future__ import annotations

import json
import os

import django

django.setup()

from django.conf import settings  # noqa: E402

from lms.demo.practicums import kept_rubric, kept_scenario  # noqa: E402
from lms.people.models import Role, User  # noqa: E402
from lms.people.roles import grant_role  # noqa: E402
from tests.factories import (  # noqa: E402
    CohortFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    add_page,
    make_course,
    make_module,
)
from tests.webinars.clients import session_key_of  # noqa: E402
from webinars.models import Practicum  # noqa: E402

NAMES = [("Анна", "Ясная"), ("Борис", "Тихий"), ("Вера", "Добрая")]
SCENARIO = os.environ["SCENARIO"]


def prepare() -> dict:
    for factory in (UserFactory, RegionFactory, CohortFactory, OrganisationFactory):
        factory.reset_sequence(1000 * (User.objects.count() + 1), force=True)
    scenario = kept_scenario(SCENARIO)
    scenario.briefing_minutes = scenario.roleplay_minutes = 60  # the clock hurries nobody here
    scenario.save()
    practicum = add_page(
        make_module(make_course("Курс с практикумом")),
        Practicum(
            title="Практикум на троих",
            scenario=scenario,
            rubric=kept_rubric(),
            people=3,
            requires_review=True,
        ),
    )
    trainer = UserFactory(given_name="Ольга", family_name="Тренерова")
    grant_role(user=trainer, role=Role.TRAINER)
    cohort = CohortFactory(course=practicum.course(), trainers=[trainer])
    people = [
        UserFactory(given_name=given, family_name=family, organisation=OrganisationFactory())
        for given, family in NAMES
    ]
    for person in people:
        active_enrollment(cohort=cohort, learner=person)
    return {
        "page": practicum.url,
        "host": "/practicum/review/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "keys": [session_key_of(user) for user in (trainer, *people)],
    }


if __name__ == "__main__":
    print(json.dumps(prepare()))
