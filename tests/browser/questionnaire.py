"""A course of questionnaires for browsers, and how a person answers one."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.people import press, wait_until
from tests.browser.stack import ROOT


@dataclass(frozen=True)
class Questionnaires:
    waves: dict[str, str]
    battery: str
    gain: str
    cookie: str
    key: str

    def sign_in(self, page: Page, url: str) -> None:
        page.context.add_cookies([{"name": self.cookie, "value": self.key, "url": url}])


def make_questionnaires(environment: dict[str, str]) -> Questionnaires:
    """A course with a questionnaire of every kind of question at four waves, and the battery."""
    return Questionnaires(**run_module("tests.browser.questionnaire_course", environment))


def run_module(name: str, environment: dict[str, str]) -> dict[str, Any]:
    """What a module prints as JSON at its end when it runs as a process of the installation."""
    done = subprocess.run(
        [sys.executable, "-m", name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def begin(page: Page) -> int:
    """Agree to everything and begin; returns how many questions there are."""
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Начать")
    place = page.get_by_text("Вопрос 1 из", exact=False)
    expect(place).to_be_visible()
    wait_until(page, "document.querySelector('answer-sheet').pages?.size > 0")
    return int(place.inner_text().split()[-1])


def answer_here(page: Page, level: int) -> None:
    """Answer the question that is open: a labelled one with ``level``."""
    if page.get_by_role("textbox").count():
        page.get_by_role("textbox").fill("Слушать молча.")
        return
    if "выберите «Редко»" in page.get_by_role("heading", level=1).inner_text():
        level = 1
    groups = page.locator("answer-sheet fieldset")
    if groups.count() == 1:
        radios = groups.get_by_role("radio")
        radios.nth(min(level, radios.count() - 2)).check()
        return
    for number, group in enumerate(groups.all()):
        group.get_by_role("radio").nth(number % 2 if groups.count() == 2 else level).check()
