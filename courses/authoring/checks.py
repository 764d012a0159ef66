"""What is looked at before a lesson is published: errors stop it, advice does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.rich_text import RichText

from courses.authoring.readability import Difficulty, Readability, readability

LONG_PARAGRAPH_WORDS = 120
LONG_SENTENCE_WORDS = 25
SAYS_NOTHING = frozenset(
    {"здесь", "тут", "сюда", "ссылка", "по ссылке", "подробнее", "читать далее", "here", "link"}
)
_ADDRESS = re.compile(r"^(https?://|www\.)\S+$", re.IGNORECASE)


class Severity(StrEnum):
    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark for the author. ``block``: the block's index in the content, None for all."""

    severity: Severity
    message: str
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]
    text: Readability

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]

    @property
    def advice(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity is Severity.ADVICE]


def check_lesson(*, body: StreamValue, goal: str, estimated_minutes: int) -> Report:
    """Everything worth saying about a lesson's content before learners see it."""
    findings: list[Finding] = []
    texts: list[str] = []
    for index, block in enumerate(body):
        texts += _texts_of(block.value)
        findings += [
            Finding(severity, message, index)
            for severity, message in _findings_in(block.block_type, block.value)
        ]
    text = readability("\n".join(texts))
    findings += list(_findings_in_whole(body, text, goal, estimated_minutes))
    return Report(tuple(findings), text)


def _findings_in_whole(
    body: StreamValue, text: Readability, goal: str, estimated_minutes: int
) -> Iterator[Finding]:
    if not len(body):
        yield Finding(Severity.ERROR, _("The lesson is empty: add at least one block."))
        return
    if not goal.strip():
        yield Finding(
            Severity.ADVICE,
            _("Say in “Goal” what a learner will be able to do after this lesson."),
        )
    if text.difficulty is Difficulty.HARD:
        yield Finding(
            Severity.ADVICE,
            _("The text is hard to read: shorter sentences and simpler words will help."),
        )
    if text.words_per_sentence > LONG_SENTENCE_WORDS:
        yield Finding(
            Severity.ADVICE,
            _("Sentences are long: %(n)d words on average. Up to 15 read easily.")
            % {"n": round(text.words_per_sentence)},
        )
    if text.reading_minutes > estimated_minutes:
        minutes = round(text.reading_minutes + 0.5)
        yield Finding(
            Severity.ADVICE,
            ngettext(
                "Reading alone takes about %(n)d minute, more than the lesson promises.",
                "Reading alone takes about %(n)d minutes, more than the lesson promises.",
                minutes,
            )
            % {"n": minutes},
        )
    headings = [block for block in body if block.block_type == "heading"]
    if text.words > 400 and not headings:
        yield Finding(
            Severity.ADVICE,
            _("A long text without headings: divide it so that one can find a way."),
        )


def _findings_in(kind: str, value: Any) -> Iterator[tuple[Severity, str]]:
    if kind == "heading" and not str(value).strip():
        yield Severity.ERROR, _("The heading is empty.")
    if kind == "video":
        if not value.get("captions"):
            yield (
                Severity.ERROR,
                _("The video has no captions: those who do not hear it would learn nothing."),
            )
        if not _plain(value.get("transcript")):
            yield Severity.ERROR, _("The video has no transcript.")
    if kind == "audio" and not _plain(value.get("transcript")):
        yield Severity.ERROR, _("The recording has no transcript.")
    if kind == "self_check" and not any(option["is_right"] for option in value["options"]):
        yield Severity.ERROR, _("The self-check has no right option.")
    for source in _rich_texts(value):
        yield from _findings_in_rich_text(source)


def _findings_in_rich_text(source: str) -> Iterator[tuple[Severity, str]]:
    reader = _Reader()
    reader.feed(source)
    for words in reader.links:
        said = " ".join(words.split()).strip(" .,!»«").lower()
        if not said or said in SAYS_NOTHING or _ADDRESS.match(said):
            yield (
                Severity.ADVICE,
                _("The link “%(text)s” does not say where it leads.") % {"text": words.strip()},
            )
    if any(len(paragraph.split()) > LONG_PARAGRAPH_WORDS for paragraph in reader.paragraphs):
        yield Severity.ADVICE, _("A paragraph is very long: make two or three of it.")


class _Reader(HTMLParser):
    """The paragraphs and the words of links in a piece of rich text."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.paragraphs: list[str] = []
        self._in_link = False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "a":
            self._in_link = True
            self.links.append("")
        if tag in ("p", "li", "h2", "h3"):
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False

    def handle_data(self, data: str) -> None:
        if self._in_link:
            self.links[-1] += data
        if self.paragraphs:
            self.paragraphs[-1] += data
        else:
            self.paragraphs.append(data)


def _plain(value: Any) -> str:
    """The words of a text or a rich text, a paragraph a line."""
    if isinstance(value, RichText):
        reader = _Reader()
        reader.feed(value.source)
        return "\n".join(reader.paragraphs).strip()
    return str(value or "").strip()


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, StructValue):
        for child in value.values():
            yield from _leaves(child)
    elif isinstance(value, ListValue | list | tuple | StreamValue):
        for child in value:
            yield from _leaves(getattr(child, "value", child))
    else:
        yield value


def _texts_of(value: Any) -> list[str]:
    return [_plain(leaf) for leaf in _leaves(value) if isinstance(leaf, str | RichText)]


def _rich_texts(value: Any) -> list[str]:
    return [leaf.source for leaf in _leaves(value) if isinstance(leaf, RichText)]
