"""A change that would reach people's records is made knowingly or not at all."""

from __future__ import annotations

import pytest
from wagtail.models import Page

from courses.ledger import record_completion
from courses.models import Completion, Lesson
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.courses.authoring.test_checks import posted
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def taught(client_of):
    """A methodologist's browser, and a lesson that one learner has finished."""
    methodologist = UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    module = make_module(make_course())
    lesson = make_lesson(module, "Первый")
    make_lesson(module, "Второй")
    enrollment = active_enrollment(cohort=CohortFactory(course=lesson.course()))
    record_completion(enrollment=enrollment, activity=lesson)
    return client_of(methodologist), lesson


def test_a_finished_lesson_cannot_be_deleted_and_the_choices_are_named(taught, client_of):
    lesson = taught[1]
    browser = client_of(User.objects.create_superuser("admin@example.org"))
    for page in (lesson, lesson.get_parent(), lesson.course()):
        answer = browser.post(f"/cms/pages/{page.pk}/delete/")
        assert answer.status_code == 409
        assert "Снять с публикации" in answer.text
        assert "Сделать необязательной" in answer.text
    assert Completion.objects.filter(activity=lesson).exists()


def test_nor_can_it_be_deleted_among_others(taught):
    browser, lesson = taught
    answer = browser.post(f"/cms/bulk/wagtailcore/page/delete/?next=/cms/&id={lesson.pk}")
    assert answer.status_code == 409
    assert Page.objects.filter(pk=lesson.pk).exists()


def test_a_lesson_that_nobody_finished_is_deleted(taught):
    browser, _lesson = taught
    second = Lesson.objects.get(title="Второй")
    assert browser.post(f"/cms/pages/{second.pk}/delete/").status_code == 302
    assert not Page.objects.filter(pk=second.pk).exists()


def test_a_finished_lesson_stays_in_its_course(taught):
    browser, lesson = taught
    elsewhere = make_module(make_course("Другой курс"))
    answer = browser.post(f"/cms/pages/{lesson.pk}/move/{elsewhere.pk}/confirm/")
    assert answer.status_code == 409
    neighbour = make_module(lesson.course(), "Ещё модуль")
    assert browser.post(f"/cms/pages/{lesson.pk}/move/{neighbour.pk}/confirm/").status_code == 302
    assert Page.objects.get(pk=lesson.pk).get_parent().pk == neighbour.pk


def test_before_unpublishing_one_hears_how_many_are_studying(taught):
    browser, lesson = taught
    address = f"/cms/pages/{lesson.pk}/unpublish/"
    asked = browser.post(address)
    assert asked.status_code == 409
    assert "Сейчас этот курс проходит 1 человек" in asked.text
    assert Page.objects.get(pk=lesson.pk).live
    assert browser.post(address, {"understands_consequences": "1"}).status_code == 302
    assert not Page.objects.get(pk=lesson.pk).live


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_required": ""}, "завершит курс без него"),
        ({"opens": "immediately"}, "закроется или откроется сразу"),
        ({"opens_after_days": "5"}, "снова закроется"),
    ],
)
def test_rules_of_a_running_course_change_only_knowingly(taught, change, words):
    browser, lesson = taught
    address = f"/cms/pages/{lesson.pk}/edit/"
    fields = {k: v for k, v in {**posted(lesson), **change}.items() if v or k != "is_required"}
    refused = browser.post(address, {**fields, "action-publish": "1"})
    assert refused.status_code == 200
    assert words in refused.text
    understood = {**fields, "action-publish": "1", "understands_consequences": "1"}
    assert browser.post(address, understood).status_code == 302


def test_texts_of_a_running_course_change_freely(taught):
    browser, lesson = taught
    fields = {**posted(lesson), "title": "Первый, исправленный", "action-publish": "1"}
    assert browser.post(f"/cms/pages/{lesson.pk}/edit/", fields).status_code == 302
    assert Lesson.objects.get(pk=lesson.pk).title == "Первый, исправленный"
