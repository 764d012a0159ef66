"""Slides as a PDF, as a trainer would bring them."""

from __future__ import annotations

import io

from django.conf import settings
from reportlab.pdfgen.canvas import Canvas

from lms.pdf.fonts import font, wrapped

Slides = list[tuple[str, list[str]]]
WIDTH, HEIGHT = 960, 540
MARGIN = 80
GROUND, PRIMARY, INK = "#fbf8f3", "#0f5c5c", "#1d2b2a"


def slides_pdf(slides: Slides) -> bytes:
    """One page of 16:9 for each (heading, lines)."""
    base = settings.NPM_DIR / "@expo-google-fonts" / "golos-text"
    regular = font(base / "400Regular" / "GolosText_400Regular.ttf")
    bold = font(base / "700Bold" / "GolosText_700Bold.ttf")
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT))
    for heading, lines in slides:
        canvas.setFillColor(GROUND)
        canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
        canvas.setFillColor(PRIMARY)
        canvas.rect(0, 0, 16, HEIGHT, stroke=0, fill=1)
        y = _write(canvas, heading, bold, 44, HEIGHT - 140)
        canvas.setFillColor(INK)
        for line in lines:
            y = _write(canvas, line, regular, 30, y - 24)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _write(canvas: Canvas, text: str, name: str, size: float, y: float) -> float:
    canvas.setFont(name, size)
    for line in wrapped(text, font_name=name, size=size, room=WIDTH - 2 * MARGIN):
        canvas.drawString(MARGIN, y, line)
        y -= size * 1.3
    return y
