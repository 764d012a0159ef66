"""Factories: the few objects that every test begins with."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory
from wagtail.models import Page
from wagtail.rich_text import RichText

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import (
    CatalogPage,
    Cohort,
    Course,
    Enrollment,
    KnowledgeBasePage,
    Lesson,
    Memo,
    Module,
)
from courses.progress import Opens
from courses.site_tree import ensure_site_tree
from lms.people.models import Organisation, Region, User


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "RU-TOM"
    name = "Томская область"
    timezone = "Asia/Tomsk"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    region = factory.SubFactory(RegionFactory)
    name = factory.Sequence(lambda n: f"Центр социального обслуживания № {n + 1}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.LazyFunction(lambda: make_password(None))
    family_name = "Иванова"
    given_name = "Мария"
    patronymic = "Петровна"
    region = factory.SubFactory(RegionFactory)


def add_page(parent: Page, page):
    """Put a page under another, as the CMS does."""
    return parent.add_child(instance=page)


def make_course(title: str = "Бережная коммуникация", **fields) -> Course:
    """A live course without modules, in the catalogue."""
    catalog = CatalogPage.objects.first() or ensure_site_tree()
    fields.setdefault("summary", "Говорить бережно")
    return add_page(catalog, Course(title=title, **fields))


def make_module(course: Course, title: str = "Модуль") -> Module:
    return add_page(course, Module(title=title))


def make_lesson(module: Module, title: str = "Урок", **fields) -> Lesson:
    fields.setdefault("opens", Opens.AFTER_PREVIOUS.value)
    return add_page(module, Lesson(title=title, **fields))


def make_memo(title: str = "Сказать «нет»", **fields) -> Memo:
    """A live memo of the knowledge base, for people who are signed in."""
    if not KnowledgeBasePage.objects.exists():
        ensure_site_tree()
    fields.setdefault("summary", "Четыре шага честного отказа.")
    steps = RichText("<ul><li>Сделайте вдох</li><li>Ёмкая пауза</li></ul>")
    fields.setdefault("body", [("heading", "Прежде чем начать"), ("paragraph", steps)])
    return add_page(KnowledgeBasePage.objects.get(), Memo(title=title, **fields))


class CohortFactory(DjangoModelFactory):
    class Meta:
        model = Cohort
        skip_postgeneration_save = True

    course = factory.LazyFunction(make_course)
    title = "Поток 1"
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=60))

    @factory.post_generation
    def regions(self, create, extracted, **kwargs):
        self.regions.set(extracted if extracted is not None else [RegionFactory()])

    @factory.post_generation
    def trainers(self, create, extracted, **kwargs):
        self.trainers.set(extracted or [])


class EnrollmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrollment

    learner = factory.SubFactory(UserFactory)
    cohort = factory.SubFactory(CohortFactory)


def active_enrollment(**fields) -> Enrollment:
    """An enrolment whose learner has come in by the invitation."""
    enrollment = EnrollmentFactory(**fields)
    return move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source="test")
