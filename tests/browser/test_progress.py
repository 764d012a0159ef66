"""A page that shows work moving reloads itself once when the work has ended."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).parents[2] / "frontend/static/js/certificates/batch-progress.js"
PAGE = (
    '<batch-progress src="/progress"></batch-progress>'
    '<script type="module" src="/batch-progress.js"></script>'
)
ENDED = {"done": 5, "words": "Готово", "finished": True}


def test_a_page_that_comes_slowly_is_not_begun_anew_every_two_seconds(chromium: Browser):
    page = chromium.new_page()
    asked: list[Route] = []

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/progress":
            route.fulfill(json=ENDED)
        elif path == "/batch-progress.js":
            route.fulfill(path=SCRIPT)
        else:
            asked.append(route)
            if len(asked) == 1:  # the reloaded page stays on its way
                route.fulfill(body=PAGE, content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://desk.example.org/batches/1/")
    beside = chromium.new_page()
    for _time in range(300):
        if len(asked) > 1:
            break
        beside.wait_for_timeout(200)
    beside.wait_for_timeout(5000)  # it asked every two seconds
    assert len(asked) == 2
    asked[-1].fulfill(body="", content_type="text/html")
    page.wait_for_load_state()
