"""Pictures of certificates, of their pages, and of the papers themselves."""

from __future__ import annotations

import base64
from collections.abc import Callable

from playwright.sync_api import Browser, Page

from tests.browser.people import press
from tests.browser.questionnaire import run_module

WIDTHS = {"phone": 360, "desktop": 1280}
DESK = {
    "": {
        "certificate-valid": "valid",
        "certificate-tampered": "valid",
        "certificate-revoked": "revoked",
        "certificate-check": "/verify/",
        "honour-board": "board",
    },
    "holder": {
        "certificates-mine": "/certificates/",
        "certificate-mine": "one",
        "frdo-details": "/certificates/details/",
    },
    "newcomer": {"certificate-name": "/certificates/"},
    "coordinator": {
        "honour-nominate": "/honour/nominate/",
        "honour-decide": "/honour/decide/",
        "certificate-register": "/certificates/register/",
    },
    "trainer": {"cms-certificates-cohort": "cohort", "cms-certificates-batch": "batch"},
    "office": {
        "cms-certificate-template": "template",
        "cms-certificate": "cms_one",
        "cms-frdo": "/cms/frdo/",
    },
}
"""Who sees what: an address, or its name at the desk (``certificate_desk``)."""
Keep = Callable[[Page, str], None]


def certificates(
    browser: Browser, url: str, environment: dict[str, str], keep: Keep
) -> dict[str, bytes]:
    """As their holders, the public, regions, trainers and the office see them.

    ``keep`` takes a picture of a page under a name. Returns pictures of the papers, as PNG.
    """
    desk = run_module("tests.browser.certificate_desk", environment)
    for kind, width in WIDTHS.items():
        for who, names in DESK.items():
            context = browser.new_context(
                base_url=url,
                locale="ru-RU",
                timezone_id="Asia/Tomsk",
                viewport={"width": width, "height": 800},
            )
            if who:
                key = {"name": desk["cookie"], "value": desk["keys"][who], "url": url}
                context.add_cookies([key])
            page = context.new_page()
            for name, path in names.items():
                page.goto(desk.get(path, path))
                if name == "certificate-tampered":
                    _bring(page, base64.b64decode(desk["tampered"]))
                keep(page, f"{name}-{kind}")
            if who == "office" and kind == "desktop":
                _edit_template(page, desk["editor"])
                keep(page, "cms-certificate-editor-desktop")
            context.close()
    return {f"paper-{kind}": base64.b64decode(png) for kind, png in desk["papers"].items()}


def _bring(page: Page, pdf: bytes) -> None:
    """The file of somebody who changed one byte."""
    file = {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": pdf}
    page.locator("#certificate-file").set_input_files(file)  # type: ignore[arg-type]
    press(page, "Проверить файл")
    page.get_by_text("Где файл отличается").wait_for()


def _edit_template(page: Page, address: str) -> None:
    """The editor with the panel that shows the sheet while it is edited."""
    page.goto(address)
    page.locator("[data-side-panel-toggle=preview]").click()
    page.frame_locator("#w-preview-iframe").get_by_role("img").wait_for()
