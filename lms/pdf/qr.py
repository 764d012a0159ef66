"""QR codes as one filled path: small, sharp at any size, quick to draw."""

from __future__ import annotations

import segno
from reportlab.pdfgen.canvas import Canvas

QUIET_MODULES = 4
"""The light border that ISO/IEC 18004 asks for, in modules."""


def draw_qr(canvas: Canvas, text: str, *, x: float, y: float, side: float) -> None:
    """Draw ``text`` as a QR code (error level M) into a square of ``side`` points at x, y.

    The quiet zone is part of the square. The mask is fixed, so that the same text always gives
    the same drawing without trying all eight.
    """
    rows = segno.make(text, error="m", mask=2, micro=False).matrix
    module = side / (len(rows) + 2 * QUIET_MODULES)
    canvas.addLiteral(
        f"q {module:.5f} 0 0 {module:.5f} {x + QUIET_MODULES * module:.3f} "
        f"{y + QUIET_MODULES * module:.3f} cm {qr_path(rows)} f Q"
    )


def qr_path(rows: tuple[bytearray, ...]) -> str:
    """The dark modules as rectangles of a PDF path, one a run, a module being 1 × 1."""
    path = []
    for height, row in enumerate(reversed(rows)):
        start = None
        for column, is_dark in enumerate((*row, 0)):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                path.append(f"{start} {height} {column - start} 1 re")
                start = None
    return " ".join(path)
