"""Charts as SVG, drawn on the server: pure, without Django; colours come from the style sheet.

Every chart has a title, a description and labels in words; a table with the same numbers stands
beside it on the page. No numbers are computed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10

WIDTH = 640
LEFT, RIGHT = 24, 24
ROW_HEIGHT = 92
AXIS_HEIGHT = 34

Format = Callable[[float], str]


def _one_decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def before_after_chart(
    rows: Sequence[tuple[str, float, float]],
    *,
    minimum: float,
    maximum: float,
    title: str,
    description: str,
    before_label: str,
    after_label: str,
    number: Format = _one_decimal,
    bands: Sequence[float | None] = (),
    band_label: str = "",
) -> str:
    """Dots for before and after joined by a line, one row a scale; an SVG element as text.

    rows: (label, before, after), values within minimum..maximum. bands: for each row the error on
    each side, drawn around both dots; None where it is not known. Raises ValueError for an empty
    range or a value outside it.
    """
    if not minimum < maximum:
        raise ValueError("minimum must be below maximum")
    parts = []
    for index, (label, before, after) in enumerate(rows):
        top = index * ROW_HEIGHT
        x1, x2 = (_place(value, minimum, maximum) for value in (before, after))
        y = top + 68
        parts += [
            _text(LEFT, top + 20, label, "chart__label"),
            f'<line class="chart__track" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>',
            *_bands((before, after), bands[index] if bands else None, y, minimum, maximum),
            f'<line class="chart__change" x1="{x1}" y1="{y}" x2="{x2}" y2="{y}"/>',
            f'<circle class="chart__before" cx="{x1}" cy="{y}" r="7"/>',
            f'<circle class="chart__after" cx="{x2}" cy="{y}" r="9"/>',
            *_value_labels(x1, x2, y, number(before), number(after)),
        ]
    bottom = len(rows) * ROW_HEIGHT
    legend = f"○ {before_label}   ● {after_label}"
    if any(band is not None for band in bands):
        legend += f"   {band_label}"
    parts += [
        _text(LEFT, bottom + 22, legend, "chart__legend"),
        _text(WIDTH - RIGHT, bottom + 22, f"{number(minimum)} – {number(maximum)}",
              "chart__legend", anchor="end"),
    ]  # fmt: skip
    return _svg(bottom + AXIS_HEIGHT, title, description, parts)


def _bands(
    ends: tuple[float, float], band: float | None, y: float, minimum: float, maximum: float
) -> list[str]:
    """What error leaves open around each dot, cut off at the ends of the scale."""
    if band is None:
        return []
    drawn = []
    for value in ends:
        left = _place(max(minimum, value - band), minimum, maximum)
        right = _place(min(maximum, value + band), minimum, maximum)
        drawn.append(
            f'<rect class="chart__band" x="{left}" y="{y - 13}" width="{round(right - left, 1)}"'
            ' height="26"/>'
        )
    return drawn


def _value_labels(x1: float, x2: float, y: float, before: str, after: str) -> list[str]:
    """The numbers beside their dots, on the outer sides so that near dots do not overlap them."""
    left, right = (before, after) if x1 <= x2 else (after, before)
    low, high = sorted((x1, x2))
    return [
        _text(max(low - 4, LEFT + 22), y - 14, left, "chart__value", anchor="end"),
        _text(min(high + 4, WIDTH - RIGHT - 22), y - 14, right, "chart__value", anchor="start"),
    ]


def bar_rows(
    rows: Sequence[tuple[str, int]],
    *,
    total: int,
    title: str,
    description: str,
) -> str:
    """Horizontal bars of counts as shares of ``total``; an SVG element as text.

    rows: (label, count), 0 <= count <= total. Raises ValueError outside this range.
    """
    parts = []
    room = WIDTH - LEFT - RIGHT
    for index, (label, count) in enumerate(rows):
        if not 0 <= count <= total:
            raise ValueError(f"{count} is not between 0 and {total}")
        top = index * 58
        width = round(room * count / total, 1) if total else 0
        parts += [
            _text(LEFT, top + 20, label, "chart__label"),
            _text(WIDTH - RIGHT, top + 20, str(count), "chart__value", anchor="end"),
            f'<rect class="chart__track" x="{LEFT}" y="{top + 30}" width="{room}" height="14"/>',
            f'<rect class="chart__bar" x="{LEFT}" y="{top + 30}" width="{width}" height="14"/>',
        ]
    return _svg(len(rows) * 58 + 8, title, description, parts)


def curve(counts: Sequence[int], *, first: str, last: str, title: str, description: str) -> str:
    """A count over time as a filled line; an SVG element as text.

    counts: at equal distances in time, not negative. first, last: the words under the ends.
    """
    height, bottom = 120, 140
    most = max([1, *counts])
    room = WIDTH - LEFT - RIGHT
    step = room / max(len(counts) - 1, 1)
    points = [
        f"{round(LEFT + index * step, 1)},{round(bottom - height * count / most, 1)}"
        for index, count in enumerate(counts)
    ]
    area = f"{LEFT},{bottom} {' '.join(points)} {WIDTH - RIGHT},{bottom}"
    parts = [
        f'<polygon class="chart__area" points="{area}"/>',
        f'<polyline class="chart__curve" points="{" ".join(points)}"/>',
        f'<line class="chart__axis" x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}"/>',
        _text(LEFT, bottom + 20, first, "chart__label"),
        _text(WIDTH - RIGHT, bottom + 20, last, "chart__label", anchor="end"),
        _text(LEFT, bottom - height - 6, str(most), "chart__value"),
    ]
    return _svg(bottom + 30, title, description, parts)


@dataclass(frozen=True)
class Dot:
    """A number with its interval; hollow for a second estimate of the same thing."""

    value: float
    interval: tuple[float, float] | None = None
    is_hollow: bool = False


def dot_intervals(
    rows: Sequence[tuple[str, Sequence[Dot]]],
    *,
    title: str,
    description: str,
    number: Format = _one_decimal,
    dotted: float | None = None,
    dotted_label: str = "",
    legend: str = "",
) -> str:
    """Dots with intervals on one axis that holds zero; an SVG element as text.

    rows: (label, dots of the row from top to bottom). dotted: a value for comparison in all rows.
    Raises ValueError without rows or with a number that is not finite.
    """
    values = [0.0, *([] if dotted is None else [dotted])]
    for _label, dots in rows:
        for dot in dots:
            values += [dot.value, *(dot.interval or ())]
    if not rows or not all(isfinite(value) for value in values):
        raise ValueError("there must be rows, and every number must be finite")
    low, high, step = _axis(min(values), max(values))
    parts: list[str] = []
    top = 0
    for label, dots in rows:
        parts.append(_text(LEFT, top + 20, label, "chart__label"))
        parts.append(
            _text(WIDTH - RIGHT, top + 20, number(dots[0].value), "chart__value", anchor="end")
        )
        bottom = top + 32 + len(dots) * 18
        parts.append(_mark(0.0, low, high, top + 28, bottom, "chart__zero"))
        if dotted is not None:
            parts.append(_mark(dotted, low, high, top + 28, bottom, "chart__dotted"))
        for place, dot in enumerate(dots):
            parts += _dot(dot, top + 40 + place * 18, low, high)
        top = bottom + 8
    marks = [low + step * place for place in range(round((high - low) / step) + 1)]
    parts.append(
        f'<line class="chart__axis" x1="{LEFT}" y1="{top}" x2="{WIDTH - RIGHT}" y2="{top}"/>'
    )
    for mark in marks:
        x = _place(mark, low, high)
        parts.append(_text(x, top + 22, number(mark), "chart__legend", anchor="middle"))
    notes = " ".join(filter(None, [legend, f"┊ {dotted_label}" if dotted is not None else ""]))
    if notes:
        parts.append(_text(LEFT, top + 50, notes, "chart__legend"))
    return _svg(top + (60 if notes else AXIS_HEIGHT), title, description, parts)


def _axis(least: float, most: float) -> tuple[float, float, float]:
    """Round ends around the values, and the distance between marks: four to eight of them."""
    width = max(most - least, 1e-9)
    power = 10 ** floor(log10(width / 4))
    step = next(power * factor for factor in (1, 2, 5, 10) if width / (power * factor) <= 6)
    return floor(least / step) * step, max(ceil(most / step), floor(least / step) + 1) * step, step


def _dot(dot: Dot, y: float, low: float, high: float) -> list[str]:
    x = _place(dot.value, low, high)
    css = "chart__before" if dot.is_hollow else "chart__after"
    parts = []
    if dot.interval is not None:
        x1, x2 = (_place(end, low, high) for end in dot.interval)
        parts.append(f'<line class="chart__interval" x1="{x1}" y1="{y}" x2="{x2}" y2="{y}"/>')
    return [*parts, f'<circle class="{css}" cx="{x}" cy="{y}" r="6"/>']


def _mark(value: float, low: float, high: float, top: float, bottom: float, css: str) -> str:
    x = _place(value, low, high)
    return f'<line class="{css}" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>'


def _place(value: float, minimum: float, maximum: float) -> float:
    if not minimum <= value <= maximum:
        raise ValueError(f"{value} is not between {minimum} and {maximum}")
    share = (value - minimum) / (maximum - minimum)
    return round(LEFT + 10 + share * (WIDTH - LEFT - RIGHT - 20), 1)


def _text(x: float, y: float, text: str, css: str, *, anchor: str = "start") -> str:
    return f'<text class="{css}" x="{x}" y="{y}" text-anchor="{anchor}">{_words(text)}</text>'


def _words(text: str) -> str:
    """Text as XML may hold it: without control characters and what is no character."""
    return escape(_NO_XML.sub("", text))


_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _svg(height: int, title: str, description: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{_words(title)}</title><desc>{_words(description)}</desc>"
        f"{''.join(parts)}</svg>"
    )
