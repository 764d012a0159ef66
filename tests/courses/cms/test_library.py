"""Scenarios, rubrics and questionnaires: read by every trainer, changed by their author."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.log_actions import log

from lms.people.models import User
from tests.assessments.test_answering import make_instrument
from tests.factories import UserFactory
from webinars.models import Rubric

pytestmark = pytest.mark.django_db


@pytest.fixture
def rubric(studio) -> Rubric:
    made = Rubric.objects.create(title="Лист наблюдения")
    log(made, "wagtail.create", user=studio.other)
    return made


def status(user: User, client_of, name: str, *arguments) -> int:
    return client_of(user).get(reverse(name, args=arguments)).status_code


def test_everyone_who_teaches_reads_and_adds(client_of, studio, rubric):
    for user in (studio.trainer, studio.other, studio.methodologist):
        for room in ("rubrics", "scenarios", "instruments"):
            assert status(user, client_of, f"{room}:index") == 200
            assert status(user, client_of, f"{room}:add") == 200
    assert status(UserFactory(), client_of, "rubrics:index") in (302, 403)


@pytest.mark.parametrize("name", ["rubrics:edit", "rubrics:delete"])
def test_a_trainer_changes_what_they_made(client_of, studio, rubric, name):
    assert status(studio.other, client_of, name, rubric.pk) == 200
    assert status(studio.methodologist, client_of, name, rubric.pk) == 200
    assert status(studio.trainer, client_of, name, rubric.pk) in (302, 403)


def test_an_instrument_without_a_known_author_belongs_to_content_staff(client_of, studio):
    instrument = make_instrument()
    assert status(studio.trainer, client_of, "instruments:edit", instrument.pk) in (302, 403)
    assert status(studio.methodologist, client_of, "instruments:edit", instrument.pk) == 200
