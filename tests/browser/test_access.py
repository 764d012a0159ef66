"""Pages are for everybody: by axe-core in four colour schemes, narrow, enlarged, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from frontend.display import CHOICES
from tests.browser.conftest import RULES, run_axe
from tests.browser.people import COURSE, PASSWORD, press, sign_in

pytestmark = pytest.mark.browser
SCHEMES = [value for value, _label in CHOICES["scheme"][1]]
LESSON = f"{COURSE}ostatsya-soboy/telefon-i-perepiska/"
DIALOGUE = f"{COURSE}ostryy-moment/trenazher-tretiy-otkaz/"


def wrong_password(page: Page) -> None:
    page.locator("input[name=login]").fill("anna@demo.example")
    page.locator("input[name=password]").fill("not-the-password")
    press(page, "Войти")
    expect(page.get_by_role("alert").first).to_be_visible()


def first_question(page: Page) -> None:
    for consent in page.get_by_role("checkbox").all():
        consent.check()
    press(page, "Начать")
    expect(page.get_by_text("Вопрос 1 из 24", exact=True)).to_be_visible()


def first_reply(page: Page) -> None:
    page.get_by_role("radio").first.check()
    press(page, "Ответить")
    expect(page.get_by_role("button", name="Попробовать другую реплику").first).to_be_visible()


def to_the_ending(page: Page) -> None:
    for _reply in range(12):
        if page.get_by_role("button", name="Ответить").count() == 0:
            return
        page.get_by_role("radio").first.check()
        with page.expect_navigation():
            press(page, "Ответить")
    raise AssertionError("The dialogue never ends")


def answered_check(page: Page) -> None:
    check = page.locator("form.self-check").first
    check.get_by_role("radio").first.check()
    check.get_by_role("button", name="Проверить себя").click()
    expect(check.get_by_role("status")).not_to_be_empty()


def went_offline(page: Page) -> None:
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("offline-bar")).to_be_visible()


@dataclass(frozen=True)
class Look:
    """A page in a state: who looks, where, and what they do there first."""

    name: str
    path: str
    who: str = ""
    do: Callable[[Page], None] | None = None


ANYBODY = [
    Look("front page", "/"),
    Look("sign in", "/accounts/login/"),
    Look("sign in, refused", "/accounts/login/", do=wrong_password),
    Look("new password", "/accounts/password/reset/"),
    Look("catalogue", "/catalog/"),
    Look("catalogue, filtered", "/catalog/?q=разговоры&format=online"),
    Look("catalogue, nothing found", "/catalog/?q=синхрофазотрон&format=in_person"),
    Look("course for a visitor", COURSE),
    Look("memos for a visitor", "/memos/"),
    Look("check of a certificate", "/verify/"),
    Look("protocol of live rooms", "/developers/live/"),
    Look("unknown certificate", "/v/0000-0000-0000/"),
    Look("display settings", "/display/"),
    Look("no such page", "/nowhere/"),
]
LEARNERS = [
    Look("home", "/learn/", "anna"),
    Look("home offline", "/learn/", "anna", went_offline),
    Look("course", COURSE, "anna"),
    Look("questionnaire, start", f"{COURSE}uslyshat-cheloveka/anketa-do/", "anna"),
    Look("question", f"{COURSE}uslyshat-cheloveka/anketa-do/", "anna", first_question),
    Look("lesson", LESSON, "anna"),
    Look("lesson, checked", LESSON, "anna", answered_check),
    Look("lesson offline", LESSON, "anna", went_offline),
    Look("locked step", f"{COURSE}ostatsya-soboy/vebinar-trudnye-razgovory/", "anna"),
    Look("dialogue", DIALOGUE, "anna"),
    Look("dialogue, a reply", DIALOGUE, "anna", first_reply),
    Look("dialogue, ending", DIALOGUE, "anna", to_the_ending),
    Look("calendar", "/calendar/", "anna"),
    Look("reminders", "/learn/reminders/", "anna"),
    Look("memos", "/memos/", "anna"),
    Look("memos, nothing found", "/memos/?q=синхрофазотрон", "anna"),
    Look("memo", "/memos/skazat-net/", "anna"),
    Look("certificates, none", "/certificates/", "anna"),
    Look("passwords and codes", "/accounts/2fa/", "anna"),
    Look("addresses", "/accounts/email/", "anna"),
    Look("home after the course's start", "/learn/", "boris"),
]
STAFF = [
    Look("requests", "/requests/", "region"),
    Look("results", "/insights/", "region"),
    Look("home of a coordinator", "/learn/", "region"),
    Look("course for its trainer", COURSE, "trainer"),
    Look("lesson for its trainer", LESSON, "trainer"),
]


@pytest.fixture
def as_person(new_visitor):
    """``as_person("anna")`` is a page of her browser; she signs in once."""
    pages: dict[str, Page] = {}

    def page_of(who: str) -> Page:
        if who not in pages:
            pages[who] = new_visitor()
            if who:
                sign_in(pages[who], f"{who}@demo.example")
        return pages[who]

    return page_of


def found_by_axe(page: Page) -> list[str]:
    """Violations in the usual colours, and those of contrast in the other three."""
    page.emulate_media(reduced_motion="reduce")
    found = []
    for scheme in SCHEMES:
        only = {"type": "tag", "values": RULES}
        if scheme:
            only = {"type": "rule", "values": ["color-contrast"]}
        page.evaluate("scheme => { document.documentElement.dataset.scheme = scheme; }", scheme)
        result = run_axe(page, only)
        found += [
            f"{scheme or 'usual'}: {rule['id']}: {node['html'][:160]}"
            for rule in result["violations"]
            for node in rule["nodes"]
        ]
    page.evaluate("delete document.documentElement.dataset.scheme")
    return found


def wider_than_window(page: Page) -> list[str]:
    """How the page overflows at 320 px (1280 px at 400 %), and at 1280 px with text of 200 %."""
    found = []
    for width, size in ((320, ""), (320, "200"), (1280, "200")):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate("size => { document.documentElement.dataset.size = size; }", size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{wide} px at {width} px, text {size or '100'} %")
    page.evaluate("delete document.documentElement.dataset.size")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize("looks", [ANYBODY, LEARNERS, STAFF], ids=["anybody", "learners", "staff"])
def test_every_page_and_state_is_for_everybody(as_person, looks):
    problems: dict[str, list[str]] = {}
    for look in looks:
        page = as_person(look.who)
        page.goto(look.path)
        if look.do:
            look.do(page)
        headings = page.locator("h1").count()
        found = found_by_axe(page) + wider_than_window(page)
        if headings != 1:
            found.append(f"{headings} first-level headings")
        if found:
            problems[look.name] = found
        page.context.set_offline(False)
    assert problems == {}


def test_the_chosen_colours_come_from_the_server(new_visitor):
    page = new_visitor()
    page.goto("/display/")
    for scheme, label in CHOICES["scheme"][1]:
        if not scheme:
            continue
        page.get_by_role("group", name="Цвета").locator(f"input[value={scheme}]").check()
        press(page, "Сохранить", exact=False)
        expect(page.get_by_text("Настройки отображения сохранены.")).to_be_visible()
        page.goto("/catalog/")
        assert page.locator("html").get_attribute("data-scheme") == scheme, label
        page.goto("/display/")


def is_seen(page: Page) -> str:
    """What is wrong with how the focused element shows that it is focused; empty if nothing."""
    return page.evaluate(
        """() => {
          const it = document.activeElement;
          if (!it || it === document.body) return "nothing is focused";
          const style = getComputedStyle(it);
          const label = it.closest("label");
          const around = label ? getComputedStyle(label) : style;
          const ring = [style, around].some((s) =>
            (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) ||
            s.boxShadow !== "none");
          const box = it.getBoundingClientRect();
          const name = it.tagName + " " + (it.textContent || it.name || "").trim().slice(0, 40);
          if (!ring) return name + ": no ring";
          if (box.bottom < 0 || box.top > innerHeight) return name + ": outside the window";
          return "";
        }"""
    )


def tab_to(page: Page, target) -> None:
    """Press Tab until ``target`` has the focus; every stop on the way must be visible."""
    page.wait_for_load_state()  # its style sheets, too
    for _stop in range(150):
        page.keyboard.press("Tab")
        assert is_seen(page) == ""
        if target.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {target}")


def test_a_keyboard_is_enough_from_the_catalogue_to_a_reply(as_person):
    page = as_person("boris")
    page.goto("/catalog/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Бережная коммуникация").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Бережная коммуникация")
    tab_to(page, page.locator("#main").get_by_role("link", name="Бережно по телефону").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Бережно по телефону")
    tab_to(page, page.get_by_role("link", name="Тренажёр «Третий отказ»").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Тренажёр «Третий отказ»")
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio").first).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Ответить"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Попробовать другую реплику").first).to_be_visible()


HEAVIEST_BYTES = 150 * 1024


def test_first_views_are_light(as_person):
    heavy = {}
    for path, who in [
        ("/", ""), ("/catalog/", ""), ("/accounts/login/", ""), (COURSE, "boris"),
        ("/learn/", "boris"), (LESSON, "boris"), (DIALOGUE, "boris"), ("/calendar/", "boris"),
        ("/memos/skazat-net/", "boris"), (f"{COURSE}uslyshat-cheloveka/anketa-do/", "boris"),
    ]:  # fmt: skip
        page = as_person(who)
        weight = bytes_of_first_view(page, path)
        assert weight > 10_000, "the page was counted with its files"
        if weight > HEAVIEST_BYTES:
            heavy[path] = weight
    assert heavy == {}


def bytes_of_first_view(page: Page, path: str) -> int:
    """What comes over the network for ``path`` with an empty cache, without video and audio."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}),
    )
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return sum(size for request, size in sizes.items() if kinds.get(request) != "Media")


