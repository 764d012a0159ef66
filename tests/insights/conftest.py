"""A course with one questionnaire, before and after, and two regions."""

from __future__ import annotations

import pytest

from assessments.loading import load_instrument
from assessments.models import Assessment, Wave
from courses.models import Course
from lms.people.models import Region, User
from tests.factories import RegionFactory, add_page, make_course, make_module

INSTRUMENT = {
    "code": "t",
    "title": "Анкета",
    "purpose": "",
    "who_sees": "",
    "instruction": "",
    "minutes": 1,
}


@pytest.fixture
def tomsk(db) -> Region:
    return RegionFactory()


@pytest.fixture
def omsk(db) -> Region:
    return RegionFactory(code="RU-OMS", name="Омская область")


def course_with_questionnaire() -> Course:
    course = make_course("Курс")
    instrument = load_instrument(
        INSTRUMENT,
        scales=[{"code": "s", "title": "Слышу чувства", "description": ""}],
        items=[{"code": "s1", "scale": "s", "text": "", "reversed": False}],
        options=[(0, "нет"), (4, "да")],
    )
    module = make_module(course)
    for wave in (Wave.PRE, Wave.POST):
        add_page(module, Assessment(title=wave, slug=wave, instrument=instrument, wave=wave))
    return course


@pytest.fixture
def course(db) -> Course:
    return course_with_questionnaire()


@pytest.fixture
def administrator(db) -> User:
    return User.objects.create_superuser("admin@example.org")
