"""What is remembered of the page tree never outlives a change to it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from wagtail.models import PageViewRestriction

from courses.models import ActivityPrerequisite, Lesson, TrainerProfile
from courses.outline import outline_of
from courses.tree_cache import Remembered, forget_tree, tree_version
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)


@pytest.fixture
def studied(db, client_of):
    """A learner's browser and two lessons that it has looked at already."""
    module = make_module(make_course())
    lessons = [make_lesson(module, title, body=[("heading", title)]) for title in ("Раз", "Два")]
    enrollment = active_enrollment(cohort=CohortFactory(course=module.get_parent().specific))
    browser = client_of(enrollment.learner)
    for _time in range(2):
        assert browser.get(lessons[0].url).status_code == 200
        browser.get(lessons[0].course().url)
    return browser, lessons


def test_an_edit_is_seen_at_once(studied):
    browser, (first, _second) = studied
    first.body = [("heading", "Исправлено")]
    first.title = "Раз, исправленный"
    first.save_revision().publish()
    page = browser.get(first.url).text
    assert "Исправлено" in page
    assert "Раз, исправленный" in browser.get(first.course().url).text


def test_a_draft_is_not(studied):
    browser, (first, _second) = studied
    before = tree_version()
    first.body = [("heading", "Черновик")]
    first.save_revision()
    assert tree_version() == before, "a draft that nobody sees costs nobody anything"
    assert "Черновик" not in browser.get(first.url).text


def test_an_unpublished_page_is_gone_and_a_new_one_is_there(studied):
    browser, (first, second) = studied
    second.unpublish()
    assert "Два" not in browser.get(first.course().url).text
    first.unpublish()
    assert browser.get(first.url).status_code == 404
    made = make_lesson(first.get_parent(), "Три")
    assert "Три" in browser.get(made.course().url).text


def test_a_page_that_moves_or_changes_its_address_is_found_there(studied):
    browser, (first, _second) = studied
    old = first.url
    module = make_module(first.course(), "Второй модуль")
    first.move(module, pos="last-child")
    moved = Lesson.objects.get(pk=first.pk)
    assert browser.get(old).headers["Location"] == moved.url, "Wagtail leaves a redirect"
    assert "Откроется после шага: Два" in browser.get(moved.url).text, "it is the last one now"
    assert [a.title for a in outline_of(moved.course()).modules[1].activities] == ["Раз"]


def test_a_prerequisite_locks_at_once(studied):
    browser, (first, second) = studied
    ActivityPrerequisite.objects.create(activity=first, required=second)
    assert browser.get(first.url).status_code == 403


def test_the_trainers_of_a_cohort_are_those_of_now(studied):
    browser, (first, _second) = studied
    course = first.course()
    cohort = course.cohorts.get()
    trainer = UserFactory(family_name="Светлова")
    grant_role(user=trainer, role=Role.TRAINER)
    cohort.trainers.add(trainer)
    assert "Светлова" in browser.get(course.url).text
    trainer.family_name = "Ясная"
    trainer.save()
    assert "Ясная" in browser.get(course.url).text
    TrainerProfile.objects.create(user=trainer, about="Двадцать лет в профессии.")
    assert "Двадцать лет в профессии." in browser.get(course.url).text
    cohort.trainers.remove(trainer)
    assert "Ясная" not in browser.get(course.url).text


def test_a_new_learner_costs_the_others_nothing(studied):
    before = tree_version()
    UserFactory().save()
    assert tree_version() == before


def test_a_page_that_is_made_private_asks_for_its_password(studied):
    browser, (first, _second) = studied
    PageViewRestriction.objects.create(
        page=first, restriction_type=PageViewRestriction.PASSWORD, password="x"
    )
    assert 'type="password"' in browser.get(first.url).text


def test_readers_in_two_languages_and_states_do_not_mix(studied, client_of):
    browser, (first, _second) = studied
    english = active_enrollment(
        cohort=CohortFactory(course=first.course()), learner=UserFactory(locale="en")
    )
    assert "Programme" in client_of(english.learner).get(first.url).text
    assert "Программа" in browser.get(first.url).text
    browser.post(f"/lessons/{first.pk}/done/")
    assert "Обязательных шагов пройдено: 1 из 2" in browser.get(first.course().url).text
    own_page = client_of(english.learner).get(first.course().url).text
    assert "Required steps done: 0 of 2" in own_page


def test_an_answer_to_a_self_check_stays_with_who_gave_it(studied, client_of):
    _browser, (first, _second) = studied
    options = [
        {"text": "Да", "is_right": True, "feedback": "Верно, вы рядом."},
        {"text": "Нет", "is_right": False, "feedback": "Попробуйте иначе."},
    ]
    first.body = [("self_check", {"question": "Так?", "options": options})]
    first.save_revision().publish()
    other = active_enrollment(cohort=CohortFactory(course=first.course()))
    browser = client_of(other.learner)
    answered = browser.get(first.url, {"check": f"{first.body[0].id}:0"}).text
    for none in ("9" * 5000, "7", "-1", "²"):
        page = browser.get(first.url, {"check": f"{first.body[0].id}:{none}"})
        assert page.status_code == 200, none
    assert answered.count("Верно, вы рядом.") == 2
    assert browser.get(first.url).text.count("Верно, вы рядом.") == 1


def test_a_request_cannot_change_what_others_get(studied):
    browser, (first, _second) = studied
    request_page = browser.get(first.url).context["lesson"]
    request_page.title = "Испорчено"
    assert "Испорчено" not in browser.get(first.url).text


def test_pages_cost_the_same_whatever_the_size_of_the_course(
    studied, django_assert_max_num_queries
):
    browser, (first, _second) = studied
    with django_assert_max_num_queries(20) as small:
        browser.get(first.url)
    for number in range(40):
        make_lesson(first.get_parent(), f"Ещё {number}")
    first.body = [("paragraph", f"<p>{number}</p>") for number in range(40)]
    first.save_revision().publish()
    browser.get(first.url)
    with django_assert_max_num_queries(20) as large:
        browser.get(first.url)
    assert len(large) == len(small) <= 8


@pytest.mark.django_db
def test_what_was_computed_before_a_change_is_not_used_after_it():
    values: Remembered[int] = Remembered(limit=2)
    assert values.get("a", lambda: 1) == 1
    assert values.get("a", lambda: 2) == 1
    assert values.get("changed meanwhile", lambda: forget_tree() or 3) == 3
    assert values.get("changed meanwhile", lambda: 4) == 4
    assert values.get("a", lambda: 5) == 5


@pytest.mark.django_db(transaction=True)
def test_another_process_computes_again_after_the_commit():
    """A thread with its own connection stands for another process that shares the cache."""
    course = make_course()
    module = make_module(course)
    make_lesson(module, "Раз")
    found: list[int] = []

    def look() -> None:
        found.append(len(outline_of(course).activities))
        connection.close()

    for expected in (1, 2):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert found[-1] == expected
        make_lesson(module, "Два")
