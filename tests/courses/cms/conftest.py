"""Two trainers with a course each, and a methodologist."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from courses.models import CatalogPage, Course, Lesson, Module
from courses.site_tree import ensure_site_tree
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import UserFactory, make_course, make_lesson, make_module


@dataclass(frozen=True)
class Studio:
    catalog: CatalogPage
    trainer: User
    other: User
    methodologist: User
    course: Course
    module: Module
    lesson: Lesson
    foreign: Course
    foreign_lesson: Lesson


def person(role: Role) -> User:
    user = UserFactory()
    grant_role(user=user, role=role)
    return user


@pytest.fixture
def studio(db) -> Studio:
    catalog = ensure_site_tree()
    trainer, other = person(Role.TRAINER), person(Role.TRAINER)
    course = make_course("Свой курс", owner=trainer)
    module = make_module(course, "Свой модуль")
    foreign = make_course("Чужой курс", owner=other)
    return Studio(
        catalog=catalog,
        trainer=trainer,
        other=other,
        methodologist=person(Role.METHODOLOGIST),
        course=course,
        module=module,
        lesson=make_lesson(module, "Свой урок"),
        foreign=foreign,
        foreign_lesson=make_lesson(make_module(foreign, "Чужой модуль"), "Чужой урок"),
    )
