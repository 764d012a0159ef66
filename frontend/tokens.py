"""The tokens of ``tokens.css`` as data: their values in each scheme, and how well they contrast."""

from __future__ import annotations

import re
from collections.abc import Mapping

USUAL = ""
MORE_CONTRAST = "prefers-contrast"
"""The usual scheme for people whose system asks for more contrast."""

TEXT_PAIRS = [
    *[("ink", ground) for ground in ("ground", "surface", "surface-quiet", "focus-ground")],
    *[("ink", f"{name}-soft") for name in ("primary", "accent", "good", "warn", "bad")],
    *[("ink-quiet", ground) for ground in ("ground", "surface", "surface-quiet", "primary-soft")],
    *[("primary", ground) for ground in ("ground", "surface", "surface-quiet", "primary-soft")],
    *[("primary", f"{name}-soft") for name in ("good", "warn", "bad")],
    *[("on-primary", ground) for ground in ("primary", "primary-strong")],
    ("primary-strong", "primary-soft"),
    ("good", "good-soft"),
    *[("bad", ground) for ground in ("ground", "surface", "bad-soft")],
]
"""Text and what it stands on, wherever a style sheet puts the one on the other."""

EDGE_PAIRS = [
    *[("line-strong", ground) for ground in ("ground", "surface", "surface-quiet")],
    *[("focus", ground) for ground in ("ground", "surface", "surface-quiet", "primary-soft")],
    *[("primary", ground) for ground in ("ground", "surface", "primary-soft")],
    *[(name, f"{name}-soft") for name in ("accent", "good", "warn", "bad")],
    *[("bad", ground) for ground in ("ground", "surface")],
]
"""Borders and outlines without which a control or a state cannot be seen."""

_BLOCK = re.compile(
    r'(:root(?:\[data-scheme="([a-z-]+)"\]|:not\(\[data-scheme\]\))?)\s*\{([^}]*)\}'
)
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")


def schemes(style_sheet: str) -> dict[str, dict[str, str]]:
    """Scheme → token → value; a scheme has the usual value of what it does not change."""
    found: dict[str, dict[str, str]] = {USUAL: {}}
    for selector, scheme, body in _BLOCK.findall(style_sheet):
        name = MORE_CONTRAST if ":not(" in selector else scheme
        values = {token: " ".join(value.split()) for token, value in _TOKEN.findall(body)}
        found[name] = {**found[USUAL], **found.get(name, {}), **values}
    return found


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2 for two ``#rrggbb`` colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def needed(scheme: str, *, is_text: bool) -> float:
    """The least ratio that a pair of this scheme may have."""
    if scheme in (USUAL, MORE_CONTRAST):
        return 4.5 if is_text else 3
    return 7


def measured(
    tokens: Mapping[str, str], pairs: list[tuple[str, str]]
) -> list[tuple[str, str, float]]:
    """Each pair with its ratio, rounded down: 4.496 must not read as 4.5."""
    return [
        (front, back, int(contrast(tokens[front], tokens[back]) * 100) / 100)
        for front, back in pairs
    ]


def _luminance(colour: str) -> float:
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise ValueError(f"“{colour}” is not a colour like #0f5c5c.")
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
