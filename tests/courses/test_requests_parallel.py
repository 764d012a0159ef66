"""Requests that race: real threads, each with its own connection to the database."""

from __future__ import annotations

import pytest

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment, EnrollmentRequest, RequestState
from courses.requesting import accept, ask_for_place
from lms.people.seed import seed_regions
from tests.api.test_parallel import in_parallel
from tests.factories import CohortFactory, UserFactory, active_enrollment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def regions_for_the_tests_after():
    """A test with real transactions empties the tables; regions belong to every installation."""
    yield
    seed_regions()


def test_of_those_who_race_for_the_last_place_one_gets_it():
    cohort, actor = CohortFactory(capacity=1), UserFactory()
    people = [UserFactory() for _ in range(6)]
    wishes = [ask_for_place(person=person, cohort=cohort) for person in people]
    after = in_parallel(6, lambda n: accept(wishes[n], actor=actor).state)
    assert sorted(after) == ["accepted"] + ["waiting"] * 5
    assert Enrollment.objects.count() == 1


def test_a_button_pressed_many_times_at_once_is_one_request():
    cohort, person = CohortFactory(), UserFactory()
    in_parallel(8, lambda n: ask_for_place(person=person, cohort=cohort))
    assert EnrollmentRequest.objects.count() == 1


def test_people_who_leave_at_once_free_a_place_each():
    cohort = CohortFactory(capacity=3)
    leaving = [active_enrollment(cohort=cohort) for _ in range(3)]
    for person in [UserFactory() for _ in range(5)]:
        ask_for_place(person=person, cohort=cohort)
    in_parallel(
        3, lambda n: move(enrollment=leaving[n], to=EnrollmentState.WITHDRAWN, source="test")
    )
    states = list(EnrollmentRequest.objects.values_list("state", flat=True))
    assert sorted(states) == [RequestState.ACCEPTED] * 3 + [RequestState.WAITING] * 2
    assert Enrollment.objects.open().count() == 3
