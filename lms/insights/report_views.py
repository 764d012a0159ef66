"""The report of gains: as a page, as a PDF, as sheets. The same sections everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.models import Course
from lms.insights.filters import ReportFilters
from lms.insights.reports.files import csv_of, pdf_of, xlsx_of
from lms.insights.reports.presenting import sections_of
from lms.insights.reports.sections import Section, Table
from lms.insights.reports.stamp import Stamp, stamp_of
from lms.insights.reports.taking import current_snapshot, reports_in
from lms.insights.reports.wording import cell, day
from lms.insights.scope import sees_reports
from lms.people.models import Region

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Shown:
    """One report for one reader. ``region`` is None for the whole programme."""

    course: Course
    region: Region | None
    stamp: Stamp
    sections: list[Section]

    @property
    def heading(self) -> str:
        name = self.region.name if self.region else _("the whole programme")
        return f"{self.course.title}: {name}"

    @property
    def facts(self) -> str:
        return _("Frozen on %(day)s.") % {"day": day(self.stamp.taken_at)}


@require_safe
@login_required
def report(request: HttpRequest) -> HttpResponse:
    filters, shown, why_not = _asked(request)
    context = {
        "filters": filters,
        "shown": shown,
        "why_not": why_not,
        "sections": [_drawn(section) for section in shown.sections] if shown else [],
        "query": request.GET.urlencode(),
    }
    is_wrong = filters.has_choice and not filters.is_valid()
    return render(request, "insights/report.html", context, status=422 if is_wrong else 200)


@require_safe
@login_required
def report_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The report as pdf, csv or xlsx."""
    _filters, shown, _why_not = _asked(request)
    if shown is None:
        raise Http404
    if kind == "csv":
        content: bytes | str = csv_of(shown.sections, heading=_file_heading(shown))
        content_type = "text/csv; charset=utf-8"
    elif kind == "xlsx":
        content = xlsx_of(shown.sections, heading=_file_heading(shown))
        content_type = XLSX
    else:
        content = pdf_of(
            shown.sections,
            title=shown.heading,
            summary=_("Synthetic data") if shown.stamp.is_synthetic else "",
            facts=shown.facts,
            source=request.build_absolute_uri(
                f"{reverse('insights:report')}?{request.GET.urlencode()}"
            ),
        )
        content_type = "application/pdf"
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="report.{kind}"'},
    )


def _file_heading(shown: Shown) -> str:
    parts = [shown.heading, shown.facts, shown.stamp.method, shown.stamp.data_hash]
    if shown.stamp.is_synthetic:
        parts.insert(0, _("Synthetic data"))
    return " · ".join(parts)


def _asked(request: HttpRequest) -> tuple[ReportFilters, Shown | None, str]:
    """The filters, and the report or why there is none."""
    user = request.user
    if not sees_reports(user):
        raise PermissionDenied
    filters = ReportFilters(request.GET, user=user)
    if not filters.has_choice or not filters.is_valid():
        return filters, None, ""
    course, region = filters.cleaned_data["course"], filters.cleaned_data["region"]
    snapshot = current_snapshot(course)
    if snapshot is None:
        return filters, None, _("Nobody has answered a questionnaire of this programme yet.")
    found = reports_in(snapshot)
    chosen = found.programme if region is None else found.regions.get(region.pk)
    if chosen is None:
        return (
            filters,
            None,
            _("Fewer than 10 people of this region answered twice and agreed that their answers "
              "count: no report can be shown without telling of single people."),
        )  # fmt: skip
    stamp = stamp_of(snapshot)
    sections = sections_of(chosen, stamp=stamp, names=found.names)
    return filters, Shown(course, region, stamp, sections), ""


@dataclass(frozen=True)
class DrawnTable:
    """Cells in words; beside each whether it stands in a column of numbers."""

    caption: str
    header: list[tuple[str, bool]]
    rows: list[tuple[str, list[tuple[str, bool]]]]

    @property
    def is_narrow(self) -> bool:
        """Fits into the width of a phone."""
        return len(self.header) <= 3


def _drawn(section: Section) -> dict[str, Any]:
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
                (cell(value, table.digits), column in table.numeric)
                for column, value in enumerate(row[1:], start=1)
            ],
        )
        for row in table.rows
    ]
    header = [(words, column in table.numeric) for column, words in enumerate(table.header)]
    return DrawnTable(table.caption, header, rows)
