"""A room where the network lets no WebSocket through: what an old token, a sign-out in another tab
and a lost request do to whoever sits in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import violations
from tests.browser.live import Meeting, make_hall, make_meeting
from tests.browser.people import press
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser

BLOCKED = """
window.WebSocket = class extends EventTarget {
  constructor() {
    super();
    setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 })));
  }
  send() {}
  close() {}
};
"""
POLLS = """() => {
  const { client } = document.querySelector("live-room, practicum-room") ?? {};
  return Boolean(client?.isPolling && client.perms.size);
}"""
COMMANDS = "**/rooms/*/commands"
EVENTS = "**/rooms/*/events*"


@pytest.fixture
def meeting(demo_stack: Stack) -> Meeting:
    return make_meeting(demo_stack.environment)


@pytest.fixture
def trainer(meeting, new_visitor, demo_stack) -> Page:
    """At the host's page of the open room, with a socket."""
    page = new_visitor()
    meeting.sign_in(page.context, 0, demo_stack.url)
    page.goto(meeting.host)
    press(page, "Открыть вебинар", exact=False)
    expect(page.get_by_text("Вебинар открыт").first).to_be_visible()
    return page


@pytest.fixture
def anna(meeting, trainer, new_visitor, demo_stack) -> Page:
    """In the room by plain requests, on a phone."""
    page = new_visitor(width=360, height=740)
    meeting.sign_in(page.context, 1, demo_stack.url)
    return by_requests(page, meeting.page)


def by_requests(page: Page, address: str) -> Page:
    page.add_init_script(BLOCKED)
    page.goto(address)
    page.wait_for_function(POLLS)
    return page


def say(page: Page, text: str) -> None:
    field = page.locator("#chat-text-main")
    field.fill(text)
    field.press("Enter")


def renew_token(page: Page) -> None:
    """What signing in again in another tab leaves behind: the browser has another token."""
    (known,) = (cookie for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    page.context.add_cookies([{**known, "value": "n" * 32}])


def commands_of(page: Page) -> list[int]:
    """The status of each command from now on."""
    seen: list[int] = []
    page.on(
        "response",
        lambda answer: seen.append(answer.status) if answer.url.endswith("/commands") else None,
    )
    return seen


def test_an_old_token_is_replaced_once_and_the_words_arrive(trainer, anna):
    renew_token(anna)
    answers = commands_of(anna)
    say(anna, "Слышно ли меня?")
    expect(trainer.locator(".message").filter(has_text="Слышно ли меня?")).to_be_visible()
    expect(anna.locator(".message").filter(has_text="Слышно ли меня?")).to_be_visible()
    say(anna, "И ещё раз")
    expect(trainer.locator(".message").filter(has_text="И ещё раз")).to_be_visible()
    assert answers.count(403) == 1
    expect(anna.locator("live-status")).to_be_empty()


def test_a_token_that_is_never_taken_is_told_instead_of_trying_for_ever(anna):
    anna.route(COMMANDS, lambda route: route.fulfill(status=403, content_type="text/html", body=""))
    answers = commands_of(anna)
    say(anna, "Это не дойдёт")
    expect(anna.get_by_text("Не отправлено.", exact=False)).to_be_visible()
    assert len(answers) == 2


def test_whoever_has_signed_out_in_another_tab_is_told_so(anna):
    other = anna.context.new_page()
    other.set_viewport_size({"width": 1280, "height": 900})
    other.goto("/my-data/")
    press(other, "Выйти")
    expect(other.get_by_role("button", name="Выйти")).to_have_count(0)
    answers = commands_of(anna)
    say(anna, "Это не дойдёт")
    expect(anna.locator("live-status")).to_contain_text("Вы вышли из учётной записи")
    unsaid = anna.locator(".message").filter(has_text="Это не дойдёт")
    expect(unsaid).to_contain_text("Не отправлено")
    assert 200 not in answers
    assert len(answers) <= 2


def test_words_that_never_get_through_are_given_back(anna):
    anna.route(COMMANDS, lambda route: route.abort())
    say(anna, "Это не пройдёт")
    unsaid = anna.locator(".message").filter(has_text="Это не пройдёт")
    expect(unsaid).to_contain_text("Не отправлено")
    expect(anna.locator("live-bar details")).to_be_hidden()  # reactions go by sockets only


def test_nothing_is_said_in_the_name_of_whoever_signed_in_meanwhile(
    meeting, trainer, anna, demo_stack
):
    anna.context.clear_cookies()
    meeting.sign_in(anna.context, 2, demo_stack.url)
    answers = commands_of(anna)
    say(anna, "Это пишет Анна")
    expect(anna.locator("live-status")).to_contain_text("Вы вышли из учётной записи")
    assert 200 not in answers
    expect(trainer.get_by_text("Это пишет Анна")).to_have_count(0)


def test_a_lost_request_loses_no_words(trainer, anna):
    say(anna, "Я здесь")
    expect(trainer.locator(".message").filter(has_text="Я здесь")).to_be_visible()
    lost: list[Route] = []

    def lose_the_first(route: Route) -> None:
        lost.append(route)
        route.abort() if len(lost) == 1 else route.continue_()

    anna.route(EVENTS, lose_the_first)
    say(anna, "Спасибо")  # whose answer is followed by the request that is lost
    for _time in range(1200):
        if lost:
            break
        anna.wait_for_timeout(50)
    say(trainer, "Слышу вас, Анна")
    expect(anna.locator(".message").filter(has_text="Слышу вас, Анна")).to_be_visible()
    assert len(lost) >= 2


def test_whoever_has_written_enough_notes_is_told_why_there_are_no_more(anna):
    notes = anna.locator("live-notes")
    anna.get_by_role("tab", name="Заметки", exact=False).click()
    full = {"code": "state", "temp": False, "d": {"full": "own_notes", "n": 30}}
    anna.route(
        COMMANDS,
        lambda route: route.fulfill(
            status=409, json={"t": "err", "id": route.request.post_data_json["id"], **full}
        ),
    )
    notes.get_by_label("Записать для всех").fill("Ещё одна")
    notes.get_by_role("button", name="Добавить строку").click()
    expect(notes.get_by_role("alert")).to_contain_text("Вы написали 30 строк")
    expect(notes.get_by_label("Записать для всех")).to_have_value("Ещё одна")
    assert violations(anna) == []


def test_a_practicum_by_requests_asks_in_its_own_time(new_visitor, demo_stack):
    hall = make_hall(demo_stack.environment)
    group = []
    for who in (1, 2, 3):
        page = new_visitor()
        hall.sign_in(page.context, who, demo_stack.url)
        page.goto(hall.page)
        page.get_by_role("checkbox").check()
        press(page, "Найти группу", exact=False)
        group.append(page)
    anna = group[0]
    anna.add_init_script(BLOCKED)
    anna.get_by_role("link", name="Перейти в практикум").click()
    anna.wait_for_function(POLLS)
    expect(anna.get_by_text("Ваша роль — специалист")).to_be_visible()
    answers = commands_of(anna)
    anna.wait_for_timeout(3000)
    assert len(answers) <= 1
    assert anna.evaluate(POLLS)
