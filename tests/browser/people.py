"""What people do in every browser test: press, sign in, look at a page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

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


def choose_action(page: Page, name: str) -> None:
    """Press one of the actions at the foot of the CMS's editor, from its menu if it is there."""
    button = page.locator(".footer").get_by_role("button", name=re.compile(name)).first
    if not button.is_visible():
        page.locator(".footer [data-w-dropdown-target=toggle]").last.click()
    button.click()


def fill_in_sheet(page: Page, worked: str) -> None:
    """The rubric of a practicum: what worked, the first line as evidence, the third anchors."""
    page.get_by_label("Что получилось").fill(worked)
    page.locator("input[name=lines]").first.check()
    for group in page.locator(".sheet fieldset:has(input[type=radio])").all():
        group.get_by_role("radio").nth(2).check()
    press(page, "Отправить обратную связь")
