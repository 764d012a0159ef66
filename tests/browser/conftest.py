"""Browsers and the installation that they look at."""

from __future__ import annotations

import fcntl
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.stack import ROOT, Stack

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
# Not how fast a page should be, only how long a busy machine may make a person wait.
expect.set_options(timeout=20_000)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The machine's own Chromium; none is downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def playwright_here() -> Iterator[Playwright]:
    """Ended with its module: it runs an event loop, beside which no asynchronous test can run."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(playwright_here) -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium must be there in CI: run deploy/test-tools.sh as root.")
        pytest.skip("No Chromium on this machine: install Debian's package `chromium`.")
    browser = playwright_here.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    browser.close()


PREPARED_DATABASE = f"berezhno_prepared_{zlib.crc32(str(ROOT).encode()):x}"
"""One of this name stays on the services; the next run begins with a new one."""


@contextmanager
def prepared_demo(shared: Path) -> Iterator[Path]:
    """The demo's data at rest, made by the first process of this run that asks for them.

    No other process has them while the block runs.
    """
    var_dir, done = shared / "demo", shared / "demo.done"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            var_dir.mkdir()
            Stack(var_dir, database_name=PREPARED_DATABASE).prepare("demo --quick")
            done.touch()
        yield var_dir


@pytest.fixture(scope="session")
def demo_stack(tmp_path_factory) -> Iterator[Stack]:
    """A running installation with the demo course, as `make demo` makes it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        with prepared_demo(shared) as var_dir:
            stack.begin_with(var_dir, PREPARED_DATABASE)
        yield stack.start()
    finally:
        stack.destroy()


@pytest.fixture
def new_visitor(chromium, demo_stack) -> Iterator:
    """``new_visitor()`` opens a browser of its own, as another person on another computer has."""
    contexts: list[BrowserContext] = []

    def open_browser(*, width: int = 1280, height: int = 900) -> Page:
        context = chromium.new_context(
            base_url=demo_stack.url,
            locale="ru-RU",
            timezone_id="Asia/Tomsk",
            viewport={"width": width, "height": height},
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.close()


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE_RUN = """only => Promise.race([
  axe.run(document, {runOnly: only}),
  new Promise((_done, fail) => setTimeout(() => fail(new Error("axe hangs")), 60e3)),
])"""


def run_axe(page: Page, only: object) -> dict:
    """What axe-core says of the page; anew if the page was just giving way to the next one."""
    for last_try in (False, False, True):
        try:
            page.wait_for_load_state()
            page.evaluate(AXE.read_text())
            return page.evaluate(AXE_RUN, only)
        except PlaywrightError:
            if last_try:
                raise
    raise AssertionError("unreachable")


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA on the page as it is now, one line each."""
    result = run_axe(page, RULES)
    return [
        f"{page.url}: {rule['id']}: {node['html'][:160]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
