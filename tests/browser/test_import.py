"""A coordinator imports a spreadsheet of 2,000 people, 30 of them wrong."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import violations
from tests.browser.people import press, sign_in

pytestmark = pytest.mark.browser
ROWS, BAD = 2000, 30
WORK_MS = 600_000
"""Not how long it takes, only how long a busy machine may take."""


def spreadsheet() -> bytes:
    """Every 66th row has no readable address; the last of them has no number instead."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Сотрудники")
    sheet.append(["Таб. номер", "ФИО", "E-mail", "Должность", "Примечание"])
    for number in range(ROWS):
        is_bad = number % 66 == 5 and number // 66 < BAD
        email = "нет почты" if is_bad else f"import{number}@demo.example"
        sheet.append([20_000 + number, f"Загрузкина Мария {number}", email, "Специалист", "—"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def wait_for(page: Page, text: str) -> None:
    expect(page.get_by_text(re.compile(text)).first).to_be_visible(timeout=WORK_MS)


def test_a_coordinator_imports_two_thousand_people(new_visitor, tmp_path: Path):
    path = tmp_path / "Сотрудники.xlsx"
    path.write_bytes(spreadsheet())
    page = new_visitor()
    sign_in(page, "region@demo.example")
    page.goto("/cms/")
    page.get_by_role("link", name="Загрузка людей").first.click()
    assert violations(page) == []
    page.get_by_label("Файл").set_input_files(path)
    cohorts = page.locator("[name=cohort]")
    cohorts.select_option(index=1)
    press(page, "Посмотреть файл")

    # The headings were recognised; what we do not know stays out.
    expect(page.get_by_label("ФИО")).to_have_value("full_name")
    expect(page.get_by_label("Примечание")).to_have_value("")
    page.get_by_label("Таб. номер").select_option(label="Табельный номер")
    assert violations(page) == []
    press(page, "Проверить строки")
    wait_for(page, "Проверено 2.?000 строк")
    expect(page.get_by_text("Это не адрес электронной почты.")).to_have_count(BAD)
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать эти строки").click()
    sheet = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet.max_row == BAD + 1

    press(page, "Загрузить 1", exact=False)
    wait_for(page, "Новым людям отправлены приглашения")
    expect(page.locator(".cms-counts")).to_contain_text(re.compile(r"1.?970"))
    page.set_viewport_size({"width": 360, "height": 800})
    assert violations(page) == []
    press(page, "Отменить загрузку")
    wait_for(page, "изменения возвращены")
    expect(page.locator(".cms-counts")).to_contain_text(re.compile(r"1.?970"))
