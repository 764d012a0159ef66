"""A trainer walks through their course as a learner, and leaves no trace in the records."""

from __future__ import annotations

import pytest

from courses.models import Completion, Enrollment
from courses.progress import Opens
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import CohortFactory, UserFactory, make_course, make_lesson, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def led(client_of):
    """A trainer's browser, their course, and its lessons: at once, after it, a week later."""
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    course = make_course()
    module = make_module(course)
    lessons = [
        make_lesson(module, "Первый"),
        make_lesson(module, "Второй"),
        make_lesson(module, "Третий", opens=Opens.IMMEDIATELY.value, opens_after_days=7),
    ]
    CohortFactory(course=course, trainers=[trainer])
    return client_of(trainer), course, lessons


def act(browser, course, do, step=None):
    fields = {"do": do} | ({"activity": step.pk} if step else {})
    return browser.post(f"/as-learner/{course.pk}/", fields)


def test_on_a_walk_locks_are_as_a_learner_meets_them(led):
    browser, course, (first, second, _third) = led
    assert browser.get(second.url).status_code == 200, "who leads a course may open every step"
    act(browser, course, "begin")
    assert browser.get(first.url).status_code == 200
    locked = browser.get(second.url)
    assert locked.status_code == 403
    assert "Откроется после шага: Первый" in locked.text
    assert "Вы видите курс глазами слушателя" in locked.text


def test_a_step_is_taken_as_done_and_nothing_is_recorded(led):
    browser, course, (first, second, _third) = led
    act(browser, course, "begin")
    act(browser, course, "done", first)
    assert "Продолжить: Второй" in browser.get(course.url).text
    assert browser.get(second.url).status_code == 200
    assert not Completion.objects.exists()
    assert not Enrollment.objects.exists()


def test_days_can_be_let_pass(led):
    browser, course, lessons = led
    act(browser, course, "begin")
    locked = browser.get(lessons[2].url)
    assert "Пропустить дни" in locked.text
    act(browser, course, "wait", lessons[2])
    assert browser.get(lessons[2].url).status_code == 200


@pytest.mark.parametrize("said", ["abc", "", "-1", "1" * 5000, "٣"])
def test_what_is_no_step_is_not_found(led, said):
    browser, course, _lessons = led
    act(browser, course, "begin")
    fields = {"do": "done", "activity": said}
    assert browser.post(f"/as-learner/{course.pk}/", fields).status_code == 404


def test_the_walk_ends_and_everything_is_open_again(led):
    browser, course, (_first, second, _third) = led
    act(browser, course, "begin")
    act(browser, course, "end")
    page = browser.get(second.url)
    assert page.status_code == 200
    assert "глазами слушателя. Ничего" not in page.text


def test_the_walk_is_for_those_who_lead_the_course(led, client_of):
    _browser, course, (_first, second, _third) = led
    stranger = client_of(UserFactory())
    assert stranger.get(f"/as-learner/{course.pk}/").status_code == 404
    assert act(stranger, course, "begin").status_code == 404
    assert stranger.get(second.url).status_code == 403


def test_a_walk_does_not_reach_another_course(led):
    browser, course, _lessons = led
    act(browser, course, "begin")
    foreign = make_lesson(make_module(make_course("Чужой")), "Чужой урок")
    assert act(browser, course, "done", foreign).status_code == 404


def test_the_editor_leads_to_the_walk(client_of, led):
    _browser, course, lessons = led
    admin = client_of(User.objects.create_superuser("admin@example.org"))
    page = admin.get(f"/cms/pages/{lessons[0].pk}/edit/")
    assert f"/as-learner/{course.pk}/" in page.text
