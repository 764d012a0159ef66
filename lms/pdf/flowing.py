"""Paragraphs and pictures that flow over pages and know which element they are."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Paragraph

from lms.pdf.structure import Element

POINTS_A_PIXEL = 72 / 150
"""Pictures are printed at 150 dots an inch where there is room."""


class Text(Paragraph):
    """A paragraph of ReportLab's markup as the content of ``element``.

    Its links become ``Link`` elements. Parts of it on several pages stay one element. Drawn again
    (the head of a table on its next page), it is decoration. ``label``: the element of its bullet.
    """

    def __init__(
        self,
        text: str | None,
        style: ParagraphStyle,
        *,
        element: Element | None = None,
        label: Element | None = None,
        **more: Any,
    ):
        super().__init__(text, style, **more)
        self.element, self.label = element, label
        self._links: dict[Any, Element] = {}
        self._is_drawn = False

    def split(self, availWidth: float, availHeight: float) -> list[Any]:
        parts = super().split(availWidth, availHeight)
        for part in parts:
            part.element, part.label, part._links = self.element, self.label, self._links
        return list(parts)

    def draw(self) -> None:
        if self._is_drawn:
            with self.canv.artifact("Pagination"):
                super().draw()
            return
        self.canv.label = self.label
        super().draw()
        self.canv.label, self._is_drawn = None, True

    def beginText(self, x: float, y: float) -> Any:
        text = super().beginText(x, y)
        if self._is_drawn:
            return text
        element = self.element
        links = getattr(self.blPara, "link", None) if self.blPara.kind == 0 else None
        if links:  # the whole paragraph in one look is one link, with a place for each line
            element = self._link(links[-1])
            self.canv.links.extend([element] * len(self.blPara.lines) * len(links))
        text.parts, text.owner = [(1, element)], self.element

        def record(link: Any, moment: str) -> None:
            if moment == "start":  # ReportLab says so when the link's first word is written
                found = self._link(link)
                text.parts.append((len(text._code) - 1, found))
                self.canv.links.append(found)
            else:
                text.parts.append((len(text._code), self.element))

        text._linkRecord = record
        return text

    def _link(self, key: Any) -> Element:
        if key not in self._links:
            self._links[key] = Element("Link")
        return self._links[key]


class Drawing(Flowable):
    """A PNG or JPEG, ``room`` points wide at most, as the content of a ``Figure`` element."""

    def __init__(self, image: bytes, room: float, *, element: Element):
        super().__init__()
        self._image = ImageReader(io.BytesIO(image))
        width, height = self._image.getSize()
        self.width = min(room, width * POINTS_A_PIXEL)
        self.height = height * self.width / width
        self.element = element

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        shrink = min(1, availWidth / self.width, availHeight / self.height)
        self.width, self.height = self.width * shrink, self.height * shrink
        return self.width, self.height

    def draw(self) -> None:
        left, bottom = self.canv.absolutePosition(0, 0)
        self.element.box = (left, bottom, left + self.width, bottom + self.height)
        with self.canv.claim(self.element):
            self.canv.drawImage(self._image, 0, 0, self.width, self.height)
