"""The first page of those who run courses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import EnrollmentRequest
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import CohortFactory, RegionFactory, UserFactory
from tests.webinars.factories import make_meeting

pytestmark = pytest.mark.django_db

TO_LEARNERS = "Ваш регион записывает вас на курс"


def ask_for_a_place(cohort, region):
    return EnrollmentRequest.objects.create(
        person=UserFactory(region=region), course=cohort.course, cohort=cohort
    )


def test_trainers_see_their_cohorts_and_meetings_instead_of_how_learners_begin(client_of):
    meeting = make_meeting(learners=0)
    ended = CohortFactory(
        course=meeting.session.cohort.course,
        title="Прошлый поток",
        trainers=[meeting.trainer],
        starts_at=timezone.now() - timedelta(days=60),
        ends_at=timezone.now() - timedelta(days=1),
    )
    page = client_of(meeting.trainer).get("/learn/")
    assert TO_LEARNERS not in page.text
    assert meeting.session.webinar.title in page.text
    assert reverse("cms_cohort_people", args=[meeting.session.cohort.pk]) in page.text
    assert ended.title not in page.text


def test_a_cancelled_meeting_is_not_among_what_is_ahead(client_of):
    meeting = make_meeting(learners=0, is_open=False)
    meeting.session.cancelled_at = timezone.now()
    meeting.session.save()
    assert client_of(meeting.trainer).get("/learn/").context["duties"].sessions == ()


def test_coordinators_see_how_many_requests_of_their_region_wait(client_of):
    region, elsewhere = RegionFactory(), RegionFactory(code="RU-OMS", name="Омская область")
    cohort = CohortFactory(regions=[region, elsewhere])
    coordinator = UserFactory()
    grant_role(user=coordinator, role=Role.COORDINATOR, region=region)
    for asks_from in (region, region, elsewhere):
        ask_for_a_place(cohort, asks_from)
    page = client_of(coordinator).get("/learn/")
    assert "2 заявки на место ждут решения" in page.text
    assert reverse("cms_imports") in page.text
    assert TO_LEARNERS not in page.text


def test_administrators_find_the_way_into_the_editor(client_of):
    page = client_of(User.objects.create_superuser("admin@example.org")).get("/learn/")
    assert reverse("wagtailadmin_home") in page.text
    assert TO_LEARNERS not in page.text


def test_whoever_only_learns_is_told_how_it_begins(client_of):
    page = client_of(UserFactory()).get("/learn/")
    assert page.context["duties"] is None
    assert TO_LEARNERS in page.text
