"""Drawing a certificate: a pure function from its snapshot to the bytes of a PDF."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from lms.pdf.fonts import check_glyphs, fitting_size, font, wrapped
from lms.pdf.qr import draw_qr

WIDTH, HEIGHT = landscape(A4)
CENTRE = WIDTH / 2
INK, QUIET = HexColor("#1d2b2a"), HexColor("#52615f")
PRIMARY, ACCENT, GROUND = HexColor("#0f5c5c"), HexColor("#d98872"), HexColor("#fbf8f3")
TEXT_ROOM = WIDTH - 90 * mm


@dataclass(frozen=True)
class Fonts:
    """TrueType files of the two weights."""

    regular: Path
    bold: Path


@dataclass(frozen=True)
class Snapshot:
    """Every fact that a certificate prints, as words ready to be read."""

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


def check_text(snapshot: Snapshot, fonts: Fonts) -> None:
    """Raises ``lms.pdf.fonts.MissingGlyphs`` when the font lacks a character of the snapshot."""
    printed = "".join(str(value) for value in vars(snapshot).values())
    for path in (fonts.regular, fonts.bold):
        check_glyphs(printed, font_name=font(path))


def render(snapshot: Snapshot, fonts: Fonts) -> bytes:
    """The certificate as an A4 landscape PDF; the same snapshot gives the same bytes.

    Raises ``lms.pdf.fonts.MissingGlyphs``.
    """
    check_text(snapshot, fonts)
    regular, bold = font(fonts.regular), font(fonts.bold)
    buffer = io.BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(WIDTH, HEIGHT),
        invariant=True,
        pageCompression=1,
        initialFontName=regular,  # otherwise ReportLab refers to a font that it does not embed
        lang="ru-RU",
        pdfVersion=(1, 7),
    )
    canvas.setTitle(f"{snapshot.heading}: {snapshot.name}")
    canvas.setAuthor(snapshot.issuer)
    canvas.setSubject(snapshot.course)
    _draw_frame(canvas)
    _draw_words(canvas, snapshot, regular, bold)
    _draw_foot(canvas, snapshot, regular, bold)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_frame(canvas: Canvas) -> None:
    canvas.setFillColor(GROUND)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(PRIMARY)
    canvas.rect(0, 0, 16 * mm, HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(ACCENT)
    canvas.rect(16 * mm, 0, 1.6 * mm, HEIGHT, stroke=0, fill=1)
    canvas.setStrokeColor(PRIMARY)
    canvas.setLineWidth(0.8)
    canvas.roundRect(25 * mm, 9 * mm, WIDTH - 34 * mm, HEIGHT - 18 * mm, 5 * mm)
    _draw_mark(canvas, 8 * mm, HEIGHT - 22 * mm)


def _draw_mark(canvas: Canvas, x: float, y: float) -> None:
    """Two speech bubbles, one shelters the other: the mark of the platform, white on the band."""
    canvas.saveState()
    canvas.setFillColor(white)
    canvas.setFillAlpha(0.45)
    canvas.roundRect(x - 5 * mm, y + 1.5 * mm, 7 * mm, 5.5 * mm, 1.6 * mm, stroke=0, fill=1)
    canvas.setFillAlpha(1)
    canvas.roundRect(x - 2 * mm, y - 2 * mm, 7 * mm, 5.5 * mm, 1.6 * mm, stroke=0, fill=1)
    canvas.restoreState()


def _draw_words(canvas: Canvas, snapshot: Snapshot, regular: str, bold: str) -> None:
    centre = CENTRE + 8 * mm
    top = HEIGHT - 27 * mm

    def paragraph(
        text: str, *, name: str, largest: float, lines: int, colour: Color, gap: float
    ) -> None:
        nonlocal top
        size = fitting_size(
            text, font_name=name, largest=largest, smallest=7, room=TEXT_ROOM, lines=lines
        )
        canvas.setFont(name, size)
        canvas.setFillColor(colour)
        for line in wrapped(text, font_name=name, size=size, room=TEXT_ROOM):
            top -= size * 1.25
            canvas.drawCentredString(centre, top, line)
        top -= gap

    paragraph(snapshot.issuer, name=regular, largest=12, lines=2, colour=QUIET, gap=8 * mm)
    paragraph(snapshot.heading, name=bold, largest=34, lines=1, colour=PRIMARY, gap=11 * mm)
    canvas.setFillColor(ACCENT)
    canvas.rect(centre - 12 * mm, top + 3 * mm, 24 * mm, 0.9 * mm, stroke=0, fill=1)
    paragraph(snapshot.name, name=bold, largest=27, lines=2, colour=INK, gap=8 * mm)
    paragraph(snapshot.body, name=regular, largest=14, lines=3, colour=INK, gap=5 * mm)
    paragraph(f"«{snapshot.course}»", name=bold, largest=19, lines=2, colour=INK, gap=6 * mm)
    paragraph(snapshot.facts, name=regular, largest=13, lines=2, colour=QUIET, gap=0)


def _draw_foot(canvas: Canvas, snapshot: Snapshot, regular: str, bold: str) -> None:
    left, base = 36 * mm, 19 * mm
    canvas.setFillColor(INK)
    canvas.setFont(bold, 12)
    canvas.drawString(left, base + 12 * mm, snapshot.signer_name)
    canvas.setFillColor(QUIET)
    canvas.setFont(regular, 10)
    for number, line in enumerate(
        wrapped(snapshot.signer_position, font_name=regular, size=10, room=70 * mm)[:2]
    ):
        canvas.drawString(left, base + 7 * mm - number * 12, line)
    middle = CENTRE + 8 * mm
    canvas.setFillColor(INK)
    canvas.setFont(bold, 12)
    canvas.drawCentredString(middle, base + 12 * mm, f"{snapshot.number_label} {snapshot.number}")
    canvas.setFillColor(QUIET)
    canvas.setFont(regular, 10)
    canvas.drawCentredString(middle, base + 7 * mm, snapshot.issued_on)
    side = 32 * mm
    right = WIDTH - 14 * mm - side
    canvas.setFillColor(white)
    canvas.rect(right, base - 5 * mm, side, side, stroke=0, fill=1)
    canvas.setFillColor(INK)
    draw_qr(canvas, snapshot.url, x=right, y=base - 5 * mm, side=side)
    canvas.setFont(bold, 10)
    canvas.drawRightString(right - 3 * mm, base + 12 * mm, snapshot.code)
    canvas.setFillColor(QUIET)
    canvas.setFont(regular, 8)
    canvas.drawRightString(right - 3 * mm, base + 7 * mm, snapshot.check_label)
