"""Trainers move people between their cohorts in the CMS."""

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Enrollment, EnrollmentTransition
from tests.factories import CohortFactory, UserFactory, active_enrollment

pytestmark = pytest.mark.django_db


@pytest.fixture
def spring(studio):
    return CohortFactory(course=studio.course, trainers=[studio.trainer], title="Весна")


@pytest.fixture
def autumn(studio, spring):
    return CohortFactory(course=studio.course, trainers=[studio.trainer], title="Осень")


def send(client, source, people, **more):
    data = {"person": [enrollment.pk for enrollment in people], **more}
    return client.post(reverse("cms_cohort_move", args=[source.pk]), data, follow=True)


def test_the_chosen_are_moved_and_the_refused_are_named(client_of, studio, spring, autumn):
    going = active_enrollment(cohort=spring, learner=UserFactory(family_name="Орлова"))
    studies_there = UserFactory(family_name="Занятая")
    staying = active_enrollment(cohort=spring, learner=studies_there)
    active_enrollment(cohort=autumn, learner=studies_there)
    for enrollment in (going, staying):
        autumn.regions.add(enrollment.learner.region)
    client = client_of(studio.trainer)
    asked = send(client, spring, [going, staying])
    assert "Осень" in asked.content.decode()
    said = {"move": "1", "what": "transfer", "cohort": autumn.pk, "reason": "Болезнь"}
    done = send(client, spring, [going, staying], **said).content.decode()
    assert "Занятая" in done
    assert Enrollment.objects.get(pk=going.pk).cohort == autumn
    assert Enrollment.objects.get(pk=staying.pk).cohort == spring
    entry = EnrollmentTransition.objects.get(from_cohort=spring)
    assert (entry.actor, entry.reason) == (studio.trainer, "Болезнь")


def test_a_completed_course_is_begun_anew(client_of, studio, spring):
    done = Enrollment.objects.create(
        cohort=spring, learner=UserFactory(), state="completed", completed_at=timezone.now()
    )
    spring.regions.add(done.learner.region)
    said = {"move": "1", "what": "repeat", "cohort": spring.pk}
    send(client_of(studio.trainer), spring, [done], **said)
    assert [e.attempt for e in done.learner.enrollments.order_by("attempt")] == [1, 2]


def test_a_cohort_of_others_is_no_target(client_of, studio, spring):
    going = active_enrollment(cohort=spring)
    foreign = CohortFactory(course=studio.course)
    said = {"move": "1", "what": "transfer", "cohort": foreign.pk}
    answer = send(client_of(studio.trainer), spring, [going], **said)
    assert answer.status_code == 422
    assert Enrollment.objects.get(pk=going.pk).cohort == spring
