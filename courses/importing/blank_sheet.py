"""The empty sheet of people: headings, what each cell takes, and an explanation beside it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from courses.cms.people_sheet import harmless
from courses.importing.files import MAX_ROWS
from courses.importing.rows import LIMITS
from courses.importing.sheets import FIELD_LABELS, TEMPLATE, ColumnHelp, column_helps
from lms.people.models import Region

TEXT = "@"
"""The format of cells that keeps “0102” from becoming 102."""
LAST_ROW = MAX_ROWS + 1
_WIDTHS = {"email": 30, "position": 34, "organisation": 34, "locale": 8, "region": 14}
_EMAIL = 'AND(LEN({cell})<={limit},ISNUMBER(SEARCH("?*@?*.?*",{cell})))'


def template_xlsx() -> bytes:
    """The sheet to fill in, what stands in each column, and the codes of regions."""
    book = Workbook()
    regions = list(Region.objects.filter(is_sandbox=False).order_by("code"))
    people = book.active
    assert isinstance(people, Worksheet)
    people.title = _("People")
    helps = {one.field: one for one in column_helps()}
    _fill(people, [_headings()], widths=[_WIDTHS.get(name, 20) for name in TEMPLATE])
    _fill(book.create_sheet(_("Columns")), _explanations(helps.values()), widths=[22, 70, 34, 12])
    codes = book.create_sheet(_("Regions"))
    rows = [[region.code, region.name] for region in regions]
    _fill(codes, [[_("Region code"), _("Region")], *rows], widths=[14, 50])
    for place, name in enumerate(TEMPLATE, start=1):
        letter = get_column_letter(place)
        people.column_dimensions[letter].number_format = TEXT
        rule = _rule(name, cell=f"{letter}2", codes=codes, regions=len(regions))
        rule.promptTitle = helps[name].heading[:32]
        rule.prompt = helps[name].text[:255]
        rule.errorTitle = _("This does not fit")
        rule.add(f"{letter}2:{letter}{LAST_ROW}")
        people.add_data_validation(rule)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def template_csv() -> str:
    """The same headings as CSV: UTF-8 with BOM and semicolons, as spreadsheets open it."""
    text = StringIO("\ufeff")
    text.seek(0, 2)
    csv.writer(text, delimiter=";").writerow(_headings())
    return text.getvalue()


def _headings() -> list[str]:
    return [str(FIELD_LABELS[name]) for name in TEMPLATE]


def _explanations(helps: Iterable[ColumnHelp]) -> list[list[str]]:
    headings = [_("Column"), _("What to write"), _("For example"), _("Needed")]
    rows = [
        [one.heading, one.text, one.example, _("always") if one.is_needed else ""] for one in helps
    ]
    return [headings, *rows]


def _fill(sheet: Worksheet, table: list[list[str]], *, widths: list[int]) -> None:
    """Write the table as text; its first row stays in sight and stands out."""
    for row in table:
        sheet.append([harmless(text) for text in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9EAEA")
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format = TEXT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"


def _rule(name: str, *, cell: str, codes: Worksheet, regions: int) -> DataValidation:
    """What the cells of a column take.

    An address is only hinted at, since there are stranger ones than the rule knows.
    """
    if name == "locale":
        listed = ",".join(code for code, _name in settings.LANGUAGES)
        return _closed(f'"{listed}"', _("Choose one from the list."))
    if name == "region" and regions:
        place = f"'{codes.title}'!$A$2:$A${regions + 1}"
        return _closed(place, _("Choose a code from the sheet “Regions”."))
    limit = LIMITS[name]
    if name == "email":
        rule = DataValidation("custom", formula1=_EMAIL.format(cell=cell, limit=limit))
        rule.errorStyle = "warning"
        rule.error = _("This does not look like an e-mail address: name@example.org.")
    else:
        rule = DataValidation("textLength", operator="lessThanOrEqual", formula1=str(limit))
        rule.error = _("Up to %(limit)d characters.") % {"limit": limit}
    rule.allowBlank = rule.showErrorMessage = rule.showInputMessage = True
    return rule


def _closed(formula: str, error: str) -> DataValidation:
    return DataValidation(
        "list",
        formula1=formula,
        allowBlank=True,
        error=error,
        showErrorMessage=True,
        showInputMessage=True,
    )
