"""Pictures of what regions and administrators use: imports, clients, webhooks, who saw data."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from openpyxl import Workbook
from playwright.sync_api import Browser, Page

from tests.browser.people import press
from tests.browser.questionnaire import run_module

WIDTHS = {"phone": 360, "desktop": 1280}
NEW_KEYS = {"phone": "Проба Омской области", "desktop": "Проба Курской области"}
COORDINATOR = {
    "cms-access-log": "/cms/accesses/",
    "cms-access-log-request": "request",
}
OFFICE = {
    "cms-api-clients": "/cms/api_clients/",
    "cms-api-secrets": "secrets",
    "cms-sandbox": "/cms/sandbox/",
    "cms-webhooks": "/cms/webhook_endpoints/",
    "cms-webhook-deliveries": "deliveries",
}
"""Who sees what: an address, or its name at the desk (``region_desk``)."""
Keep = Callable[[Page, str], None]
SHEET = [
    ["Таб. номер", "Фамилия", "Имя", "Отчество", "E-mail", "Должность"],
    [2001, "Алексеева", "Дарья", "Игоревна", "alekseeva@demo.example", "Психолог"],
    [2002, "Белов", "Тимур", "Русланович", "нет почты", "Специалист по социальной работе"],
    [2003, "Гаврилова", "Нина", "Павловна", "gavrilova@demo.example", "Юрист"],
    [2004, "", "Зоя", "Львовна", "zoya@demo.example", "Социальный работник"],
    [2005, "Ершов", "Илья", "Олегович", "ershov@demo.example", "Социальный работник"],
]


def region(browser: Browser, url: str, environment: dict[str, str], keep: Keep) -> None:
    """``keep`` takes a picture of a page under a name."""
    desk = run_module("tests.browser.region_desk", environment)
    for kind, width in WIDTHS.items():
        for who, pages in (("coordinator", COORDINATOR), ("office", OFFICE)):
            context = browser.new_context(
                base_url=url,
                locale="ru-RU",
                timezone_id="Asia/Tomsk",
                viewport={"width": width, "height": 800},
            )
            key = {"name": desk["cookie"], "value": desk["keys"][who], "url": url}
            context.add_cookies([key])
            page = context.new_page()
            for name, path in pages.items():
                page.goto(desk.get(path, path))
                keep(page, f"{name}-{kind}")
            if who == "coordinator":
                _import(page, kind, keep)
            else:
                _new_key(page, kind, keep)
            context.close()


def _import(page: Page, kind: str, keep: Keep) -> None:
    """A sheet with two rows to correct, from the form to the dry run."""
    page.goto("/cms/imports/")
    keep(page, f"cms-imports-{kind}")
    file = {"name": "Сотрудники.xlsx", "mimeType": "", "buffer": _sheet()}
    page.get_by_label("Файл").set_input_files(file)  # type: ignore[arg-type]
    page.locator("[name=cohort]").select_option(index=1)
    press(page, "Посмотреть файл")
    keep(page, f"cms-import-columns-{kind}")
    press(page, "Проверить строки")
    page.get_by_text("Проверено 5").first.wait_for(timeout=60_000)
    keep(page, f"cms-import-{kind}")


def _sheet() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Сотрудники")
    for row in SHEET:
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _new_key(page: Page, kind: str, keep: Keep) -> None:
    """The page that shows a test key for the one time."""
    page.goto("/cms/sandbox/")
    page.locator("[name=name]").fill(NEW_KEYS[kind])
    press(page, "Создать пробный ключ")
    keep(page, f"cms-api-key-{kind}")
