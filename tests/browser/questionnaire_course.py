"""Makes a course of questionnaires for the browser tests, inside an installation's own process.

Run as a module with the installation's environment; prints where it is and who answers.
"""

from __future__ import annotations

import json

import django

django.setup()

from django.conf import settings  # noqa: E402

from assessments.battery import install_battery  # noqa: E402
from courses.models import Enrollment  # noqa: E402
from lms.people.models import User  # noqa: E402
from tests.assessments.factories import course_with_waves, full_instrument  # noqa: E402
from tests.factories import CohortFactory, RegionFactory, UserFactory  # noqa: E402
from tests.webinars.clients import session_key_of  # noqa: E402


def prepare() -> dict:
    for factory in (UserFactory, RegionFactory, CohortFactory):  # once more in an installation
        factory.reset_sequence(1000 * (User.objects.count() + 1), force=True)
    waves, enrollment = course_with_waves(
        "pre", "post", "then", "follow_up", instrument=full_instrument()
    )
    battery, with_battery = course_with_waves("pre", instrument=install_battery())
    Enrollment.objects.filter(pk=with_battery.pk).update(learner=enrollment.learner)
    return {
        "waves": {wave: page.url for wave, page in waves.items()},
        "battery": battery["pre"].url,
        "gain": f"/assessments/gain/{enrollment.uuid}/",
        "cookie": settings.SESSION_COOKIE_NAME,
        "key": session_key_of(enrollment.learner),
    }


if __name__ == "__main__":
    print(json.dumps(prepare()))
