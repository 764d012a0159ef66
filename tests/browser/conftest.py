"""Browsers and the installation that they look at."""

from __future__ import annotations

import fcntl
import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.stack import ROOT, Stack
from tests.tools import needed

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
# Not how fast a page should be, only how long a busy machine may make a person wait.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first of a process waits for its installation, too."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.timeout(1500))


@pytest.fixture(scope="module")
def playwright_here() -> Iterator[Playwright]:
    """Ended with its module: it runs an event loop, beside which no asynchronous test can run."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(playwright_here) -> Iterator[Browser]:
    browser = playwright_here.chromium.launch(executable_path=needed("chromium"), args=ARGUMENTS)
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
            stack = Stack(var_dir, database_name=PREPARED_DATABASE)
            # The way of `make demo`, once in a run of all: migrations take a minute.
            stack.prepare("demo --quick", migrates=not stack.is_large)
            done.touch()
        yield var_dir


def prepare_demo_beside(shared: Path) -> None:
    """Begin to make the demo's data now, so that nobody has to wait for them later."""

    def prepare() -> None:
        with prepared_demo(shared):
            pass

    threading.Thread(target=prepare, name="prepares-the-demo", daemon=True).start()


def shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


running_demos: list[Stack] = []
"""The installation of this process, stopped when no test of a browser comes any more."""


@pytest.fixture(scope="session")
def demo_stack(tmp_path_factory) -> Iterator[Stack]:
    """A running installation with the demo course, as `make demo` makes it."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        with prepared_demo(shared_directory(tmp_path_factory)) as var_dir:
            stack.begin_with(var_dir, PREPARED_DATABASE)
        running_demos.append(stack.start())
        yield stack
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
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.unroute_all(behavior="ignoreErrors")  # a browser does not close beside their work
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
