"""What may be kept on a person's own device, by whose word, and for how long."""

from __future__ import annotations

import pytest

from lms.people.models import User
from tests.factories import UserFactory, active_enrollment, make_lesson, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client_of):
    """A learner's browser, and a lesson of the course."""
    enrollment = active_enrollment()
    lesson = make_lesson(make_module(enrollment.cohort.course))
    return client_of(enrollment.learner), lesson, enrollment.learner


def test_a_lesson_may_be_kept_only_where_the_person_says_so(reader):
    browser, lesson, learner = reader
    assert "X-Keep-For" not in browser.get(lesson.url).headers
    browser.post("/display/", {"own_device": "on"})
    assert browser.get(lesson.url)["X-Keep-For"] == str(learner.uuid)
    for path in ("/learn/", lesson.course().url, "/calendar/"):
        assert "X-Keep-For" not in browser.get(path).headers, path
    browser.post("/display/", {})
    assert "X-Keep-For" not in browser.get(lesson.url).headers


def test_the_word_is_given_for_one_device_not_for_the_person(reader, client_of):
    browser, lesson, learner = reader
    browser.post("/display/", {"own_device": "on", "size": "150"})
    elsewhere = client_of(learner)
    assert "X-Keep-For" not in elsewhere.get(lesson.url).headers
    learner.refresh_from_db()
    assert learner.display == {"size": "150"}


def test_pages_tell_scripts_for_whom_lessons_are_kept(reader, client):
    browser, _lesson, learner = reader
    assert 'data-keeper=""' in browser.get("/learn/").text
    browser.post("/display/", {"own_device": "on"})
    assert f'data-keeper="{learner.uuid}"' in browser.get("/learn/").text
    assert "data-keeper" not in client.get("/catalog/").text


def test_a_visitor_is_not_asked_about_the_device(client):
    assert "own_device" not in client.get("/display/").text
    assert "own_device" not in client.post("/display/", {"own_device": "on"}).cookies


@pytest.mark.parametrize("path", ["/accounts/logout/", "/cms/logout/"])
def test_signing_out_makes_the_browser_forget(client_of, path):
    browser = client_of(User.objects.create_superuser("admin@example.org"))
    assert "Clear-Site-Data" not in browser.get("/learn/").headers
    assert browser.post(path)["Clear-Site-Data"] == '"storage"'


def test_the_worker_sees_the_whole_site_and_is_asked_for_anew(client):
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"


def test_the_offline_page_stands_alone_and_tells_nothing_of_the_person(client_of):
    person = UserFactory(family_name="Тайная", given_name="Инна")
    page = client_of(person).get("/offline/").text
    assert "<!--kept-->" in page
    assert "Тайная" not in page
    assert "Инна" not in page
    assert str(person.uuid) not in page


def test_the_browser_keeps_no_page_of_whoever_is_signed_in(reader, client):
    browser, lesson, _learner = reader
    for path in ("/learn/", "/catalog/", lesson.course().url, lesson.url, "/nowhere/"):
        assert browser.get(path)["Cache-Control"] == "private, no-store", path
    assert "Cache-Control" not in client.get("/catalog/").headers, "it was made for everybody"
    assert browser.get("/service-worker.js")["Cache-Control"] == "no-cache"
    browser.post("/display/", {"own_device": "on"})
    assert "Cache-Control" not in browser.get(lesson.url).headers, "the person lets it be kept"
