"""A conversation that goes by turns: words said out of turn are not lost, and one is told why."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import make_hall
from tests.browser.people import press
from tests.browser.stack import Stack
from tests.browser.test_practicum import all_are_ready, find_each_other, hears, say

pytestmark = pytest.mark.browser

HEARTBEAT = """() => document.querySelector("practicum-room").client.dispatchEvent(
  new CustomEvent("status", { detail: { state: "online", attempt: 0, code: 0 } }))"""


@pytest.fixture
def group(demo_stack: Stack, new_visitor) -> list[Page]:
    """Anna the specialist, Boris the client, Vera who observes; they are about to talk."""
    hall = make_hall(demo_stack.environment, scenario="gore-v-semie")
    pages = []
    for who in (1, 2, 3):
        page = new_visitor()
        hall.sign_in(page.context, who, demo_stack.url)
        pages.append(page)
    find_each_other(hall, pages)
    return pages


def test_a_line_out_of_turn_stays_in_the_field_until_it_is_ones_turn(group):
    anna, boris, _vera = group
    all_are_ready(group)
    field = anna.get_by_label("Ваша реплика")
    say(anna, "Здравствуйте, я вас слушаю.")
    told = anna.get_by_text("Сейчас очередь собеседника. Ваши слова остались в поле.")
    expect(told).to_be_visible()
    anna.evaluate(HEARTBEAT)  # tells nothing about the line
    expect(told).to_be_visible()
    expect(field).to_have_value("Здравствуйте, я вас слушаю.")
    expect(boris.get_by_text("Здравствуйте, я вас слушаю.")).to_have_count(0)
    say(boris, "Я третий раз сюда хожу!")
    hears(anna, "Я третий раз сюда хожу!")
    press(anna, "Сказать")
    hears(boris, "Здравствуйте, я вас слушаю.")
    expect(field).to_have_value("")
    expect(told).to_have_count(0)
