"""Take the pictures of docs/screenshots: ``make screenshots``, or of reports only with ``reports``.

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
from pypdfium2 import PdfDocument

from tests.browser.certificate_pictures import certificates
from tests.browser.conftest import ARGUMENTS
from tests.browser.live import make_hall, make_meeting
from tests.browser.people import COURSE, fill_in_sheet, press, sign_in
from tests.browser.questionnaire import run_module
from tests.browser.region_pictures import region
from tests.browser.stack import ROOT, Stack
from tests.tools import find

DIRECTORY = ROOT / "docs" / "screenshots"
WIDTHS = {"phone": 360, "desktop": 1280}
TALLEST, TALLEST_REPORT = 1600, 9000
PROGRAMME = "Сводная программа семнадцати регионов (синтетические данные)"
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


def keep(page: Page, name: str, *, tallest: int = TALLEST) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    picture = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, tallest)))
    save(picture, name)


def save(picture: Image.Image, name: str) -> None:
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
        if page is boris:
            page.get_by_text("Мы ждём вашу группу").wait_for()
            keep(page, "practicum-waiting-phone")
    for page in (anna, boris):
        page.get_by_role("link", name="Перейти в практикум").click()
    boris.locator("#card-title").wait_for()
    keep(boris, "practicum-card-phone", tallest=TALLEST_REPORT)
    keep(anna, "practicum-card-desktop")
    for page in group:
        press(page, "Всё готово, начинаем")
    _talk_in_roles(anna, boris)
    keep(boris, "practicum-talk-phone")
    keep(anna, "practicum-talk-desktop")
    keep(vera, "practicum-observer-phone")
    press(vera, "Стоп: пауза для всех", exact=False)
    boris.get_by_text("Разговор остановлен").wait_for()
    keep(boris, "practicum-pause-phone")
    for page in group:
        press(page, "Продолжить разговор")
    for page in (anna, boris):
        press(page, "Завершить разговор")
    vera.locator(".sheet").wait_for()
    keep(vera, "practicum-sheet-phone")
    keep(anna, "practicum-sheet-desktop")
    for page in group:
        fill_in_sheet(page, "Признали ошибку, и стало тише.")
    anna.get_by_text("Что увидели в вас").wait_for()
    vera.locator(".received").first.wait_for()
    keep(vera, "practicum-feedback-phone")
    anna.get_by_text("Разговор с отметками клиента").click()
    keep(anna, "practicum-feedback-desktop")
    _two_short_rounds(anna, boris, vera)
    _debrief(anna, boris, vera)
    _review(trainer, boris, hall.host)


def _two_short_rounds(*group: Page) -> None:
    """Each ends as too hard: that is a step with a page of its own."""
    for page in group:
        press(page, "Прочитано, идём дальше")
    for number in (2, 3):
        for page in group:
            page.get_by_role("heading", name=f"Раунд {number} из 3: подготовка").wait_for()
            press(page, "Всё готово, начинаем")
        group[1].get_by_role("heading", name="разговор").first.wait_for()
        press(group[1], "Мне тяжело: закончить раунд")
        for page in group:
            page.get_by_text("Никто не обязан объяснять").wait_for()
        if number == 2:
            keep(group[1], "practicum-hard-phone")
        for page in group:
            press(page, "Продолжить без обратной связи")
        for page in group:
            press(page, "Прочитано, идём дальше")


def _debrief(*group: Page) -> None:
    for page in group:
        page.get_by_label("Как это было для вас?").fill("Непросто, но тепло.")
        page.get_by_label("Что вы заметили?").fill("Пауза помогает.")
        page.get_by_label("Что вы попробуете на этой неделе?").fill("Признавать ошибку.")
    keep(group[1], "practicum-debrief-phone")
    for page in group:
        press(page, "Завершить практикум")
    for page in group:
        page.get_by_role("heading", name="Практикум завершён").wait_for()
    keep(group[1], "practicum-over-phone")


def _review(trainer: Page, boris: Page, queue: str) -> None:
    """The trainer's review, and a round on its way into the library."""
    trainer.goto(queue)
    keep(trainer, "practicum-queue-desktop")
    trainer.get_by_role("link", name="Практикум на троих").first.click()
    line = trainer.locator(".transcript__line").filter(has_text="Это наша ошибка").first
    line.get_by_text("Комментировать реплику").click()
    line.get_by_label("Ваш комментарий").fill("Здесь и стало тише: ошибку назвали без оправданий.")
    press(trainer, "Отправить комментарий")
    trainer.get_by_text("Здесь и стало тише").wait_for()
    keep(trainer, "practicum-review-desktop")
    trainer.set_viewport_size({"width": 360, "height": 800})
    keep(trainer, "practicum-review-phone")
    press(trainer, "Предложить в библиотеку", exact=False)
    trainer.get_by_label("Название").fill("Признать ошибку и остаться рядом")
    trainer.get_by_label("Чем он хорош").fill("Злость названа, ошибка признана без оправданий.")
    keep(trainer, "practicum-example-phone")
    press(trainer, "Спросить группу")
    boris.reload()
    boris.get_by_role("link", name="Прочитать и ответить").click()
    keep(boris, "practicum-consent-phone")
    boris.goto(boris.url.removesuffix("consent/"))
    keep(boris, "practicum-excellent-phone")


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


