"""A report as files: PDF to read and to file, CSV and XLSX to go on with the numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from lms.insights.reports.sections import Cell, Change, Section, Share, Table
from lms.insights.reports.wording import cell
from lms.insights.sheet import safe
from lms.pdf import pieces
from lms.pdf.document import render_document

Value = str | int | float | None


def values_of(sections: Sequence[Section]) -> Iterator[list[Value]]:
    """Section, row, figure, value: one number a row, intervals as two."""
    yield [_("Section"), _("Row"), _("Figure"), _("Value")]
    for section in sections:
        for table in section.tables:
            for label, *cells in table.rows:
                for figure, value in zip(table.header[1:], cells, strict=True):
                    for name, number in _numbers(figure, value, table.digits):
                        yield [section.title, str(label), name, number]


def _numbers(figure: str, value: Cell, digits: int) -> Iterator[tuple[str, Value]]:
    if isinstance(value, tuple):
        ends = (_("%(figure)s, lower end"), _("%(figure)s, upper end"))
        for words, end in zip(ends, value, strict=True):
            yield words % {"figure": figure}, round(end, digits)
    elif isinstance(value, Change):
        yield figure, round(value.value, value.digits)
    elif isinstance(value, Share):
        yield figure, round(value.value, 3)
    elif isinstance(value, float):
        yield figure, round(value, digits)
    else:
        yield figure, value


def csv_of(sections: Sequence[Section], *, heading: str) -> str:
    """CSV as spreadsheets in Russia open it: semicolons, a byte order mark, decimal commas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([safe(heading)])
    for row in values_of(sections):
        writer.writerow([_csv_cell(value) for value in row])
    return "\ufeff" + out.getvalue()


def _csv_cell(value: Value) -> str:
    """A decimal comma and a plain minus, so that a spreadsheet takes it for a number."""
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return safe(value)


def xlsx_of(sections: Sequence[Section], *, heading: str) -> bytes:
    """The same rows in a workbook; numbers are numbers, what is hidden is an empty cell."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Report")
    sheet.append([safe(heading)])
    for row in values_of(sections):
        sheet.append([safe(value) if isinstance(value, str) else value for value in row])
    for line in (1, 2):
        for place in sheet[line]:
            place.font = Font(bold=True)
    sheet.freeze_panes = "A3"
    for number, width in enumerate((34, 44, 34, 18), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf_of(
    sections: Sequence[Section], *, title: str, summary: str, facts: str, source: str
) -> bytes:
    """Tagged A4 pages: the sentences, tables and charts, in the order of the page."""
    base = settings.NPM_DIR / "@expo-google-fonts" / "golos-text"
    return render_document(
        pieces.Document(
            title=title,
            summary=summary,
            facts=facts,
            source=source,
            issuer=settings.WAGTAIL_SITE_NAME,
            pieces=[piece for section in sections for piece in _pieces(section)],
            labels=pieces.Labels(page=_("{number} of {total}")),
        ),
        regular=base / "400Regular" / "GolosText_400Regular.ttf",
        bold=base / "700Bold" / "GolosText_700Bold.ttf",
    )


def _pieces(section: Section) -> Iterator[pieces.Piece]:
    yield pieces.Heading(section.title)
    for sentence in section.sentences:
        yield pieces.Paragraph((pieces.Run(sentence),))
    for table in section.tables:
        yield _table(table)
    if section.chart:
        yield pieces.Chart(section.chart)


def _table(table: Table) -> pieces.Table:
    return pieces.Table(
        header=table.header,
        rows=tuple(tuple(cell(value, table.digits) for value in row) for row in table.rows),
        caption=table.caption,
        numeric=table.numeric,
    )
