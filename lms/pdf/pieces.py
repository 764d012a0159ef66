"""What a document to read on paper is made of, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look; ``address`` makes it a link."""

    text: str
    is_bold: bool = False
    address: str = ""


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Bullets:
    items: tuple[tuple[Run, ...], ...]
    is_numbered: bool = False


@dataclass(frozen=True)
class PhrasePair:
    careless: str
    careful: str
    situation: str = ""
    why: str = ""


@dataclass(frozen=True)
class Callout:
    content: tuple[Paragraph | Bullets, ...]
    title: str = ""


@dataclass(frozen=True)
class Quote:
    text: str
    source: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header; the first cell of a row names the row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    numeric: frozenset[int] = frozenset()
    """Columns whose cells stand at the right edge, from 0."""


@dataclass(frozen=True)
class Picture:
    """PNG or JPEG, as wide as the text; ``alt`` says in words what it shows."""

    image: bytes
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Chart:
    """An SVG element of ``frontend.charts`` with its title and description."""

    svg: str


Piece = Heading | Paragraph | Bullets | PhrasePair | Callout | Quote | Table | Picture | Chart


@dataclass(frozen=True)
class Labels:
    """The few words of the layout itself, in the reader's language."""

    careless: str = "Небрежно"
    careful: str = "Бережно"
    why: str = "Почему это работает."
    page: str = "{number} из {total}"


@dataclass(frozen=True)
class Document:
    title: str
    pieces: Sequence[Piece]
    summary: str = ""
    facts: str = ""
    """For whom, from when: one quiet line under the summary."""
    source: str = ""
    """The address where it can be read again; stands at the foot of every page."""
    issuer: str = ""
    language: str = "ru-RU"
    labels: Labels = Labels()
