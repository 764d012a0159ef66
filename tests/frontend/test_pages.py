import re

import pytest
from django.conf import settings
from django.test import Client

from courses.programme import current_enrollment
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
def studying():
    """A learner in a course of two lessons."""
    module = make_module(make_course())
    lessons = [make_lesson(module, "Первый"), make_lesson(module, "Второй")]
    enrollment = active_enrollment(cohort=CohortFactory(course=module.get_parent().specific))
    return enrollment, lessons


def test_pages_are_russian_until_english_is_asked_for(client):
    assert "Настройки отображения" in client.get("/catalog/").text
    client.post("/language/", {"language": "en", "next": "/catalog/"})
    page = client.get("/catalog/")
    assert "Display settings" in page.text
    assert page.headers["Content-Language"] == "en"


def test_an_english_browser_still_gets_russian_pages():
    page = Client(headers={"accept-language": "en-US"}).get("/catalog/")
    assert '<html lang="ru"' in page.text


def test_display_settings_are_kept_without_an_account(client):
    client.post("/display/", {"size": "150", "scheme": "yellow-on-black", "font": "nonsense"})
    page = client.get("/catalog/").text
    assert 'data-size="150"' in page
    assert 'data-scheme="yellow-on-black"' in page
    assert "nonsense" not in page


def test_display_settings_follow_a_person_to_another_device(client_of):
    user = UserFactory()
    client_of(user).post("/display/", {"size": "200"})
    user.refresh_from_db()
    assert 'data-size="200"' in client_of(user).get("/learn/").text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_nobody_is_sent_to_another_site(client, target):
    assert client.post("/display/", {"next": target}).headers["Location"] == "/"


def test_pages_carry_a_strict_policy_and_keep_it(client):
    page = client.get("/catalog/")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son\w+=\"", page.text)
    nonce = re.search(r"'nonce-([^']+)'", policy).group(1)
    for tag in re.findall(r"<script[^>]*>", page.text):
        assert f'nonce="{nonce}"' in tag or "src=" in tag


def test_a_lesson_is_locked_with_the_reason_and_the_way_on(client_of, studying):
    enrollment, (first, second) = studying
    page = client_of(enrollment.learner).get(second.url)
    assert page.status_code == 403
    assert "Откроется после шага: Первый" in page.text
    assert first.url in page.text


def test_reading_a_lesson_opens_the_next(client_of, studying):
    enrollment, (first, second) = studying
    browser = client_of(enrollment.learner)
    answer = browser.post(f"/lessons/{first.pk}/done/")
    assert answer.headers["Location"] == second.url
    assert browser.get(second.url).status_code == 200
    assert [c.activity_id for c in enrollment.completions.all()] == [first.pk]


def test_a_locked_lesson_cannot_be_marked_as_read(client_of, studying):
    enrollment, (_first, second) = studying
    answer = client_of(enrollment.learner).post(f"/lessons/{second.pk}/done/")
    assert answer.status_code == 403
    assert not enrollment.completions.exists()


def test_a_stranger_is_not_let_into_a_lesson(client_of, client, studying):
    _enrollment, (first, _second) = studying
    assert client.get(first.url).headers["Location"].startswith(settings.LOGIN_URL and "/accounts/")
    assert client_of(UserFactory()).get(first.url).status_code == 403


def test_a_self_check_answers_without_javascript(client_of):
    check = {
        "question": "Что сказать?",
        "options": [
            {"text": "Успокойтесь", "is_right": False, "feedback": "Это звучит как упрёк."},
            {"text": "Третий раз — это тяжело", "is_right": True, "feedback": "Вы рядом."},
        ],
    }
    lesson = make_lesson(make_module(make_course()), body=[("self_check", check)])
    enrollment = active_enrollment(cohort=CohortFactory(course=lesson.course()))
    browser = client_of(enrollment.learner)
    block_id = lesson.body[0].id
    before = browser.get(lesson.url).text
    after = browser.get(lesson.url, {"check": f"{block_id}:0"}).text
    assert before.count("Это звучит как упрёк.") == 1, "only in the template for scripts"
    assert after.count("Это звучит как упрёк.") == 2
    asked = '<p class="field__error">Выберите один из ответов.</p>'
    assert asked not in before
    assert asked in browser.get(lesson.url, {"of": block_id}).text


def test_home_shows_one_next_step(client_of, studying):
    enrollment, (first, _second) = studying
    page = client_of(enrollment.learner).get("/learn/").text
    assert page.count("Ваш следующий шаг") == 1
    assert first.url in page
    assert "Мария Петровна" in page


def test_the_course_page_shows_progress_and_reasons(client_of, studying):
    enrollment, (first, _second) = studying
    browser = client_of(enrollment.learner)
    browser.post(f"/lessons/{first.pk}/done/")
    page = browser.get(enrollment.cohort.course.url).text
    assert "Обязательных шагов пройдено: 1 из 2" in page
    assert "Продолжить: Второй" in page
    assert current_enrollment(enrollment.learner, enrollment.cohort.course) == enrollment


def test_the_course_page_needs_the_same_number_of_queries_for_any_size(
    client_of, studying, django_assert_max_num_queries
):
    enrollment, (first, _second) = studying
    module = first.get_parent()
    browser = client_of(enrollment.learner)
    url = enrollment.cohort.course.url
    browser.get(url)
    with django_assert_max_num_queries(60) as small:
        browser.get(url)
    for number in range(8):
        make_lesson(module, f"Ещё {number}")
    browser.get(url)  # what is remembered of the course is read again after the change
    with django_assert_max_num_queries(60) as large:
        browser.get(url)
    assert len(large) == len(small)


def test_a_page_that_is_not_there_says_so_in_russian(client):
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert "Такой страницы нет" in page.text


def test_help_is_at_the_same_place_on_every_page_and_says_whom_to_ask(client, settings):
    settings.HELP_EMAIL, settings.HELP_PHONE = "pomoshch@example.org", "+7 (3822) 12-34-56"
    for address in ("/catalog/", "/verify/", "/help/"):
        header = client.get(address).text.split("</header>")[0]
        assert header.index('href="/help/"') < header.index('href="/display/')
    page = client.get("/help/").text
    assert 'href="mailto:pomoshch@example.org"' in page
    assert 'href="tel:+73822123456"' in page


def test_help_names_no_address_that_nobody_has_set(client):
    assert "mailto:" not in client.get("/help/").text
