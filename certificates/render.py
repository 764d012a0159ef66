"""Drawing a certificate: a pure function from its snapshot to a tagged page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import Image
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader

from certificates.layout import Layout
from lms.pdf.archive import Attachment, archive
from lms.pdf.canvas import TaggedCanvas
from lms.pdf.fonts import balanced, check_glyphs, font, width, wrapped
from lms.pdf.metadata import About
from lms.pdf.qr import draw_qr

INK, QUIET = HexColor("#1d2b2a"), HexColor("#52615f")
LEADING = 1.28
MOST_AIR = 0.6
"""How much wider the gaps between the words may become where the page has room."""
SMALLEST = 0.3
"""How far the words may shrink before they are let run into the foot; never met by tests of names
of 200 letters with a text of 600."""
MOST_PIXELS_A_SIDE = 480
"""Pictures are printed at 25 mm or so: more would only make the file heavier."""


@dataclass(frozen=True)
class Fonts:
    """TrueType files of the two weights."""

    regular: Path
    bold: Path


@dataclass(frozen=True)
class Snapshot:
    """Every fact that a certificate prints, as words ready to be read. Empty ones are left out."""

    heading: str
    body: str
    name: str
    course: str
    facts: str
    """Hours and dates in one line."""
    issuer: str
    signer_name: str
    signer_position: str
    number: str
    issued_on: str
    code: str
    """Grouped, as printed."""
    url: str
    number_label: str
    check_label: str
    region: str = ""
    qr_alt: str = ""
    """What stands for the QR code when it cannot be seen; the address when empty."""
    language: str = "ru-RU"


def check_text(snapshot: Snapshot, fonts: Fonts) -> None:
    """Raises ``lms.pdf.fonts.MissingGlyphs`` when the font lacks a character of the snapshot."""
    printed = "".join(str(value) for value in vars(snapshot).values())
    for path in (fonts.regular, fonts.bold):
        check_glyphs(printed, font_name=font(path))


def draw(
    snapshot: Snapshot,
    layout: Layout,
    fonts: Fonts,
    *,
    created: datetime | None = None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The certificate as one A4 page, tagged and fit to keep (PDF/A-3a, PDF/UA-1), not signed.

    The same arguments give the same bytes. Raises ``lms.pdf.fonts.MissingGlyphs``.
    """
    check_text(snapshot, fonts)
    page = Page(snapshot, layout, fonts)
    about = About(
        title=f"{snapshot.heading}: {snapshot.name}",
        language=snapshot.language,
        author=snapshot.issuer,
        subject=snapshot.course,
        created=created,
    )
    return archive(page.drawn(), page.canvas.structure, about, attachments)


def given_with_patronymic(name: str) -> tuple[str, ...]:
    """The two words of a name that are not parted, by the patronymic's ending in either case."""
    words = name.split()
    return tuple(
        f"{given} {patronymic}"
        for given, patronymic in pairwise(words)
        if patronymic.endswith(("вна", "вне", "ична", "ичне", "вич", "вичу", "ьич", "ьичу"))
    )


@dataclass(frozen=True)
class _Words:
    """A paragraph of the page: its element, weight, size in points and the room under it."""

    kind: str
    text: str
    name: str
    size: float
    colour: Color
    gap: float

    is_balanced: bool = False
    """Whether its lines are about equally long, as of a name or a title."""
    pairs: tuple[str, ...] = ()
    """Words that are not parted between lines."""

    def lines(self, room: float, scale: float) -> list[str]:
        name, size, pairs = self.name, self.size * scale, self.pairs
        lines = wrapped(self.text, font_name=name, size=size, room=room, pairs=pairs)
        if self.is_balanced and len(lines) > 1:
            return balanced(self.text, lines, font_name=name, size=size, room=room, pairs=pairs)
        return lines

    def fitted(self, room: float, most_lines: int, least: float) -> _Words:
        """Smaller, down to ``least`` of the size, if that brings it into so many lines."""
        for share in range(100, round(least * 100) - 1, -2):
            if len(self.lines(room, share / 100)) <= most_lines:
                return replace(self, size=self.size * share / 100)
        return self


