"""What people do in every browser test: press, sign in, look at a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

PASSWORD = "berezhno-demo"
COURSE = "/catalog/berezhnaya-kommunikatsiya/"


def press(page: Page, name: str, *, exact: bool = True) -> None:
    page.get_by_role("button", name=name, exact=exact).first.click()


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    press(page, "Войти")
    expect(page.get_by_role("button", name="Выйти")).to_be_visible()


def wait_until(page: Page, script: str, argument: str = "") -> None:
    """Until ``script`` is true, at most a minute; the pages' policy forbids them to wait."""
    for _time in range(600):
        if page.evaluate(script, argument):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"Never true: {script}")


@contextmanager
def sees(page: Page, text: str) -> Iterator[None]:
    """The page shows ``text`` during the block or later, be it for a moment only."""
    page.evaluate(
        """(text) => {
          window.seen = new Promise((done) => {
            const look = () => { if (document.body.innerText.includes(text)) done(true); };
            new MutationObserver(look).observe(document.body, {
              subtree: true, childList: true, characterData: true,
            });
            look();
          });
        }""",
        text,
    )
    yield
    wait_until(page, "() => Promise.race([window.seen, Promise.resolve(false)])")


@contextmanager
def held_back(page: Page, script: str) -> Iterator[None]:
    """While the block runs, ``script`` is on its way: people act before it, on a slow link.

    ``script`` is the path of its file without the ending, as in ``lesson/notes``.
    """
    waiting: list[Route] = []
    is_held = True

    def hold(route: Route) -> None:
        if is_held:
            waiting.append(route)
        else:
            route.continue_()

    files = re.compile(rf"/{script}[^/]*\.js")
    page.route(files, hold)
    try:
        yield
        for _time in range(600):
            if waiting:
                break
            page.wait_for_timeout(100)
        assert waiting, f"Nobody has asked for {script}."
    finally:
        is_held = False
        for route in waiting:
            route.continue_()
    page.unroute(files)


def choose_action(page: Page, name: str) -> None:
    """Press one of the actions at the foot of the CMS's editor, from its menu if it is there."""
    page.wait_for_load_state()  # its scripts, too, which the buttons need
    button = page.locator(".footer").get_by_role("button", name=re.compile(name)).first
    if not button.is_visible():
        page.locator(".footer [data-w-dropdown-target=toggle]").last.click()
    button.click()


def fill_in_sheet(page: Page, worked: str) -> None:
    """The rubric of a practicum: what worked, the first line as evidence, the third anchors."""
    page.get_by_label("Что получилось").fill(worked)
    expect(page.get_by_role("button", name="Отправить обратную связь").first).to_be_visible()
    page.locator("input[name=lines]").first.check()
    for group in page.locator(".sheet fieldset:has(input[type=radio])").all():
        group.get_by_role("radio").nth(2).check()
    press(page, "Отправить обратную связь")


LINE = """
const listen = WebSocket.prototype.addEventListener;
const send = WebSocket.prototype.send;
const line = { holds: Boolean(sessionStorage.getItem("line holds")), held: [] };
window.line = line;
WebSocket.prototype.addEventListener = function (type, listener, ...rest) {
  const hear = (event) => {
    if (line.losesAnswers) return;
    if (line.holds) line.held.push(() => listener.call(this, event));
    else listener.call(this, event);
  };
  listen.call(this, type, type === "message" ? hear : listener, ...rest);
};
WebSocket.prototype.send = function (text) {
  if (!line.losesSent) send.call(this, text);
};
"""


class Line:
    """What comes and goes by a page's sockets, from its next load on.

    The page does it itself: sockets that pass through the test can keep a browser from closing.
    """

    def __init__(self, page: Page):
        self._page = page
        page.add_init_script(f"(() => {{ {LINE} }})();")

    def hold(self) -> None:
        """From the next load on nothing comes, until it is let through."""
        self._page.evaluate("sessionStorage.setItem('line holds', '1')")

    def let_through(self) -> None:
        self._page.evaluate(
            """() => {
              sessionStorage.removeItem("line holds");
              window.line.holds = false;
              for (const hear of window.line.held.splice(0)) hear();
            }"""
        )

    def lose(self, what: str, *, is_lost: bool = True) -> None:
        """``what``: "Sent" or "Answers", until the next load."""
        self._page.evaluate(
            "([what, isLost]) => { window.line[`loses${what}`] = isLost; }", [what, is_lost]
        )
