"""The report of gains: as a page, as a PDF, as sheets. The same sections everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.models import Course
from lms.insights.drawn import drawn
from lms.insights.filters import CourseFilter, ReportFilters
from lms.insights.reports.files import csv_of, pdf_of, xlsx_of
from lms.insights.reports.presenting import sections_of
from lms.insights.reports.presenting_items import item_sections
from lms.insights.reports.sections import Section
from lms.insights.reports.stamp import Stamp, stamp_of
from lms.insights.reports.taking import current_snapshot, reports_in
from lms.insights.reports.wording import day
from lms.insights.satisfaction import satisfaction_section, words_section
from lms.insights.scope import courses_with_items, rated_cohorts, sees_items, sees_reports
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
        "sections": [drawn(section) for section in shown.sections] if shown else [],
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


@require_safe
@login_required
def items(request: HttpRequest) -> HttpResponse:
    """How the questions of a programme work, for those who teach in it or write them."""
    user = request.user
    courses = courses_with_items(user)
    if not sees_items(user):
        raise PermissionDenied
    filters = CourseFilter(request.GET, courses=courses)
    context: dict[str, Any] = {"filters": filters}
    if filters.has_choice and filters.is_valid():
        course = filters.cleaned_data["course"]
        rated = rated_cohorts(user, course)
        context["reactions"] = [
            drawn(section) for section in (satisfaction_section(rated), words_section(rated))
        ]
        snapshot = current_snapshot(course)
        found = reports_in(snapshot) if snapshot is not None else None
        if snapshot is not None and found is None:
            context["why_not"] = _cannot_be_read()
        if snapshot is not None and found is not None:
            sections = item_sections(found, stamp=stamp_of(snapshot))
            context["sections"] = [drawn(section) for section in sections]
            context["taken_at"] = snapshot.taken_at
            context["is_synthetic"] = snapshot.course.is_synthetic
    is_wrong = filters.has_choice and not filters.is_valid()
    return render(request, "insights/items.html", context, status=422 if is_wrong else 200)


def _cannot_be_read() -> str:
    return _("The last report was made by an earlier version of the programme code and cannot be "
             "shown. A new one follows when enough people have answered: until then the two could "
             "be subtracted from each other.")  # fmt: skip


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
    if found is None:
        return filters, None, _cannot_be_read()
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
