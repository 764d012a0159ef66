"""The people of a cohort as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from courses.cohort_progress import PersonRow
from lms.people.zones import zone_in_words

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also after it was saved as CSV."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def people_sheet(rows: Iterable[PersonRow]) -> bytes:
    """The workbook; its times are those of the active zone, which the headings name."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("People"))
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGHI", (36, 28, 40, 14, 10, 10, 22, 22, 40), strict=True):
        sheet.column_dimensions[column].width = width
    zone = zone_in_words(timezone.now())
    headings = [
        _("Person"),
        _("E-mail"),
        _("Organisation"),
        _("State"),
        _("Done"),
        _("Of"),
        _("Last completion (%(zone)s)") % {"zone": zone},
        _("Last seen (%(zone)s)") % {"zone": zone},
        _("Next step"),
    ]
    sheet.append([_text(sheet, heading) for heading in headings])
    for row in rows:
        learner = row.enrollment.learner
        sheet.append(
            [
                _text(sheet, learner.get_full_name()),
                _text(sheet, learner.email or ""),
                _text(sheet, str(learner.organisation or "")),
                _text(sheet, str(row.enrollment.get_state_display())),
                row.done,
                row.total,
                _moment(sheet, row.last_completion),
                _moment(sheet, row.last_seen),
                _text(sheet, row.step),
            ]
        )
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _text(sheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=harmless(text))
    cell.data_type = "s"
    return cell


def _moment(sheet, moment: datetime | None) -> WriteOnlyCell:
    """Spreadsheets know no zones: the wall clock of the active one."""
    value = timezone.localtime(moment).replace(tzinfo=None, microsecond=0) if moment else None
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = "dd.mm.yyyy hh:mm"
    return cell
