"""Take the pictures of docs/screenshots: ``make screenshots``.

A demo installation of its own, the machine's Chromium, two widths. Pictures are reduced to 128
colours, so that the repository stays small.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.browser.live import make_hall, make_meeting
from tests.browser.people import COURSE, fill_in_sheet, press, sign_in
from tests.browser.stack import ROOT, Stack

DIRECTORY = ROOT / "docs" / "screenshots"
WIDTHS = {"phone": 360, "desktop": 1280}
TALLEST = 1600
LEARNER = {
    "catalogue": "/catalog/",
    "course": COURSE,
    "lesson": f"{COURSE}ostatsya-soboy/telefon-i-perepiska/",
    "dialogue": f"{COURSE}ostryy-moment/trenazher-tretiy-otkaz/",
    "home": "/learn/",
    "calendar": "/calendar/",
    "memo": "/memos/skazat-net/",
    "display": "/display/",
}
TITLES = {
    "cms-course": "Бережная коммуникация",
    "cms-lesson": "Бережно по телефону и в переписке",
    "cms-dialogue": "Тренажёр «Третий отказ»",
}


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    picture = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    path = DIRECTORY / f"{name}.png"
    picture.quantize(128).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")


def learner_pages(page: Page, kind: str) -> None:
    sign_in(page, "anna@demo.example")
    for name, path in LEARNER.items():
        page.goto(path)
        if name == "dialogue" and page.get_by_role("button", name="Ответить").count():
            page.get_by_role("radio").first.check()
            press(page, "Ответить")
        keep(page, f"{name}-{kind}")


def cms_pages(page: Page, kind: str) -> None:
    sign_in(page, "trainer@demo.example")
    page.goto("/cms/")
    keep(page, f"cms-home-{kind}")
    for name, title in TITLES.items():
        page.goto(f"/cms/pages/search/?q={title}")
        page.get_by_role("link", name=title, exact=True).first.click()
        keep(page, f"{name}-{kind}")
    page.goto("/cms/cohorts/")
    keep(page, f"cms-cohorts-{kind}")
    page.get_by_role("link", name="Прогресс и письма").first.click()
    keep(page, f"cms-people-{kind}")


def live_room(browser: Browser, url: str, environment: dict[str, str]) -> None:
    """The host at both widths, and a participant at both, in a meeting under way."""
    meeting = make_meeting(environment)
    pages = {}
    widths = {"host": 1280, "anna": 360, "boris": 1280, "vera": 360}
    for who, (name, width) in enumerate(widths.items()):
        context = browser.new_context(
            base_url=url, locale="ru-RU", viewport={"width": width, "height": 800}
        )
        meeting.sign_in(context, who, url)
        pages[name] = context.new_page()
    host, anna, boris, vera = pages.values()
    anna.goto(meeting.page)
    anna.locator(".lobby__check").click()
    keep(anna, "live-lobby-phone")
    host.goto(meeting.host)
    press(host, "Открыть вебинар", exact=False)
    for page in (boris, vera):
        page.goto(meeting.page)
    for page in (anna, boris, vera):
        page.locator("#chat-text-main").wait_for()
    host.locator(".stage__on").click()
    _talk(anna, boris, vera)
    host.locator(".lead-tools summary").first.click()
    press(host, "Спросить: прямо сейчас")
    anna.get_by_text("Как вы себя чувствуете сейчас?").wait_for()
    keep(host, "live-host-desktop")
    keep(boris, "live-participant-desktop")
    keep(anna, "live-participant-phone")
    host.set_viewport_size({"width": 360, "height": 800})
    keep(host, "live-host-phone")


def _talk(anna: Page, boris: Page, vera: Page) -> None:
    for page, text in (
        (anna, "Вчера на меня кричали, и я впервые сначала выдохнула."),
        (vera, "И что изменилось?"),
        (anna, "Он сам понизил голос. Мы договорились за пять минут."),
        (boris, "Запишу себе: выдох длиннее вдоха."),
    ):
        page.locator("#chat-text-main").fill(text)
        page.locator("#chat-text-main").press("Enter")
        boris.locator(".message").filter(has_text=text).wait_for()
    press(vera, "Поднять руку", exact=False)


def practicum(browser: Browser, url: str, environment: dict[str, str]) -> None:
    """A practicum of three: Boris the client and Vera the observer on phones, Anna at a desk."""
    hall = make_hall(environment)
    pages = []
    for who, width in enumerate((1280, 1280, 360, 360)):
        context = browser.new_context(
            base_url=url, locale="ru-RU", viewport={"width": width, "height": 800}
        )
        hall.sign_in(context, who, url)
        pages.append(context.new_page())
    trainer, anna, boris, vera = pages
    group = (anna, boris, vera)
    for page in group:
        page.goto(hall.page)
        page.get_by_role("checkbox").check()
        if page is boris:
            keep(page, "practicum-door-phone")
        press(page, "Найти группу", exact=False)
    for page in (anna, boris):
        page.get_by_role("link", name="Перейти в практикум").click()
    boris.locator("#card-title").wait_for()
    keep(boris, "practicum-card-phone")
    for page in group:
        press(page, "Всё готово, начинаем")
    _talk_in_roles(anna, boris)
    keep(boris, "practicum-talk-phone")
    keep(anna, "practicum-talk-desktop")
    for page in (anna, boris):
        press(page, "Завершить разговор")
    vera.locator(".sheet").wait_for()
    keep(vera, "practicum-sheet-phone")
    for page in group:
        fill_in_sheet(page, "Признали ошибку, и стало тише.")
    anna.get_by_text("Что увидели в вас").wait_for()
    vera.locator(".received").first.wait_for()
    keep(vera, "practicum-feedback-phone")
    trainer.goto(hall.host)
    trainer.locator("main li a").first.click()
    trainer.get_by_role("link", name="Запись, оценки и решения").click()
    keep(trainer, "practicum-review-desktop")


def _talk_in_roles(specialist: Page, client: Page) -> None:
    for page, text in (
        (client, "Я третий раз сюда хожу! Вы издеваетесь надо мной?"),
        (specialist, "Три раза, и каждый раз заново. Я бы тоже был в ярости."),
        (client, "Вот именно! А деньги мне кто за эти дни заплатит?"),
        (specialist, "Список вам дали устаревший. Это наша ошибка, и мне жаль."),
    ):
        page.get_by_label("Ваша реплика").fill(text)
        press(page, "Сказать")
        client.locator("[data-lines]").get_by_text(text).wait_for()
    client.get_by_role("button", name="Меня услышали").last.click()


def take(browser: Browser, url: str) -> None:
    for walk in (learner_pages, cms_pages):
        for kind, width in WIDTHS.items():
            context = browser.new_context(
                base_url=url,
                locale="ru-RU",
                timezone_id="Asia/Tomsk",
                viewport={"width": width, "height": 800},
            )
            walk(context.new_page(), kind)
            context.close()


def main() -> int:
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        stack = Stack(Path(directory))
        try:
            stack.prepare("demo --quick")
            stack.start()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=find_chromium(), args=ARGUMENTS
                )
                take(browser, stack.url)
                live_room(browser, stack.url, stack.environment)
                practicum(browser, stack.url, stack.environment)
        finally:
            stack.destroy()
    return 0


if __name__ == "__main__":
    sys.exit(main())
