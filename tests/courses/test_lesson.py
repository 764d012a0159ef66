"""A lesson's page: private notes, the place where one stopped, blocks, going on."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.documents.models import Document

from courses.media_blocks import seconds_of
from courses.models import LessonNote, LessonPosition
from courses.notes import LONGEST_NOTE
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)

SECRET = "Мне было страшно звонить."


@pytest.fixture
def reading(db, client_of):
    """A learner's browser, their enrolment, and the lesson that they read."""
    module = make_module(make_course())
    lesson = make_lesson(module, "Первый", body=[("heading", "Слушать"), ("heading", "Слышать")])
    make_lesson(module, "Второй")
    enrollment = active_enrollment(cohort=CohortFactory(course=lesson.course()))
    return client_of(enrollment.learner), enrollment, lesson


def put_note(browser, lesson, text, version):
    return browser.put(
        f"/lessons/{lesson.pk}/note/",
        json.dumps({"text": text, "version": version}),
        content_type="application/json",
    )


def test_a_note_is_kept_without_scripts(reading):
    browser, _enrollment, lesson = reading
    answer = browser.post(f"/lessons/{lesson.pk}/note/", {"text": SECRET, "version": "0"})
    assert answer.headers["Location"].endswith("#notes")
    page = browser.get(lesson.url).text
    assert SECRET in page
    assert "Сохранено " in page


def test_autosave_answers_with_the_version_and_the_time(reading):
    browser, _enrollment, lesson = reading
    first = put_note(browser, lesson, "Раз", 0).json()
    second = put_note(browser, lesson, "Раз, два", first["version"]).json()
    assert (first["version"], second["version"]) == (1, 2)
    assert second["saved"].startswith("Сохранено ")


def test_the_same_words_sent_again_change_nothing(reading):
    browser, _enrollment, lesson = reading
    put_note(browser, lesson, "Раз", 0)
    assert put_note(browser, lesson, "Раз", 0).json()["version"] == 1


def test_two_devices_are_shown_both_texts(reading):
    browser, _enrollment, lesson = reading
    put_note(browser, lesson, "С телефона", 0)
    late = put_note(browser, lesson, "С компьютера", 0)
    assert late.status_code == 409
    assert late.json()["text"] == "С телефона"
    page = browser.post(f"/lessons/{lesson.pk}/note/", {"text": "С компьютера", "version": "0"})
    assert page.status_code == 409
    assert "С телефона" in page.text
    assert "С компьютера" in page.text
    assert LessonNote.objects.get().text == "С телефона"
    chosen = {"text": "С компьютера", "version": "1"}
    assert browser.post(f"/lessons/{lesson.pk}/note/", chosen).status_code == 302
    assert LessonNote.objects.get().text == "С компьютера"


def test_a_note_that_is_too_long_comes_back_whole(reading):
    browser, _enrollment, lesson = reading
    long = "я" * (LONGEST_NOTE + 1)
    page = browser.post(f"/lessons/{lesson.pk}/note/", {"text": long, "version": "0"})
    assert page.status_code == 422
    assert long in page.text
    assert "слишком длинная" in put_note(browser, lesson, long, 0).json()["message"]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"text": "а", "version": "x"}'])
def test_a_broken_note_changes_nothing(reading, body):
    browser, _enrollment, lesson = reading
    answer = browser.put(f"/lessons/{lesson.pk}/note/", body, content_type="application/json")
    assert answer.status_code == 400
    assert not LessonNote.objects.exists()


def test_nobody_else_reads_a_note(reading, client_of):
    browser, enrollment, lesson = reading
    put_note(browser, lesson, SECRET, 0)
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    enrollment.cohort.trainers.add(trainer)
    admin = User.objects.create_superuser("admin@example.org")
    for other in (trainer, admin, UserFactory()):
        assert SECRET not in client_of(other).get(lesson.url).text
        assert put_note(client_of(other), lesson, "Чужое", 1).status_code == 403
    neighbour = active_enrollment(cohort=enrollment.cohort, learner=UserFactory())
    assert SECRET not in client_of(neighbour.learner).get(lesson.url).text
    assert LessonNote.objects.get().text == SECRET