class Page:
    """A certificate while it is drawn; ``drawn`` gives the bytes, ``canvas.structure`` the tags."""

    def __init__(self, snapshot: Snapshot, layout: Layout, fonts: Fonts):
        self.snapshot, self.layout = snapshot, layout
        self.regular, self.bold = font(fonts.regular), font(fonts.bold)
        self.primary = HexColor(layout.primary)
        self.accent = HexColor(layout.accent)
        is_wide = layout.orientation == "landscape"
        self.width, self.height = landscape(A4) if is_wide else A4
        has_band = layout.border == "band"
        self.is_centred = not has_band
        self.left = (38 if has_band else 26) * mm
        self.right = self.width - (24 if has_band else 26) * mm
        self.room = self.right - self.left
        self.foot = (22 if is_wide and layout.border != "frame" else 26) * mm
        self.top = self.height - (22 if is_wide else 30) * mm
        self.buffer = io.BytesIO()
        self.canvas = TaggedCanvas(
            self.buffer,
            pagesize=(self.width, self.height),
            invariant=True,
            pageCompression=1,
            initialFontName=self.regular,  # else ReportLab refers to a font it does not embed
            lang=snapshot.language,
            pdfVersion=(1, 7),
        )

    def drawn(self) -> bytes:
        with self.canvas.artifact():
            self._draw_ground()
        self._draw_words()
        self._draw_signer()
        self._draw_register()
        self._draw_check()
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()

    def _draw_ground(self) -> None:
        canvas, mark_left = self.canvas, 8 * mm
        canvas.setFillColor(HexColor(self.layout.ground))
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        if self.layout.border == "band":
            self._draw_bubbles()
            canvas.setFillColor(self.primary)
            canvas.rect(0, 0, 18 * mm, self.height, stroke=0, fill=1)
            canvas.setFillColor(self.accent)
            canvas.rect(18 * mm, 0, 1.4 * mm, self.height, stroke=0, fill=1)
            _draw_mark(canvas, mark_left, self.height - 20 * mm)
        elif self.layout.border == "frame":
            canvas.setStrokeColor(self.primary)
            canvas.setLineWidth(1.2)
            canvas.roundRect(8 * mm, 8 * mm, self.width - 16 * mm, self.height - 16 * mm, 4 * mm)
            canvas.setStrokeColor(self.accent)
            canvas.setLineWidth(0.5)
            canvas.roundRect(
                10 * mm, 10 * mm, self.width - 20 * mm, self.height - 20 * mm, 2.8 * mm
            )

    def _draw_bubbles(self) -> None:
        """The mark of the platform, large and pale, in the upper corner."""
        for from_right, from_top, share in ((88, 24, 0.035), (50, 42, 0.06)):
            self.canvas.setFillColor(_mixed(self.layout.primary, self.layout.ground, share))
            left, bottom = self.width - from_right * mm, self.height - from_top * mm
            self.canvas.roundRect(left, bottom, 80 * mm, 62 * mm, 16 * mm, stroke=0, fill=1)

    def _words(self) -> list[_Words]:
        snapshot, regular, bold = self.snapshot, self.regular, self.bold
        course = f"«{snapshot.course}»" if snapshot.course else ""
        words = [
            _Words("P", snapshot.issuer, regular, 12, QUIET, 15),
            _Words("H1", snapshot.heading, bold, 30, self.primary, 34, is_balanced=True),
            self._name(),
            _Words("P", snapshot.body, regular, 14.5, INK, 11, is_balanced=True),
            _Words("P", course, bold, 20, INK, 12, is_balanced=True),
            _Words("P", snapshot.facts, regular, 13.5, QUIET, 0),
        ]
        return [word for word in words if word.text]

    def _name(self) -> _Words:
        """In one line if a little smaller it fits, else the family name stands alone."""
        pairs = given_with_patronymic(self.snapshot.name)
        name = _Words("P", self.snapshot.name, self.bold, 34, INK, 15, True, pairs)
        one = name.fitted(self.room, 1, 0.85)
        return one if one is not name else name.fitted(self.room, 2, 0.75)

    def _draw_words(self) -> None:
        """The words above the foot, as large as they fit, a little above the middle of the room."""
        emblem = self._draw_emblem()
        bottom = self.foot + 36 * mm
        available = self.top - emblem - bottom
        words = self._words()
        scale = 1.0
        while (needed := self._height_of(words, scale)) > available and scale > SMALLEST:
            scale -= 0.04
        spare = max(0.0, available - needed)
        gaps = sum(word.gap for word in words) * scale
        self.air = 1 + min(MOST_AIR, spare * 0.4 / gaps)
        top = self.top - emblem - (spare - (self.air - 1) * gaps) * 0.45
        for word in words:
            top = self._draw_paragraph(word, scale, top)
            if word.kind == "H1":
                self._draw_rule(top + word.gap * scale * self.air * 0.55)

    def _height_of(self, words: list[_Words], scale: float) -> float:
        return sum(
            len(word.lines(self.room, scale)) * word.size * scale * LEADING + word.gap * scale
            for word in words
        )

    def _draw_paragraph(self, word: _Words, scale: float, top: float) -> float:
        canvas, size = self.canvas, word.size * scale
        with canvas.content(word.kind):
            canvas.setFont(word.name, size)
            canvas.setFillColor(word.colour)
            for line in word.lines(self.room, scale):
                top -= size * LEADING
                self._draw_line(line, top + size * (LEADING - 1))
        return top - word.gap * scale * self.air

    def _draw_line(self, line: str, y: float) -> None:
        if self.is_centred:
            self.canvas.drawCentredString((self.left + self.right) / 2, y, line)
        else:
            self.canvas.drawString(self.left, y, line)

    def _draw_rule(self, y: float) -> None:
        long = 26 * mm
        left = (self.left + self.right - long) / 2 if self.is_centred else self.left
        self.canvas.setFillColor(self.accent)
        self.canvas.rect(left, y, long, 0.9 * mm, stroke=0, fill=1)

    def _draw_emblem(self) -> float:
        """How much of the top the emblem takes."""
        if not self.layout.emblem:
            return 0.0
        picture = _picture(self.layout.emblem)
        high, wide = _fit(picture, 60 * mm, 20 * mm)
        left = (self.left + self.right - wide) / 2 if self.is_centred else self.left
        self._draw_picture(picture, self.layout.emblem_alt, left, self.top - high, wide, high)
        return high + 5 * mm

    def _draw_signer(self) -> None:
        """Who signs, on the left of the foot: a line, the hand above it, the name under it."""
        snapshot, canvas, room = self.snapshot, self.canvas, self._column()
        line = self.foot + 15 * mm
        if self.layout.seal:
            picture = _picture(self.layout.seal)
            side = (30 if self.width > self.height else 24) * mm
            high, wide = _fit(picture, side, side)
            self._draw_picture(
                picture, self.layout.seal_alt, self.left + room - wide, line - 5 * mm, wide, high
            )
        if self.layout.signature:
            picture = _picture(self.layout.signature)
            high, wide = _fit(picture, 42 * mm, 16 * mm)
            self._draw_picture(
                picture, self.layout.signature_alt, self.left, line - 1 * mm, wide, high
            )
        if not snapshot.signer_name:
            return
        canvas.setStrokeColor(QUIET)
        canvas.setLineWidth(0.5)
        canvas.line(self.left, line, self.left + min(room, 62 * mm), line)
        self._draw_column(
            self.left, line - 5 * mm, snapshot.signer_name, [snapshot.signer_position], room
        )

    def _draw_register(self) -> None:
        """The number in the register, the day and the region, in the middle of the foot."""
        snapshot = self.snapshot
        self._draw_column(
            self.left + self._column() + 8 * mm,
            self.foot + 10 * mm,
            f"{snapshot.number_label} {snapshot.number}",
            [snapshot.issued_on, snapshot.region],
            self._column(),
        )

    def _column(self) -> float:
        """Width of the first two columns of the foot; the third is the QR code's."""
        return (self.room - self._qr_side() - 16 * mm) * (0.5 if self.width > self.height else 0.44)

    def _qr_side(self) -> float:
        return 31 * mm

    def _draw_column(
        self, left: float, y: float, first: str, others: Sequence[str], room: float
    ) -> None:
        canvas = self.canvas
        for name, size, colour, texts, most in (
            (self.bold, 11.0, INK, [first], 2),
            (self.regular, 9.5, QUIET, others, 3),
        ):
            for text in filter(None, texts):
                while (
                    size > 6
                    and len(lines := wrapped(text, font_name=name, size=size, room=room)) > most
                ):
                    size -= 0.5
                with canvas.content("P"):
                    canvas.setFont(name, size)
                    canvas.setFillColor(colour)
                    for line in lines:
                        canvas.drawString(left, y, line)
                        y -= size * 1.3

    def _draw_check(self) -> None:
        """The QR code with the code for typing: where everybody can check the certificate."""
        snapshot, canvas, side = self.snapshot, self.canvas, self._qr_side()
        left, bottom = self.right - side, self.foot + 1 * mm
        canvas.setFillColor(white)
        canvas.roundRect(left, bottom, side, side, 1.2 * mm, stroke=0, fill=1)
        box = (left, bottom, left + side, bottom + side)
        with canvas.content("Figure", alt=snapshot.qr_alt or snapshot.url, box=box):
            canvas.setFillColor(INK)
            draw_qr(canvas, snapshot.url, x=left, y=bottom, side=side)
        words = bottom - 4.6 * mm
        canvas.setFillColor(INK)
        with canvas.group("P"), canvas.content("Link"):
            canvas.setFont(self.bold, 10.5)
            canvas.drawRightString(self.right, words, snapshot.code)
            wide = width(snapshot.code, font_name=self.bold, size=10.5)
            canvas.linkURL(snapshot.url, (self.right - wide, words - 3, self.right, words + 9))
        with canvas.content("P"):
            wide = width(snapshot.check_label, font_name=self.regular, size=8)
            canvas.setFont(self.regular, 8 * max(0.6, min(1.0, self._column() / max(wide, 1))))
            canvas.setFillColor(QUIET)
            canvas.drawRightString(self.right, bottom - 8.6 * mm, snapshot.check_label)

    def _draw_picture(
        self, picture: ImageReader, alt: str, left: float, bottom: float, wide: float, high: float
    ) -> None:
        box = (left, bottom, left + wide, bottom + high)
        with self.canvas.content("Figure", alt=alt, box=box) if alt else nullcontext():
            self.canvas.drawImage(picture, left, bottom, wide, high, mask="auto")


