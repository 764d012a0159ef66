"""The figures as a sheet: the same numbers as on the page, one a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from lms.insights.figures import Figures

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
Value = str | int | float | None


def two_decimals(value: float) -> str:
    """Rounded as on the page; ``number_format`` alone would cut the digits off."""
    return number_format(round(value, 2) + 0.0, 2)  # no minus before a zero


def safe(value: Value) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection). Numbers stay."""
    if value is None:
        return _("hidden")
    if isinstance(value, float):
        return two_decimals(value)
    text = str(value)
    is_number = isinstance(value, int)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not is_number else text


def csv_of(figures: Figures, *, funnel: list[tuple[str, str]]) -> str:
    """CSV as spreadsheets in Russia open it: semicolons, a byte order mark, decimal commas.

    funnel: name in ``figures.shown`` and label of each stage.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    for row in _rows(figures, funnel):
        writer.writerow([safe(value) for value in row])
    return "\ufeff" + out.getvalue()


def _rows(figures: Figures, funnel: list[tuple[str, str]]) -> Iterator[list[Value]]:
    if figures.course.is_synthetic:
        yield [_("Synthetic data")]
    yield [_("Section"), _("Row"), _("Figure"), _("Value")]
    title = figures.course.title
    for name, label in funnel:
        yield [title, "", label, figures.shown[name]]
    yield [title, "", _("Both questionnaires"), figures.shown["answered_twice"]]
    yield [title, "", _("Days to completion"), figures.median_days]
    for region in figures.regions:
        name = region.name or _("Without a region")
        counts = region.counts
        yield [_("Regions"), name, _("Enrolled"), counts and counts.invited]
        yield [_("Regions"), name, _("Completed the programme"), counts and counts.completed]
        yield [_("Regions"), name, _("Share, per cent"), region.completed_percent]
        yield [_("Regions"), name, _("Certificates"), counts and counts.certified]
