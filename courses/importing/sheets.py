"""What goes back to whoever imports: the rows that were not accepted, and an empty sheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    "phone": gettext_lazy("Telephone"),
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
    "phone",
    "position",
    "organisation",
    "locale",
    "region",
)
"""The columns of the empty sheet, in its order."""


@dataclass(frozen=True)
class ColumnHelp:
    """What stands in a column of the sheet, for people."""

    field: str
    text: str
    example: str
    is_needed: bool = False

    @property
    def heading(self) -> str:
        return str(FIELD_LABELS[self.field])


def column_helps() -> list[ColumnHelp]:
    """Every column that is read, those of the empty sheet first, in the present language."""
    helps = [
        ColumnHelp(
            "external_id",
            _(
                "What your system calls the person, always the same. By it people are found when "
                "you import again. Not the SNILS."
            ),
            "12345",
            is_needed=True,
        ),
        ColumnHelp("family_name", _("As in the passport. Needed for new people."), "Иванова"),
        ColumnHelp("given_name", _("As in the passport. Needed for new people."), "Мария"),
        ColumnHelp("patronymic", _("Leave it empty if there is none."), "Петровна"),
        ColumnHelp(
            "email",
            _("The invitation goes here, so each person needs their own. It may be empty."),
            "ivanova@example.org",
        ),
        ColumnHelp("position", _("As on the certificate."), "Специалист по социальной работе"),
        ColumnHelp(
            "organisation",
            _("One name for one organisation; a new name is added."),
            "Центр «Забота»",
        ),
        ColumnHelp(
            "full_name",
            _("Instead of the three columns of the name: all in one, parted by spaces."),
            "Иванова Мария Петровна",
        ),
        ColumnHelp(
            "phone",
            _("One number in any usual spelling; only if those who run the course need it."),
            "8 (912) 345-67-89",
        ),
        ColumnHelp("address_as", _("How the person wishes to be greeted."), "Мария Петровна"),
        ColumnHelp("timezone", _("An IANA name; the region's when left out."), "Asia/Tomsk"),
        ColumnHelp("locale", _("The language is “ru” or “en”."), "ru"),
        ColumnHelp("region", _("Only if the file is about several regions."), "RU-TOM"),
        ColumnHelp(
            "cohort",
            _("The name or the id of the cohort, if it is not chosen for the whole file."),
            "Весна",
        ),
        ColumnHelp("role", _("Only learners are imported; may be left out."), "student"),
        ColumnHelp(
            "status",
            _("“active”, or “tobedeleted” for somebody who leaves (mode “sync” only)."),
            "active",
        ),
    ]
    places = {name: place for place, name in enumerate(TEMPLATE)}
    return sorted(helps, key=lambda one: places.get(one.field, len(places)))


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
    return _workbook({_("Rows to correct"): _table(people_import, with_cells=True)})


def _workbook(sheets: dict[str, Iterable[list[str]]]) -> bytes:
    book = Workbook(write_only=True)
    for title, table in sheets.items():
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
