"""A memo as a PDF: its blocks turned into the pieces of ``lms.pdf.document``."""

from __future__ import annotations

import hashlib
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

from courses.models.memo import Memo
from lms.pdf.document import render_document
from lms.pdf.pieces import (
    Bullets,
    Callout,
    Document,
    Heading,
    Labels,
    Paragraph,
    PhrasePair,
    Piece,
    Quote,
    Run,
)

KEPT_SECONDS = 7 * 24 * 60 * 60
LAYOUT = 2
"""Counts up when the layout changes, so that kept files are made anew."""


def pdf_of(memo: Memo) -> bytes:
    """The published memo as a PDF; kept for each revision and language."""
    if memo.live_revision_id is None:  # made by a program: nothing says when it changes
        return make_pdf(memo)
    place = hashlib.sha256(_address(memo).encode()).hexdigest()[:12]
    key = f"memo-pdf:{LAYOUT}:{memo.live_revision_id}:{get_language()}:{place}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = make_pdf(memo)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def make_pdf(memo: Memo) -> bytes:
    base = settings.NPM_DIR / "@expo-google-fonts" / "golos-text"
    return render_document(
        document_of(memo),
        regular=base / "400Regular" / "GolosText_400Regular.ttf",
        bold=base / "700Bold" / "GolosText_700Bold.ttf",
    )


def document_of(memo: Memo) -> Document:
    return Document(
        title=memo.title,
        summary=memo.summary,
        facts=_("For whom: %(audience)s") % {"audience": memo.audience} if memo.audience else "",
        pieces=[piece for block in memo.body for piece in _pieces(block.block_type, block.value)],
        source=_address(memo),
        issuer=settings.WAGTAIL_SITE_NAME,
        labels=Labels(
            careless=_("Careless"),
            careful=_("Careful"),
            why=_("Why it works."),
            page=_("{number} of {total}"),
        ),
    )


def _address(memo: Memo) -> str:
    """As a person reads it: Russian letters stay letters."""
    return urljoin(settings.PUBLIC_URL, unquote(memo.get_url() or ""))


def _pieces(kind: str, value: Any) -> list[Piece]:
    match kind:
        case "heading":
            return [Heading(value)]
        case "paragraph":
            return list(_text(value.source))
        case "phrase_pair":
            return [
                PhrasePair(
                    situation=value.get("situation") or "",
                    careless=value["careless"],
                    careful=value["careful"],
                    why=value.get("why") or "",
                )
            ]
        case "callout":
            return [Callout(title=value.get("title") or "", content=_text(value["text"].source))]
        case "quote":
            return [Quote(text=value["text"], source=value.get("source") or "")]
    return []  # what cannot be printed


def _text(source: str) -> tuple[Paragraph | Bullets, ...]:
    """The paragraphs and lists of rich text as it is stored."""
    reader = _RichText()
    reader.feed(expand_db_html(source))
    reader.close()
    reader.end_paragraph()
    return tuple(reader.found)


class _RichText(HTMLParser):
    """Reads the few elements that the editor can write; nested lists become flat."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Paragraph | Bullets] = []
        self._runs: list[Run] = []
        self._lists: list[tuple[bool, list[tuple[Run, ...]]]] = []
        self._bold, self._address = 0, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("b", "strong"):
            self._bold += 1
        elif tag == "a":
            self._address = urljoin(settings.PUBLIC_URL, dict(attrs).get("href") or "")
        elif tag == "br":
            self._runs.append(Run("\n"))
        elif tag in ("ul", "ol"):
            self._end_item() if self._lists else self.end_paragraph()
            self._lists.append((tag == "ol", []))
        elif tag == "li":
            self._end_item()
        elif tag == "p" and not self._lists:
            self.end_paragraph()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("b", "strong"):
            self._bold = max(0, self._bold - 1)
        elif tag == "a":
            self._address = ""
        elif tag == "li":
            self._end_item()
        elif tag in ("ul", "ol") and self._lists:
            self._end_item()
            is_numbered, items = self._lists.pop()
            if self._lists:
                self._lists[-1][1].extend(items)
            elif items:
                self.found.append(Bullets(tuple(items), is_numbered=is_numbered))
        elif tag == "p" and not self._lists:
            self.end_paragraph()

    def handle_data(self, data: str) -> None:
        text = data.replace("\n", " ")
        if text.strip() or self._runs:
            self._runs.append(Run(text, is_bold=self._bold > 0, address=self._address))

    def end_paragraph(self) -> None:
        runs = self._taken()
        if runs:
            self.found.append(Paragraph(runs))

    def _end_item(self) -> None:
        runs = self._taken()
        if runs and self._lists:
            self._lists[-1][1].append(runs)

    def _taken(self) -> tuple[Run, ...]:
        runs, self._runs = tuple(self._runs), []
        return runs if any(run.text.strip() for run in runs) else ()
