"""Sections as the template takes them: cells in words, each with the class it is drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe

from lms.insights.reports.sections import Cell, Section, Share, Table
from lms.insights.reports.wording import cell

MOST_STACKED = 20


@dataclass(frozen=True)
class DrawnTable:
    """Cells in words; beside each the class that it is drawn with and the head of its column."""

    caption: str
    header: list[tuple[str, bool]]
    rows: list[tuple[str, list[tuple[str, str, str]]]]

    @property
    def is_narrow(self) -> bool:
        """Fits into the width of a phone."""
        return len(self.header) <= 3

    @property
    def is_stacked(self) -> bool:
        """On a phone a row is read from top to bottom; long tables and maps move sideways."""
        is_map = any(
            css.startswith("number heat") for _name, cells in self.rows for _w, css, _h in cells
        )
        return not (self.is_narrow or is_map) and len(self.rows) <= MOST_STACKED


def drawn(section: Section) -> dict[str, Any]:
    """A section as the template takes it."""
    return {
        "key": section.key,
        "title": section.title,
        "sentences": section.sentences,
        "tables": [_drawn_table(table) for table in section.tables],
        "chart": mark_safe(section.chart),  # noqa: S308  the chart escapes its texts
    }


def _drawn_table(table: Table) -> DrawnTable:
    rows = [
        (
            cell(row[0], table.digits),
            [
                (
                    cell(value, table.digits),
                    _css(value, column in table.numeric),
                    table.header[column],
                )
                for column, value in enumerate(row[1:], start=1)
            ],
        )
        for row in table.rows
    ]
    header = [(words, column in table.numeric) for column, words in enumerate(table.header)]
    return DrawnTable(table.caption, header, rows)


def _css(value: Cell, is_number: bool) -> str:
    if isinstance(value, Share):
        return f"number heat heat--{value.shade}"
    return "number" if is_number else ""
