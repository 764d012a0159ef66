"""Lessons without a network: kept on a personal device only, and gone after signing out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import COURSE, held_back, press, sign_in, wait_until

pytestmark = pytest.mark.browser
LESSON = f"{COURSE}ostatsya-soboy/telefon-i-perepiska/"
TITLE = "Бережно по телефону и в переписке"
KEPT = """async (path) => {
  for (const name of await caches.keys()) {
    if (await (await caches.open(name)).match(path)) return true;
  }
  return false;
}"""
FILES_KEPT = """async () => {
  // The icon of the tab is fetched past the worker, when the browser likes.
  const files = performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => new URL(name).pathname.startsWith("/static/") && !name.includes("favicon"));
  for (const name of files) if (!(await caches.match(name))) return false;
  return files.some((name) => name.includes("/lesson/notes"));
}"""
WORKER_STANDS = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)"
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
    expect(page.get_by_text("Настройки отображения сохранены.")).to_be_visible()


def open_lesson(page: Page) -> None:
    """Until it is kept with all its files."""
    page.goto(LESSON)
    wait_until(page, KEPT, LESSON)
    wait_until(page, FILES_KEPT)


def is_kept(page: Page) -> bool:
    return page.evaluate(KEPT, LESSON)


def note(page: Page):
    return page.locator("#note-text")


def test_a_note_that_is_older_than_its_script_is_kept(learner):
    """On a slow link a person writes before the page's scripts have come."""
    with held_back(learner, "lesson/notes"):
        learner.goto(LESSON, wait_until="commit")
        note(learner).fill("Сначала дослушать")
    expect(learner.get_by_text(re.compile("^Сохранено")).first).to_be_visible()
    learner.reload()
    expect(note(learner)).to_have_value("Сначала дослушать")


def test_an_opened_lesson_is_read_without_a_network(learner):
    say_whose_device(learner, is_own=True)
    with held_back(learner, "lesson/notes"):  # it comes when the worker is at its work already
        learner.goto(LESSON, wait_until="commit")
        wait_until(learner, WORKER_STANDS)
    wait_until(learner, KEPT, LESSON)
    wait_until(learner, FILES_KEPT)
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
    for _time in range(3):  # a server that takes long is not waited for: the copy is shown
        learner.reload()
        expect(note(learner)).to_have_value("Перезвонить Анне Ивановне")
        if not learner.evaluate("document.documentElement.dataset.keptAt ?? ''"):
            break
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
    learner.goto("/learn/")
    press(learner, "Выйти")
    expect(learner.get_by_role("link", name="Войти").first).to_be_visible()
    wait_until(learner, NOTHING)
    learner.go_back()  # the browser brings back no page that was the person's
    expect(learner.locator("input[name=login]")).to_be_visible()


def test_the_next_person_does_not_find_the_lessons_of_the_last(learner):
    say_whose_device(learner, is_own=True)
    open_lesson(learner)
    path = "/memos/skazat-net/"
    learner.evaluate(
        """async (path) => (await caches.open("lessons-1")).put(path, new Response("Бориса"))""",
        path,
    )
    learner.context.clear_cookies(name="sessionid")  # the session ran out: nobody signed out

    # Somebody signs in: until a page has come that says who it is, no copy is shown.
    learner.goto("/accounts/login/")
    learner.locator("input[name=login]").fill("anna@demo.example")
    learner.locator("input[name=password]").fill("not yet")
    learner.context.set_offline(True)
    press(learner, "Войти")
    for _time in range(2):
        expect(learner.get_by_role("heading", level=1)).to_have_text("Нет связи")
        expect(learner.get_by_role("link", name=TITLE)).to_have_count(0)
        learner.goto(LESSON)
    learner.context.set_offline(False)

    # It is another one: what was kept goes with the first page, whichever it is.
    sign_in(learner, "anna@demo.example")
    wait_until(learner, f"async (path) => !(await ({KEPT})(path))", LESSON)
    learner.context.set_offline(True)
    learner.goto(LESSON)
    expect(learner.get_by_role("heading", level=1)).to_have_text("Нет связи")
    learner.context.set_offline(False)
    open_lesson(learner)
    assert not learner.evaluate(KEPT, path)


def test_a_note_that_cannot_get_there_waits_and_arrives(learner):
    """Saved by the button without a connection, then by somebody who is signed out."""
    learner.goto(LESSON)
    learner.context.set_offline(True)
    note(learner).fill("Слушать, потом говорить")
    press(learner, "Сохранить заметку")
    expect(learner.get_by_text("Заметка сохранена на этом устройстве", exact=False)).to_be_visible()
    learner.context.set_offline(False)
    expect(learner.get_by_text(re.compile(r"^Сохранено в \d"))).to_be_visible()
    learner.context.clear_cookies(name="sessionid")
    note(learner).fill("Слушать, молчать, потом говорить")
    expect(learner.get_by_text("Вы вышли. Заметка день хранится", exact=False)).to_be_visible()
    sign_in(learner.context.new_page(), "boris@demo.example")
    learner.evaluate("dispatchEvent(new Event('focus'))")  # as one comes back to this window
    expect(learner.get_by_text(re.compile(r"^Сохранено в \d"))).to_be_visible()
    learner.reload()
    expect(note(learner)).to_have_value("Слушать, молчать, потом говорить")


def test_two_windows_do_not_overwrite_each_others_notes(learner):
    second = learner.context.new_page()
    for page in (learner, second):
        page.goto(LESSON)
    with learner.expect_response(lambda answer: answer.url.endswith("/note/") and answer.ok):
        note(learner).fill("Из первого окна")
    waiting: list[Route] = []
    second.route("**/note/", lambda route: waiting.append(route))
    with second.expect_request("**/note/"):
        note(second).fill("Из второго")
    note(second).press_sequentially(" окна")  # while the first words are on their way
    waiting.pop().continue_()
    second.unroute_all()
    expect(second.get_by_text("Эту заметку изменили на другом устройстве.")).to_be_visible()
    expect(second.locator("#note-other")).to_have_value("Из первого окна")
    expect(note(second)).to_have_value("Из второго окна")

    # Neither the pause after the last key nor a connection that is back overwrites the other text.
    second.evaluate("dispatchEvent(new Event('online'))")
    second.evaluate("new Promise((done) => setTimeout(done, 1500))")
    expect(second.locator("#note-other")).to_be_visible()
    learner.reload()
    expect(note(learner)).to_have_js_property("defaultValue", "Из первого окна")
    second.reload()  # nor does a page that finds the text that waits
    expect(second.locator("#note-other")).to_have_value("Из первого окна")
    press(second, "Сохранить заметку")
    expect(second.locator("#note-other")).to_be_hidden()
    learner.reload()
    expect(note(learner)).to_have_value("Из второго окна")


def test_reading_goes_on_where_it_stopped(learner):
    learner.goto(LESSON)
    last = learner.locator("[data-lesson] [data-block]").last
    with learner.expect_response(lambda answer: "/position/" in answer.url):
        last.scroll_into_view_if_needed()
        learner.keyboard.press("End")
    learner.goto(LESSON)
    learner.get_by_role("link", name="Продолжить с места", exact=False).click()
    wait_until(learner, "() => scrollY > 0")
