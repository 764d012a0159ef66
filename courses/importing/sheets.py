"""What goes back to whoever imports: the rows that were not accepted, and an empty sheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from courses.cms.people_sheet import harmless
from courses.importing.problems import text_of
from courses.models import ImportRow, PeopleImport, RowOutcome

FIELD_LABELS = {
    "external_id": gettext_lazy("Personnel number"),
    "family_name": gettext_lazy("Family name"),
    "given_name": gettext_lazy("Given name"),
    "patronymic": gettext_lazy("Patronymic"),
    "full_name": gettext_lazy("Full name"),
    "email": gettext_lazy("E-mail"),
    "position": gettext_lazy("Position"),
    "organisation": gettext_lazy("Organisation"),
    "address_as": gettext_lazy("How to address"),
    "timezone": gettext_lazy("Time zone"),
    "locale": gettext_lazy("Language"),
    "region": gettext_lazy("Region code"),
    "cohort": gettext_lazy("Cohort"),
    "role": gettext_lazy("Role"),
    "status": gettext_lazy("Status"),
}
TEMPLATE = (
    "external_id",
    "family_name",
    "given_name",
    "patronymic",
    "email",
    "position",
    "organisation",
)


def explanations(row: ImportRow) -> list[dict[str, str]]:
    """The errors of a row in words: code, field, message."""
    return [
        {
            "code": error["code"],
            "field": error["field"],
            "message": text_of(error["code"], error["params"]),
        }
        for error in row.errors
    ]


def rejected(people_import: PeopleImport) -> QuerySet[ImportRow]:
    return people_import.rows.filter(outcome=RowOutcome.REJECTED).order_by("number")


def _table(people_import: PeopleImport, *, with_cells: bool) -> Iterator[list[str]]:
    """Headings and rows, in the columns of the file, so that it can be corrected and sent again."""
    used = [name for name in people_import.columns if name] if with_cells else ["external_id"]
    yield [*(str(FIELD_LABELS[name]) for name in used), _("Line"), _("What to do")]
    for row in rejected(people_import).iterator():
        cells = [row.said.get(name, "") for name in used]
        if not with_cells:
            cells = [row.value]
        yield [*cells, str(row.number), _sentences(row)]


def _sentences(row: ImportRow) -> str:
    return " ".join(
        f"{FIELD_LABELS[one['field']]}: {one['message']}" if one["field"] else one["message"]
        for one in explanations(row)
    )


def errors_csv(people_import: PeopleImport, *, with_cells: bool = True) -> str:
    """The rejected rows for a spreadsheet: UTF-8 with BOM and semicolons, formulas defused."""
    text = StringIO("\ufeff")
    text.seek(0, 2)
    writer = csv.writer(text, delimiter=";")
    for row in _table(people_import, with_cells=with_cells):
        writer.writerow([harmless(cell) for cell in row])
    return text.getvalue()


def errors_xlsx(people_import: PeopleImport) -> bytes:
    return _workbook(_("Rows to correct"), _table(people_import, with_cells=True))


def template_xlsx() -> bytes:
    """An empty sheet with our headings."""
    return _workbook(_("People"), [[str(FIELD_LABELS[name]) for name in TEMPLATE]])


def _workbook(title: str, table: Iterable[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for letter in "ABCDEFGHIJKLMNO":
        sheet.column_dimensions[letter].width = 24
    for place, row in enumerate(table):
        sheet.append([_cell(sheet, text, is_heading=place == 0) for text in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet, text: str, *, is_heading: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=harmless(text))
    cell.data_type = "s"
    if is_heading:
        cell.font = Font(bold=True)
    return cell
