"""A page that holds people's work is kept, with a sentence that says why."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Page

from courses.ledger import record_completion
from lms.people.models import User
from tests.factories import CohortFactory, active_enrollment

pytestmark = pytest.mark.django_db


def delete(client, page):
    return client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)


def test_a_page_with_completions_or_cohorts_stays(client_of, studio):
    cohort = CohortFactory(course=studio.course)
    record_completion(enrollment=active_enrollment(cohort=cohort), activity=studio.lesson)
    client = client_of(User.objects.create_superuser("root@example.org"))
    for page in (studio.lesson, studio.module, studio.course):
        answer = delete(client, page)
        assert "нельзя удалить" in answer.content.decode()
        assert Page.objects.filter(pk=page.pk).exists()


def test_pages_chosen_together_stay_too(client_of, studio):
    CohortFactory(course=studio.course)
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    administrator = User.objects.create_superuser("root@example.org")
    client_of(administrator).post(f"{path}?id={studio.course.pk}")
    assert Page.objects.filter(pk=studio.course.pk).exists()


def test_a_page_that_nobody_has_used_goes(client_of, studio):
    delete(client_of(studio.methodologist), studio.lesson)
    assert not Page.objects.filter(pk=studio.lesson.pk).exists()
