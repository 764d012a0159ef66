"""Numbers and dates as a reader of a report meets them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from lms.insights.reports.sections import Cell, Change, Range

MINUS = "−"


def decimal(value: float, digits: int = 1) -> str:
    """Rounded, with the comma or point of the language and a true minus."""
    text = number_format(abs(round(value, digits)), digits, force_grouping=False)
    return f"{MINUS}{text}" if round(value, digits) < 0 else text


def signed(value: float, digits: int = 1) -> str:
    """A change: with its sign, unless it is zero."""
    return f"+{decimal(value, digits)}" if round(value, digits) > 0 else decimal(value, digits)


def span(interval: Range, digits: int = 1) -> str:
    return _("from %(low)s to %(high)s") % {
        "low": decimal(interval[0], digits),
        "high": decimal(interval[1], digits),
    }


def percent(share: float) -> str:
    return _("%(number)s%%") % {"number": number_format(round(100 * share))}


def count(number: int) -> str:
    return number_format(number, 0, use_l10n=True, force_grouping=True)


def day(moment: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(moment)), "j E Y")


def cell(value: Cell, digits: int) -> str:
    """A cell of a table in words."""
    if value is None:
        return "—"
    if isinstance(value, Change):
        return signed(value.value, value.digits)
    if isinstance(value, tuple):
        return span(value, digits)
    if isinstance(value, float):
        return decimal(value, digits)
    return count(value) if isinstance(value, int) else value