def test_one_goes_on_from_where_one_stopped(reading):
    browser, _enrollment, lesson = reading
    block = lesson.body[1].id
    assert "Продолжить с места" not in browser.get(lesson.url).text
    answer = browser.put(
        f"/lessons/{lesson.pk}/position/",
        json.dumps({"block": block, "video": block, "second": 95}),
        content_type="application/json",
    )
    assert answer.status_code == 204
    page = browser.get(lesson.url).text
    assert f'href="#b-{block}"' in page
    assert 'data-second="95"' in page


@pytest.mark.parametrize(
    "sent", [{"block": "чужой"}, {"second": "x"}, {"second": -5}, {}, {"video": "нет", "second": 9}]
)
def test_a_place_that_is_not_in_the_lesson_is_not_kept(reading, sent):
    browser, _enrollment, lesson = reading
    browser.put(
        f"/lessons/{lesson.pk}/position/", json.dumps(sent), content_type="application/json"
    )
    kept = LessonPosition.objects.get()
    assert (kept.block, kept.video, kept.second) == ("", "", 0)


def test_a_lesson_may_complete_itself_by_going_on(reading):
    browser, enrollment, lesson = reading
    lesson.completes = "moving_on"
    lesson.save()
    page = browser.get(lesson.url).text
    assert "Далее: «Второй»" in page
    assert "Отметить пройденным" not in page
    assert not enrollment.completions.exists(), "looking is not completing"
    browser.post(f"/lessons/{lesson.pk}/done/")
    assert enrollment.completions.count() == 1


@pytest.fixture
def files(db):
    from django.core.files.base import ContentFile

    return {
        name: Document.objects.create(title=name, file=ContentFile(b"0" * 2048, name=name))
        for name in ("a.mp4", "b.mp4", "c.mp3", "d.pdf", "e.vtt")
    }


def test_every_block_is_shown_with_its_words(reading, files):
    browser, enrollment, lesson = reading
    target = make_lesson(lesson.get_parent(), "Практика слушания")
    lesson.body = [
        ("case_story", {"title": "Третий раз", "text": "<p>Пришла.</p>", "question": "Что важно?"}),
        ("reflection", {"prompt": "Когда вас слышали?"}),
        ("activity_link", {"activity": target, "reason": "Попробуйте сами"}),
        ("download", {"title": "Памятка", "document": files["d.pdf"], "about": "На стол"}),
        ("audio", {"title": "Голос", "audio": files["c.mp3"], "transcript": "<p>Слова</p>"}),
        (
            "video",
            {
                "title": "Вдох",
                "video": files["a.mp4"],
                "small": files["b.mp4"],
                "captions": files["e.vtt"],
                "chapters": [{"at": "1:30", "title": "Вторая часть"}],
                "transcript": "<p>Текст</p>",
            },
        ),
    ]
    lesson.save_revision().publish()
    page = browser.get(lesson.url).text
    for words in (
        "Что важно?", "Когда вас слышали?", "Попробуйте сами", target.url, "PDF, 2,0", "На стол",
        "Текст записи", 'data-at="90"', "Вторая часть", "Файл поменьше", "default",
    ):  # fmt: skip
        assert words in page, words
    assert enrollment.learner.pk


@pytest.mark.parametrize("clock", ["", "90", "1:75", "a:10", "1:2:3:4", "100:00"])
def test_what_is_no_time_is_refused(clock):
    with pytest.raises(ValueError, match="no time"):
        seconds_of(clock)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_a_clock_is_read_back(hours, minutes, seconds):
    clock = f"{hours}:{minutes:02}:{seconds:02}"
    assert seconds_of(clock) == hours * 3600 + minutes * 60 + seconds
