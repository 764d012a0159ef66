"""Both waves of a questionnaire as a person on a weak connection answers them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import violations
from tests.browser.people import held_back, press, wait_until
from tests.browser.questionnaire import answer_here, begin, make_questionnaires

pytestmark = pytest.mark.browser
ANSWER = re.compile(r"/assessments/[0-9a-f-]{36}/\d+/$")
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('answers:')).length"


def is_sending(route: Route) -> bool:
    return route.request.method == "POST"


def let_through(late: list[Route]) -> None:
    for route in late:
        with suppress(PlaywrightError):  # of a page that was left it may be over
            route.continue_()
    late.clear()


def go_through(page: Page, total: int, *, level: int, first: int = 1) -> None:
    for number in range(first, total + 1):
        expect(page.get_by_text(f"Вопрос {number} из {total}", exact=True)).to_be_visible()
        answer_here(page, level)
        press(page, "Продолжить")


def looked_at(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def go_on_without_an_answer(page: Page) -> None:
    """What is missing is said in a summary that leads to the first choice."""
    press(page, "Продолжить")
    expect(page.get_by_role("alert")).to_contain_text("Есть что исправить")
    expect(page).to_have_title(re.compile("^Ошибка: Вопрос 1 "))
    looked_at(page)
    page.get_by_role("alert").get_by_role("link", name="Выберите один из ответов.").press("Enter")
    expect(page.get_by_role("radio").first).to_be_focused()


def changed_later(page: Page, total: int) -> None:
    """From the check page: words that are kept while written, a choice older than its script."""
    page.get_by_role("link", name=f"ответ {total}", exact=False).last.click()
    page.get_by_role("textbox").press_sequentially(" Ещё слово.")
    expect(page.get_by_text("Сохранено в", exact=False)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Ещё слово.")).to_be_visible()
    with held_back(page, "assessments/sheet"):
        page.get_by_role("link", name="ответ 1", exact=False).first.click(no_wait_after=True)
        radio = page.locator("answer-sheet").get_by_role("radio").nth(2)
        radio.check()
    expect(page.get_by_text("Сохранено в", exact=False)).to_be_visible()
    page.reload()
    expect(radio).to_be_checked()
    page.get_by_role("link", name="Назад ко всем ответам").click()


def test_the_press_that_sends_is_not_undone_by_an_answer_that_arrives_late(demo_stack, new_visitor):
    course = make_questionnaires(demo_stack.environment)
    page = new_visitor(width=360, height=740)
    course.sign_in(page, demo_stack.url)
    page.goto(course.waves["pre"])
    total = begin(page)
    go_through(page, total, level=1)
    expect(page.get_by_role("heading", name="Проверьте ответы")).to_be_visible()
    page.get_by_role("link", name=f"ответ {total}", exact=False).last.click()
    late: list[Route] = []
    page.route(ANSWER, lambda route: late.append(route) if is_sending(route) else route.continue_())
    page.get_by_role("textbox").fill("Слушать и молчать.")
    wait_until(page, f"{DRAFTS} === 1")
    page.go_back()
    expect(page.get_by_text("Отправляем ответы, которые ждали", exact=False)).to_be_visible()
    # What is asked between the press and the sending takes its time, too.
    page.route("**/signed-in/", lambda route: late.append(route))
    press(page, "Отправить ответы")
    page.unroute(ANSWER)
    with page.expect_request("**/signed-in/"):
        let_through(late)
    page.wait_for_timeout(1500)
    let_through(late)
    expect(page.get_by_role("heading", name="Спасибо, ответы отправлены")).to_be_visible()


def test_a_choice_stands_though_the_one_before_was_long_on_its_way(demo_stack, new_visitor):
    course = make_questionnaires(demo_stack.environment)
    page = new_visitor(width=360, height=740)
    course.sign_in(page, demo_stack.url)
    page.goto(course.waves["pre"])
    begin(page)
    late: list[Route] = []
    page.route(ANSWER, lambda route: late.append(route) if is_sending(route) else route.continue_())
    choices = page.locator("answer-sheet").get_by_role("radio")
    with page.expect_request(ANSWER):
        choices.nth(0).check()
    choices.nth(2).check()
    page.wait_for_timeout(1500)
    page.unroute(ANSWER)
    let_through(late)
    wait_until(page, f"{DRAFTS} === 0")
    page.reload()
    expect(choices.nth(2)).to_be_checked()


def test_both_waves_with_a_lost_connection_and_ones_own_gain(demo_stack, new_visitor):
    course = make_questionnaires(demo_stack.environment)
    page = new_visitor(width=360, height=740)
    course.sign_in(page, demo_stack.url)

    # Before: two answers arrive, then the connection is lost until the last question.
    page.goto(course.waves["pre"])
    looked_at(page)
    total = begin(page)
    looked_at(page)
    go_on_without_an_answer(page)
    for number in (1, 2):
        expect(page.get_by_text(f"Вопрос {number} из {total}", exact=True)).to_be_visible()
        answer_here(page, 1)
        expect(page.get_by_text("Сохранено в", exact=False)).to_be_visible()
        press(page, "Продолжить")
    wait_until(page, f"{DRAFTS} === 0")
    page.context.set_offline(True)
    answer_here(page, 1)
    expect(page.get_by_text("Ответ сохранён на этом устройстве", exact=False)).to_be_visible()
    press(page, "Продолжить")
    go_through(page, total, level=1, first=4)
    assert page.evaluate(DRAFTS) == 1
    page.get_by_role("link", name="Назад").click()
    expect(page.get_by_text(f"Вопрос {total - 1} из {total}", exact=True)).to_be_visible()
    assert page.locator("answer-sheet input:checked").count() > 0
    page.context.set_offline(False)
    press(page, "Продолжить")
    # What is being written is not lost when one leaves with the browser's own button.
    page.get_by_role("textbox").press_sequentially(" И не спешить.")
    page.go_back()
    expect(page.get_by_text(f"Вопрос {total - 1} из {total}", exact=True)).to_be_visible()
    press(page, "Продолжить")
    expect(page.get_by_role("textbox")).to_have_value("Слушать молча. И не спешить.")
    press(page, "Продолжить")

    # Everything has arrived, in its order; it is sent once, and nothing stays on the device.
    expect(page.get_by_role("heading", name="Проверьте ответы")).to_be_visible()
    expect(page.get_by_text("Ответа пока нет")).to_have_count(0)
    expect(page.get_by_text("Слушать молча.")).to_be_visible()
    looked_at(page)
    press(page, "Отправить ответы")
    expect(page.get_by_role("heading", name="Спасибо, ответы отправлены")).to_be_visible()
    assert page.evaluate(DRAFTS) == 0

    # After, begun on one device and ended on another.
    page.goto(course.waves["post"])
    begin(page)
    answer_here(page, 3)
    expect(page.get_by_text("Сохранено в", exact=False)).to_be_visible()
    other = new_visitor()
    course.sign_in(other, demo_stack.url)
    other.goto(course.waves["post"])
    press(other, "Продолжить")
    go_through(other, total, level=3, first=2)
    expect(other.get_by_role("heading", name="Проверьте ответы")).to_be_visible()
    changed_later(other, total)
    press(other, "Отправить ответы")
    other.get_by_role("link", name="Что изменилось").click()
    expect(other.get_by_text("По шкале «Прячу чувства» было 1,0, стало 3,0 из 4")).to_be_visible()
    expect(other.locator("svg.chart")).to_be_visible()
    looked_at(other)
    other.set_viewport_size({"width": 360, "height": 740})
    looked_at(other)