def _draw_mark(canvas: TaggedCanvas, x: float, y: float) -> None:
    """Two speech bubbles, one shelters the other: the mark of the platform, white on the band."""
    canvas.saveState()
    canvas.setFillColor(white)
    canvas.setFillAlpha(0.45)
    canvas.roundRect(x - 4 * mm, y + 1.5 * mm, 7 * mm, 5.5 * mm, 1.6 * mm, stroke=0, fill=1)
    canvas.setFillAlpha(1)
    canvas.roundRect(x - 1 * mm, y - 2 * mm, 7 * mm, 5.5 * mm, 1.6 * mm, stroke=0, fill=1)
    canvas.restoreState()


def _mixed(colour: str, ground: str, share: float) -> Color:
    """So much of the colour in the ground, without transparency."""
    one, other = HexColor(colour), HexColor(ground)
    return Color(
        *(
            getattr(one, part) * share + getattr(other, part) * (1 - share)
            for part in ("red", "green", "blue")
        )
    )


def _fit(picture: ImageReader, wide: float, high: float) -> tuple[float, float]:
    """Height and width of the picture inside of a box."""
    pixels_wide, pixels_high = picture.getSize()
    scale = min(wide / pixels_wide, high / pixels_high)
    return pixels_high * scale, pixels_wide * scale


@lru_cache(maxsize=32)
def _picture(data: bytes) -> ImageReader:
    """A template's picture, decoded once a process and no larger than print needs."""
    image = Image.open(io.BytesIO(data))
    image.thumbnail((MOST_PIXELS_A_SIDE, MOST_PIXELS_A_SIDE))
    return ImageReader(image if image.mode in ("L", "RGB", "RGBA") else image.convert("RGBA"))
