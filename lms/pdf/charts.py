"""Charts of ours on paper: the few shapes of SVG that they are drawn with, as vectors.

What a shape looks like is said by its class, on the screen in the style sheet and here in
``LOOKS``: so a page and its PDF are drawn from one and the same element.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from reportlab.lib.colors import Color, HexColor, white
from reportlab.platypus import Flowable

from lms.pdf.fonts import width
from lms.pdf.structure import Element

INK, QUIET, LINE, STRONG = (HexColor(code) for code in ("#1d2b2a", "#52615f", "#d8d0c2", "#8a8577"))
PRIMARY, SOFT, ACCENT = (HexColor(code) for code in ("#0f5c5c", "#e0eeec", "#b5472e"))
BAND = HexColor("#c9dedb")
POINTS_A_UNIT = 0.58
"""So that labels of 20 units are as large as the text of the document."""


@dataclass(frozen=True)
class Look:
    """``size``: of letters, in units of the chart; ``dashes``: drawn and left out, in turns."""

    fill: Color | None = None
    stroke: Color | None = None
    width: float = 1
    dashes: tuple[float, ...] = ()
    size: float = 20
    is_bold: bool = False


LOOKS = {
    "chart__label": Look(INK),
    "chart__value": Look(INK, is_bold=True),
    "chart__legend": Look(QUIET, size=18),
    "chart__track": Look(SOFT, LINE, 2),
    "chart__axis": Look(None, STRONG, 1),
    "chart__bar": Look(PRIMARY),
    "chart__interval": Look(None, PRIMARY, 3),
    "chart__zero": Look(None, STRONG, 2),
    "chart__dotted": Look(None, ACCENT, 2, (3, 6)),
    "chart__change": Look(None, PRIMARY, 6),
    "chart__before": Look(white, PRIMARY, 4),
    "chart__after": Look(PRIMARY),
    "chart__area": Look(SOFT),
    "chart__band": Look(BAND),
    "chart__curve": Look(None, PRIMARY, 3),
}


class ChartDrawing(Flowable):
    """An SVG element of ``frontend.charts`` as the content of a ``Figure`` element.

    write: what the font can write of a text. A shape that is not known raises ValueError.
    """

    def __init__(
        self,
        svg: str,
        *,
        element: Element,
        regular: str,
        bold: str,
        write: Callable[[str], str],
    ):
        super().__init__()
        self._root = ElementTree.fromstring(svg)  # noqa: S314  drawn by ourselves
        _left, _top, self._wide, self._high = map(float, self._root.attrib["viewBox"].split())
        self._fonts, self._write = (regular, bold), write
        self.element = element
        self.spaceAfter = 10  # none at the end of a page
        self._scale = POINTS_A_UNIT

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        fits = min(availWidth / self._wide, POINTS_A_UNIT)
        self._scale = min(fits, availHeight / self._high) if availHeight > 300 else fits
        self.width, self.height = self._wide * self._scale, self._high * self._scale
        return self.width, self.height

    def draw(self) -> None:
        left, bottom = self.canv.absolutePosition(0, 0)
        self.element.box = (left, bottom, left + self.width, bottom + self.height)
        with self.canv.claim(self.element):
            self.canv.saveState()
            self.canv.scale(self._scale, self._scale)
            for shape in self._root:
                name = shape.tag.rpartition("}")[2]
                if name not in ("title", "desc"):
                    self._shape(name, shape.attrib, "".join(shape.itertext()))
            self.canv.restoreState()

    def _shape(self, name: str, given: dict[str, str], text: str) -> None:
        look = LOOKS[given["class"]]
        at = {key: float(value) for key, value in given.items() if key in _NUMBERS}
        if name == "text":
            self._text(look, at["x"], self._high - at["y"], text, given["text-anchor"])
            return
        self.canv.setLineCap(1)
        self.canv.setLineWidth(look.width)
        self.canv.setDash(*([list(look.dashes)] if look.dashes else []))
        if look.fill is not None:
            self.canv.setFillColor(look.fill)
        if look.stroke is not None:
            self.canv.setStrokeColor(look.stroke)
        paints: dict[str, Any] = {"stroke": look.stroke is not None, "fill": look.fill is not None}
        if name == "line":
            self.canv.line(at["x1"], self._high - at["y1"], at["x2"], self._high - at["y2"])
        elif name == "circle":
            self.canv.circle(at["cx"], self._high - at["cy"], at["r"], **paints)
        elif name == "rect":
            low = self._high - at["y"] - at["height"]
            self.canv.rect(at["x"], low, at["width"], at["height"], **paints)
        elif name in ("polyline", "polygon"):
            path = self.canv.beginPath()
            for number, point in enumerate(given["points"].split()):
                x, y = map(float, point.split(","))
                (path.lineTo if number else path.moveTo)(x, self._high - y)
            self.canv.drawPath(path, **paints)
        else:
            raise ValueError(f"charts have no {name}")

    def _text(self, look: Look, x: float, y: float, text: str, anchor: str) -> None:
        font, size = self._fonts[look.is_bold], look.size
        self.canv.setFillColor(look.fill)
        self.canv.setFont(font, size)
        if anchor != "start":
            say = self.canv.drawCentredString if anchor == "middle" else self.canv.drawRightString
            say(x, y, self._write(text))
            return
        for part in re.split(f"([{''.join(_SIGNS)}])", text):
            if part in _SIGNS:
                self._sign(_SIGNS[part], x, y + size / 3)
                x += size
                continue
            words = self._write(part)
            self.canv.setFillColor(look.fill)
            self.canv.drawString(x, y, words)
            x += width(words, font_name=font, size=size)

    def _sign(self, css: str, x: float, y: float) -> None:
        """A dot or a dotted line of the legend: fonts seldom have them."""
        flipped = {"cx": x + 8, "cy": self._high - y, "r": 6.0}
        if css == "chart__dotted":
            ends = {"x1": x + 8, "x2": x + 8, "y1": self._high - y - 9, "y2": self._high - y + 9}
            self._shape("line", {"class": css, **{k: str(v) for k, v in ends.items()}}, "")
        elif css == "chart__band":
            box = {"x": x, "y": self._high - y - 8, "width": 16.0, "height": 16.0}
            self._shape("rect", {"class": css, **{k: str(v) for k, v in box.items()}}, "")
        else:
            self._shape("circle", {"class": css, **{k: str(v) for k, v in flipped.items()}}, "")


_SIGNS = {
    "○": "chart__before",
    "●": "chart__after",
    "┊": "chart__dotted",
    "▮": "chart__band",
}
_NUMBERS = frozenset({"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"})


def words_of(svg: str) -> str:
    """The title and the description of a chart, for those who do not see it."""
    root = ElementTree.fromstring(svg)  # noqa: S314  drawn by ourselves
    parts = [one.text or "" for one in root if one.tag.rpartition("}")[2] in ("title", "desc")]
    return ". ".join(filter(None, parts))
