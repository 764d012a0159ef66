"""What an author is told about a lesson, and what stops its publication."""

from __future__ import annotations

import pytest
from wagtail.models import Page

from courses.authoring.checks import check_lesson
from courses.models import Lesson
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import UserFactory, make_course, make_lesson, make_module

pytestmark = pytest.mark.django_db


def report_of(*body, goal: str = "Слышать чувства", minutes: int = 10):
    lesson = Lesson(title="Урок", body=list(body))
    return check_lesson(body=lesson.body, goal=goal, estimated_minutes=minutes)


def said(findings) -> str:
    return " ".join(finding.message for finding in findings)


def test_a_good_lesson_has_nothing_to_mend():
    report = report_of(
        ("heading", "Слушать"), ("paragraph", "<p>Сначала мы слушаем. Потом говорим.</p>")
    )
    assert not report.findings
    assert report.text.words == 6


def test_an_empty_lesson_is_not_for_learners():
    assert "пуст" in said(report_of().errors)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (("heading", "  "), "Заголовок пуст"),
        (
            (
                "self_check",
                {
                    "question": "?",
                    "options": [
                        {"text": "а", "is_right": False, "feedback": "нет"},
                        {"text": "б", "is_right": False, "feedback": "нет"},
                    ],
                },
            ),
            "нет верного варианта",
        ),
        (("video", {"title": "Видео", "video": None, "transcript": ""}), "нет субтитров"),
        (("video", {"title": "Видео", "video": None, "transcript": ""}), "нет расшифровки"),
    ],
)
def test_what_shuts_people_out_is_an_error(block, words):
    report = report_of(block)
    assert words in said(report.errors)
    assert report.errors[0].block == 0


@pytest.mark.parametrize("words", ["здесь", "Подробнее.", "https://example.org/very/long"])
def test_a_link_must_say_where_it_leads(words):
    report = report_of(("paragraph", f'<p>Читайте <a href="https://example.org/">{words}</a></p>'))
    assert "не говорит, куда ведёт" in said(report.advice)
    assert not report.errors


def test_a_link_inside_a_note_is_looked_at_too():
    note = {"title": "", "text": '<p>Смотрите <a href="/x/">тут</a></p>'}
    assert "не говорит, куда ведёт" in said(report_of(("callout", note)).advice)


def test_a_long_text_gets_advice_and_no_error():
    report = report_of(
        ("paragraph", "<p>" + "слово слышу чувства " * 200 + "</p>"), minutes=1, goal=""
    )
    advice = said(report.advice)
    for words in ("Цель", "без заголовков", "дольше", "Абзац", "Предложения длинные"):
        assert words in advice, words
    assert not report.errors


@pytest.fixture
def editing(client_of):
    methodologist = UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    lesson = make_lesson(
        make_module(make_course()),
        "Как слушать",
        goal="Слышать",
        body=[("paragraph", "<p>Да.</p>")],
    )
    return client_of(methodologist), lesson


def posted(lesson: Lesson, **changes) -> dict[str, str]:
    return {
        "title": lesson.title, "slug": lesson.slug, "goal": lesson.goal,
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "heading",
        "body-0-value": "Заголовок", "body-0-id": "", "is_required": "on",
        "estimated_minutes": "10", "opens": lesson.opens, "completes": lesson.completes,
        "opens_after_days": "0",
        "prerequisites-TOTAL_FORMS": "0", "prerequisites-INITIAL_FORMS": "0",
        "prerequisites-MIN_NUM_FORMS": "0", "prerequisites-MAX_NUM_FORMS": "1000",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "1000", **changes,
    }  # fmt: skip


def test_a_draft_may_be_unfinished_but_is_not_published(editing):
    browser, lesson = editing
    address = f"/cms/pages/{lesson.pk}/edit/"
    unfinished = posted(lesson, **{"body-0-value": " "})
    assert browser.post(address, unfinished).status_code == 302
    page = browser.post(address, {**unfinished, "action-publish": "1"})
    assert page.status_code == 200
    assert "1. Заголовок пуст" in page.text
    assert Page.objects.get(pk=lesson.pk).specific.body[0].block_type == "paragraph"
    assert browser.post(address, {**posted(lesson), "action-publish": "1"}).status_code == 302
    assert Page.objects.get(pk=lesson.pk).specific.body[0].value == "Заголовок"


def test_the_editor_shows_how_the_lesson_reads(editing):
    browser, lesson = editing
    page = browser.get(f"/cms/pages/{lesson.pk}/edit/").text
    assert "Как читается" in page
    assert "1 слово" in page


def test_an_administrator_sees_the_panel_on_a_new_page_without_it_failing(client_of):
    module = make_module(make_course())
    admin = User.objects.create_superuser("admin@example.org")
    page = client_of(admin).get(f"/cms/pages/add/courses/lesson/{module.pk}/")
    assert page.status_code == 200