def reports(browser: Browser, url: str, environment: dict[str, str]) -> None:
    """Every page of results on made-up people: a learner's, and those of the whole programme."""
    own = run_module("tests.browser.report_course", environment)
    for kind, width in WIDTHS.items():
        context = browser.new_context(
            base_url=url, locale="ru-RU", viewport={"width": width, "height": 800}
        )
        page = context.new_page()
        context.add_cookies([{"name": own["cookie"], "value": own["key"], "url": url}])
        page.goto(own["gain"])
        keep(page, f"report-own-{kind}", tallest=TALLEST_REPORT)
        if kind == "desktop":
            save(pages_of(context.request.get(f"{own['gain']}pdf/").body()), "report-own-pdf")
        context.clear_cookies()
        sign_in(page, "admin@demo.example")
        page.goto("/insights/report/")
        page.get_by_label("Программа", exact=True).select_option(label=PROGRAMME)
        press(page, "Показать")
        keep(page, f"report-programme-{kind}", tallest=TALLEST_REPORT)
        if kind == "desktop":
            address = page.get_by_role("link", name="PDF").get_attribute("href")
            save(pages_of(context.request.get(address).body()), "report-programme-pdf")
        page.locator("#id_region").select_option(label="Иркутская область")
        press(page, "Показать")
        keep(page, f"report-region-{kind}", tallest=TALLEST_REPORT)
        for name, path in (("items", "/insights/items/"), ("results", "/insights/")):
            page.goto(path)
            page.get_by_label("Программа", exact=True).select_option(label=PROGRAMME)
            press(page, "Показать")
            keep(page, f"report-{name}-{kind}", tallest=TALLEST_REPORT)
        page.goto(f"{page.url}#satisfaction")
        picture = page.locator("section", has=page.locator("#satisfaction")).screenshot()
        save(Image.open(BytesIO(picture)).convert("RGB"), f"report-satisfaction-{kind}")
        context.close()


def pages_of(pdf: bytes) -> Image.Image:
    """The pages of a PDF side by side, four in a row."""
    pages = [page.render(scale=1.1).to_pil().convert("RGB") for page in PdfDocument(pdf)]
    wide, high = pages[0].size
    rows = (len(pages) + 3) // 4
    sheet = Image.new("RGB", ((wide + 8) * min(4, len(pages)), (high + 8) * rows), "#8a8577")
    for number, page in enumerate(pages):
        sheet.paste(page, (number % 4 * (wide + 8) + 4, number // 4 * (high + 8) + 4))
    return sheet


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


PARTS = ("reports", "pages", "live", "practicum", "certificates", "region")


def main(parts: list[str]) -> int:
    """Without ``parts`` all of them."""
    wanted = parts or PARTS
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        stack = Stack(Path(directory))
        try:
            stack.prepare("demo" if "reports" in wanted else "demo --quick", "make_issuer_keys")
            stack.start()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=find("chromium"), args=ARGUMENTS
                )
                if "reports" in wanted:
                    reports(browser, stack.url, stack.environment)
                if "pages" in wanted:
                    take(browser, stack.url)
                if "live" in wanted:
                    live_room(browser, stack.url, stack.environment)
                if "practicum" in wanted:
                    practicum(browser, stack.url, stack.environment)
                if "region" in wanted:
                    region(browser, stack.url, stack.environment, keep)
                if "certificates" in wanted:
                    papers = certificates(browser, stack.url, stack.environment, keep)
                    for name, png in papers.items():
                        save(Image.open(BytesIO(png)).convert("RGB"), name)
        finally:
            stack.destroy()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
