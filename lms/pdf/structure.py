"""The logical structure of a tagged PDF as data: what a screen reader walks through.

Kinds are the standard structure types of ISO 32000-1, 14.8.4: ``H1`` … ``H6``, ``P``, ``L``,
``LI``, ``Lbl``, ``LBody``, ``Table``, ``TR``, ``TH``, ``TD``, ``Figure``, ``Link`` and so on. The
order of children is the reading order, whatever was drawn first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mark:
    """A marked-content sequence: ``number`` is unique on its page; pages count from 0."""

    page: int
    number: int


@dataclass(frozen=True)
class Note:
    """The annotation at ``place`` in the page's list of annotations (a link to click)."""

    page: int
    place: int


@dataclass(eq=False)
class Element:
    """A node of the structure tree.

    ``alt``: what stands for a figure when it cannot be seen; ``box``: its left, bottom, right and
    top edge in points; ``scope``: whose header a ``TH`` is, ``"Column"`` or ``"Row"``;
    ``numbering``: how an ``L`` counts, ``"Decimal"`` or ``"Disc"``.
    """

    kind: str
    children: list[Element | Mark | Note] = field(default_factory=list)
    alt: str = ""
    language: str = ""
    box: tuple[float, float, float, float] | None = None
    scope: str = ""
    numbering: str = ""

    def add(self, kind: str, **facts: object) -> Element:
        """A new last child."""
        child = Element(kind, **facts)  # type: ignore[arg-type]
        self.children.append(child)
        return child

    def walk(self) -> Iterator[Element]:
        """This element and all under it in reading order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def has_content(self) -> bool:
        """Whether anything was drawn for it."""
        return any(not isinstance(child, Element) or child.has_content() for child in self.children)
