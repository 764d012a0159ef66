"""A report in words and tables: what the page, the PDF and the sheets all show."""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True)
class Change:
    """A number to be read with its sign."""

    value: float
    digits: int = 1


Cell = str | int | float | Range | Change | None
"""None: not shown, so that nobody is recognised, or not known."""


@dataclass(frozen=True)
class Table:
    """The first cell of a row names the row. ``digits``: of the numbers that are not counts."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    digits: int = 1

    @property
    def numeric(self) -> frozenset[int]:
        """Columns of numbers, from 0."""
        return frozenset(
            column
            for column in range(1, len(self.header))
            if any(_is_number(row[column]) for row in self.rows)
        )


def _is_number(value: Cell) -> bool:
    if isinstance(value, str):
        return value.rstrip("\xa0 %").isdigit()
    return value is not None


@dataclass(frozen=True)
class Section:
    """``chart``: an SVG element, or nothing."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    chart: str = ""
