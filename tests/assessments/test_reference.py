"""How exactly an instrument measures is learnt from those who agreed to that, and nobody else."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from assessments.bulk import record_attempts
from assessments.loading import load_instrument
from assessments.reference import ENOUGH_PEOPLE, references
from courses.models import Enrollment
from lms.people.models import Consent
from tests.assessments.factories import FACTS, OPTIONS, course_with_waves
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    """An instrument of one exact scale, answered by just enough people who all agreed."""
    cache.clear()
    instrument = load_instrument(
        FACTS,
        scales=[{"code": "s", "title": "Слышу чувства", "description": ""}],
        items=[{"code": f"s{n}", "scale": "s", "text": "Я дослушиваю."} for n in range(3)],
        options=OPTIONS,
    )
    waves, enrollment = course_with_waves("pre", instrument=instrument)
    people = [
        Enrollment.objects.create(learner=UserFactory(), cohort=enrollment.cohort, state="active")
        for _ in range(ENOUGH_PEOPLE)
    ]
    record_attempts(
        waves["pre"],
        [(one, [n % 5, n % 5, (n + n % 2) % 5], timezone.now()) for n, one in enumerate(people)],
    )
    Consent.objects.bulk_create(
        Consent(user=one.learner, purpose="norming", wording="1") for one in people
    )
    yield instrument, people
    cache.clear()


def test_those_who_did_not_agree_to_it_are_not_learnt_from(known):
    instrument, people = known
    Consent.objects.filter(user=people[0].learner).update(purpose="answers")
    assert references(instrument) == {}


def test_a_consent_that_is_taken_back_counts_at_once(
    known, client_of, django_capture_on_commit_callbacks
):
    instrument, people = known
    assert references(instrument)["s"].n == ENOUGH_PEOPLE
    with django_capture_on_commit_callbacks(execute=True):
        client_of(people[0].learner).post(f"/assessments/gain/{people[0].uuid}/consents/", {})
    assert references(instrument) == {}


def test_a_consent_that_is_taken_back_among_ones_own_data_counts_at_once(
    known, client_of, django_capture_on_commit_callbacks
):
    instrument, people = known
    assert references(instrument)
    consent = Consent.objects.get(user=people[0].learner)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(people[0].learner).post(reverse("people:consent_withdraw", args=[consent.pk]))
    consent.refresh_from_db()
    assert consent.withdrawn_at
    assert references(instrument) == {}


def test_erased_answers_are_not_learnt_from(known, client_of, django_capture_on_commit_callbacks):
    instrument, people = known
    assert references(instrument)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(people[0].learner).post(f"/assessments/gain/{people[0].uuid}/erase/")
    assert references(instrument) == {}
