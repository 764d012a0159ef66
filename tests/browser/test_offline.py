"""Lessons without a network: kept on a personal device only, and gone after signing out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import COURSE, press, sign_in

pytestmark = pytest.mark.browser
LESSON = f"{COURSE}ostatsya-soboy/telefon-i-perepiska/"
TITLE = "Бережно по телефону и в переписке"
KEPT = """async (path) => {
  for (const name of await caches.keys()) {
    if (await (await caches.open(name)).match(path)) return true;
  }
  return false;
}"""
NOTHING = """async () => (await caches.keys()).length === 0 &&
  (await navigator.serviceWorker.getRegistrations()).length === 0 &&
  !Object.keys(localStorage).some((key) => /^(note|answers):/.test(key))"""


@pytest.fixture
def learner(new_visitor) -> Iterator[Page]:
    page = new_visitor(width=360, height=740)
    sign_in(page, "boris@demo.example")
    yield page
    page.context.set_offline(False)


def say_whose_device(page: Page, *, is_own: bool) -> None:
    page.goto("/display/")
    page.get_by_label("Это моё личное устройство", exact=False).set_checked(is_own)
    press(page, "Сохранить", exact=False)


def wait_until(page: Page, script: str, argument: str = "") -> None:
    """Until the asynchronous ``script`` answers true, at most twenty seconds."""
    for _time in range(200):
        if page.evaluate(script, argument):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"Never true: {script}")


def open_lesson(page: Page) -> None:
    page.goto(LESSON)
    wait_until(page, KEPT, LESSON)
    style = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    wait_until(page, KEPT, str(style))


def is_kept(page: Page) -> bool:
    return page.evaluate(KEPT, LESSON)


def note(page: Page):
    return page.locator("#note-text")


def test_an_opened_lesson_is_read_without_a_network(learner):
    say_whose_device(learner, is_own=True)
    open_lesson(learner)
    learner.context.set_offline(True)
    learner.reload()
    expect(learner.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(learner.get_by_text("Вы читаете копию, сохранённую")).to_be_visible()
    assert learner.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Golos')

    # A note that is written meanwhile arrives when the network does.
    note(learner).fill("Перезвонить Анне Ивановне")
    expect(learner.get_by_text("Заметка сохранена на этом устройстве", exact=False)).to_be_visible()
    learner.goto("/learn/")
    expect(learner.get_by_role("heading", level=1)).to_have_text("Нет связи")
    learner.get_by_role("link", name=TITLE).click()
    expect(note(learner)).to_have_value("Перезвонить Анне Ивановне")
    learner.context.set_offline(False)
    expect(learner.get_by_text(re.compile(r"^Сохранено в \d"))).to_be_visible()
    learner.reload()
    expect(note(learner)).to_have_value("Перезвонить Анне Ивановне")
    expect(learner.get_by_text("Вы читаете копию, сохранённую")).not_to_be_visible()


def test_only_lessons_are_kept(learner):
    say_whose_device(learner, is_own=True)
    open_lesson(learner)
    for path in ("/learn/", COURSE, "/calendar/"):
        learner.goto(path)
        assert not learner.evaluate(KEPT, path), path


def test_a_shared_computer_keeps_nothing(learner):
    learner.goto(LESSON)
    learner.wait_for_load_state("networkidle")
    assert learner.evaluate(NOTHING)
    say_whose_device(learner, is_own=True)
    open_lesson(learner)
    say_whose_device(learner, is_own=False)
    wait_until(learner, NOTHING)


def test_signing_out_removes_lessons_and_drafts(learner):
    say_whose_device(learner, is_own=True)
    open_lesson(learner)
    learner.context.set_offline(True)
    note(learner).fill("Только для меня")
    wait_until(learner, "() => Object.keys(localStorage).some((key) => key.startsWith('note:'))")
    learner.context.set_offline(False)
    press(learner, "Выйти")
    expect(learner.get_by_role("link", name="Войти").first).to_be_visible()
    wait_until(learner, NOTHING)


def test_the_next_person_does_not_find_the_lessons_of_the_last(learner):
    say_whose_device(learner, is_own=True)
    open_lesson(learner)
    path = "/memos/skazat-net/"
    learner.evaluate(
        """async (path) => (await caches.open("lessons-1")).put(path, new Response("Бориса"))""",
        path,
    )
    learner.context.clear_cookies(name="sessionid")  # the session ran out: nobody signed out
    sign_in(learner, "anna@demo.example")
    open_lesson(learner)
    assert not learner.evaluate(KEPT, path)


def test_two_windows_do_not_overwrite_each_others_notes(learner):
    second = learner.context.new_page()
    for page in (learner, second):
        page.goto(LESSON)
    note(learner).fill("Из первого окна")
    expect(learner.get_by_text(re.compile(r"^Сохранено в \d"))).to_be_visible()
    note(second).fill("Из второго окна")
    expect(second.get_by_text("Эту заметку изменили на другом устройстве.")).to_be_visible()
    expect(second.locator("#note-other")).to_have_value("Из первого окна")
    expect(note(second)).to_have_value("Из второго окна")


def test_reading_goes_on_where_it_stopped(learner):
    learner.goto(LESSON)
    last = learner.locator("[data-lesson] [data-block]").last
    with learner.expect_response(lambda answer: "/position/" in answer.url):
        last.scroll_into_view_if_needed()
        learner.keyboard.press("End")
    learner.goto(LESSON)
    learner.get_by_role("link", name="Продолжить с места", exact=False).click()
    assert learner.evaluate("scrollY") > 0
