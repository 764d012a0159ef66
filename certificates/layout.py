"""How a certificate looks: what a template may choose, and what it may not."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Literal

from PIL import Image, UnidentifiedImageError

MOST_PIXELS, MOST_BYTES = 25_000_000, 2_000_000
LEAST_CONTRAST = 4.5
"""Of text on its ground (WCAG 2.2, 1.4.3)."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class BadLayout(ValueError):
    """``field`` cannot be used; ``reason``: "colour", "contrast", "picture" or "size"."""

    def __init__(self, field: str, reason: str):
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True)
class Layout:
    """Colours as ``#rrggbb``; pictures as PNG or JPEG bytes, empty for none.

    A picture without alternative text is decoration for those who cannot see it.
    """

    orientation: Literal["landscape", "portrait"] = "landscape"
    border: Literal["band", "frame", "plain"] = "band"
    primary: str = "#0f5c5c"
    accent: str = "#d98872"
    ground: str = "#fbf8f3"
    emblem: bytes = b""
    signature: bytes = b""
    seal: bytes = b""
    emblem_alt: str = ""
    signature_alt: str = ""
    seal_alt: str = ""


def check_layout(layout: Layout) -> None:
    """Raises BadLayout with the first field that is wrong."""
    for field in ("primary", "accent", "ground"):
        if not _COLOUR.fullmatch(getattr(layout, field)):
            raise BadLayout(field, "colour")
    if contrast(layout.primary, layout.ground) < LEAST_CONTRAST:
        raise BadLayout("primary", "contrast")
    if contrast("#52615f", layout.ground) < LEAST_CONTRAST:  # the quiet text
        raise BadLayout("ground", "contrast")
    for field in ("emblem", "signature", "seal"):
        _check_picture(field, getattr(layout, field))


def _check_picture(field: str, data: bytes) -> None:
    if not data:
        return
    if len(data) > MOST_BYTES:
        raise BadLayout(field, "size")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadLayout(field, "size")
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadLayout(field, "picture") from error


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