def test_forms_work_without_scripts(chromium, demo_stack):
    context = chromium.new_context(
        base_url=demo_stack.url, locale="ru-RU", java_script_enabled=False
    )
    page = context.new_page()
    try:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill("boris@demo.example")
        page.locator("input[name=password]").fill(PASSWORD)
        press(page, "Войти")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Борис")
        page.goto("/catalog/")
        page.get_by_role("searchbox").fill("разговор")
        press(page, "Показать", exact=False)
        expect(page.get_by_role("link", name="Бережная коммуникация")).to_be_visible()
        page.goto(LESSON)
        page.locator("#note-text").fill("Позвонить в понедельник.")
        with page.expect_navigation():
            press(page, "Сохранить", exact=False)
        page.goto(LESSON)
        expect(page.locator("#note-text")).to_have_value("Позвонить в понедельник.")
        check = page.locator("form.self-check").first
        check.get_by_role("radio").first.check()
        check.get_by_role("button", name="Проверить себя").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Бережно по телефону")
        page.goto(DIALOGUE)
        page.get_by_role("radio").first.check()
        press(page, "Ответить")
        another = page.get_by_role("button", name="Попробовать другую реплику")
        expect(another.first).to_be_visible()
        page.goto("/display/")
        page.locator("input[name=size][value='150']").check()
        press(page, "Сохранить", exact=False)
        expect(page.locator("html")).to_have_attribute("data-size", "150")
    finally:
        context.close()
