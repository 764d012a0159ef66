"""NUL cannot be typed, and PostgreSQL cannot keep it: a request with one is refused in words."""

from __future__ import annotations

import json

import pytest

from courses.models import LessonNote
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_memo,
    make_module,
)

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    "address",
    ["/memos/?q=%00", "/memos/%00/pdf", "/catalog/?q=a%00b", "/verify/?code=%00", "/?%00=1"],
)
@pytest.mark.parametrize(
    ("locale", "words"),
    [("ru", "Не удалось прочитать запрос"), ("en", "This request could not be read")],
)
def test_an_address_with_one_is_refused_in_the_readers_language(client_of, address, locale, words):
    make_memo()
    page = client_of(UserFactory(locale=locale)).get(address)
    assert (page.status_code, words in page.content.decode()) == (400, True)


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/speech-hints/disagree/", {"text": "\0"}),
        (f"/requests/{NOBODY}/decide/", {"decision": "decline", "reason": "а\0б"}),
        (f"/honour/{NOBODY}/decision/", {"reason": "\0"}),
        (f"/practicum/{NOBODY}/report/", {"text": "\0"}),
        (f"/practicum/{NOBODY}/debrief/", {"learned": ["слова", "\0"]}),
        ("/accounts/login/", {"login": "\0@example.org", "password": "x"}),
        ("/certificates/name/", {"\0": "x"}),
    ],
)
def test_a_form_with_one_is_refused(client_of, address, fields):
    page = client_of(UserFactory()).post(address, fields)
    assert page.status_code == 400


@pytest.fixture
def note():
    lesson = make_lesson(make_module(course := make_course()))
    return lesson, active_enrollment(cohort=CohortFactory(course=course)).learner


def save(browser, lesson, body: str):
    return browser.put(f"/lessons/{lesson.pk}/note/", body, content_type="application/json")


@pytest.mark.parametrize("body", [r'"\u0000"', r'"слова \\\u0000"'])
def test_json_with_one_is_refused(client_of, note, body):
    lesson, learner = note
    answer = save(client_of(learner), lesson, f'{{"text": {body}, "version": 0}}')
    assert answer.status_code == 400
    assert not LessonNote.objects.exists()


def test_whoever_writes_about_it_is_understood(client_of, note):
    lesson, learner = note
    words = r"В JSON он пишется \u0000, а в адресе %00"
    answer = save(client_of(learner), lesson, json.dumps({"text": words, "version": 0}))
    assert answer.status_code == 200
    assert LessonNote.objects.get().text == words
    form = client_of(learner).post("/catalog/", {"q": "%00"})
    assert form.status_code != 400
