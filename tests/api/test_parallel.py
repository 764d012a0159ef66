"""Parallel requests: real threads, each with its own connection to the database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from courses.models import Enrollment, EnrollmentTransition
from lms.mail.models import Letter
from lms.people.models import ExternalId, Organisation, User
from lms.people.seed import seed_regions
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 10


@pytest.fixture(autouse=True)
def regions_for_the_tests_after():
    """A test with real transactions empties the tables; regions belong to every installation."""
    yield
    seed_regions()


def in_parallel(count: int, call) -> list:
    def run(number: int):
        try:
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(count)))


def test_fifty_identical_requests_create_once(caller):
    cohort = CohortFactory()
    answers = in_parallel(50, lambda n: caller.enrol(cohort, organisation="Центр «Забота»"))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    outcomes = [answer.data["outcome"] for answer in answers]
    assert sorted(outcomes) == ["created"] + ["unchanged"] * 49
    for model in (User, ExternalId, Organisation, Enrollment, EnrollmentTransition, Letter):
        assert model.objects.count() == 1, model


def test_a_cohort_of_five_places_takes_five_of_ten(caller):
    cohort = CohortFactory(capacity=5)
    answers = in_parallel(10, lambda n: caller.enrol(cohort, f"{n}", email=f"p{n}@example.org"))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 5
    assert {a.data["code"] for a in answers if a.status_code == 409} == {"cohort-full"}
    assert User.objects.count() == Enrollment.objects.count() == 5


def test_of_two_people_with_one_address_one_is_registered(caller):
    cohort = CohortFactory()
    answers = in_parallel(8, lambda n: caller.enrol(cohort, f"{n}"))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {a.data["code"] for a in answers if a.status_code == 409} == {"email-taken"}
    assert User.objects.count() == 1
