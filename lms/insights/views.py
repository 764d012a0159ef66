"""The results of a programme, as a page and as a sheet."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend.charts import bar_rows
from lms.insights.drawn import drawn
from lms.insights.figures import Figures, figures_of
from lms.insights.filters import ProgrammeFilters
from lms.insights.satisfaction import satisfaction_section
from lms.insights.scope import (
    enrollments_for,
    rated_cohorts,
    sees_insights,
    sees_items,
    sees_reports,
)
from lms.insights.sheet import csv_of
from lms.people.models import User


@require_safe
@login_required
def programme(request: HttpRequest) -> HttpResponse:
    """Figures of one programme within the viewer's scope; filters stand in the address."""
    filters, figures = _asked(request)
    context = {
        "filters": filters,
        "figures": figures,
        "now": timezone.now(),
        "address_of_sheet": f"programme.csv?{request.GET.urlencode()}",
    }
    if figures is not None:
        stages = funnel_stages()
        context |= {
            "funnel": [
                (label, definition, figures.shown[name], _share(figures, name))
                for name, label, definition in stages
            ],
            "funnel_chart": _funnel_chart(figures, stages),
            "sees_reports": sees_reports(request.user),
            "sections": _satisfaction(request.user, filters),
        }
    is_wrong = bool(filters.courses and filters.errors)
    return render(request, "insights/programme.html", context, status=422 if is_wrong else 200)


@require_safe
@login_required
def sheet(request: HttpRequest) -> HttpResponse:
    _filters, figures = _asked(request)
    if figures is None:
        return programme(request)
    funnel = [(name, label) for name, label, _definition in funnel_stages()]
    return HttpResponse(
        csv_of(figures, funnel=funnel),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="programme.csv"'},
    )


def _satisfaction(user: User, filters: ProgrammeFilters) -> list[dict[str, Any]]:
    """The trend of satisfaction, for content staff and trainers; meetings have no regions."""
    chosen = filters.cleaned_data
    if not sees_items(user) or chosen["region"]:
        return []
    cohorts = rated_cohorts(user, chosen["course"])
    if chosen["cohort"]:
        cohorts = cohorts.filter(pk=chosen["cohort"].pk)
    return [drawn(satisfaction_section(cohorts))]


def _asked(request: HttpRequest) -> tuple[ProgrammeFilters, Figures | None]:
    """The filters and the figures; none of these while there is nothing to choose from."""
    if not sees_insights(request.user):
        raise PermissionDenied
    enrollments = enrollments_for(request.user)
    filters = ProgrammeFilters(request.GET, enrollments=enrollments)
    if not filters.courses or not filters.is_valid():
        return filters, None
    chosen = filters.cleaned_data
    return filters, figures_of(
        enrollments, course=chosen["course"], region=chosen["region"], cohort=chosen["cohort"]
    )


def funnel_stages() -> list[tuple[str, str, str]]:
    """Stages of a programme: name of the count, label, definition."""
    return [
        ("invited", _("Enrolled"), _("Everyone who was given a place, whatever became of it.")),
        ("begun", _("Began"), _("Came in by the invitation at least once.")),
        (
            "completed",
            _("Completed the programme"),
            _("Did every required activity of the programme."),
        ),
        ("certified", _("Certificates"), _("People with a certificate that is valid now.")),
    ]


def _share(figures: Figures, name: str) -> int | None:
    part, whole = figures.shown[name], figures.shown["invited"]
    return round(100 * part / whole) if part is not None and whole else None


def _funnel_chart(figures: Figures, stages: list[tuple[str, str, str]]) -> SafeString | str:
    """The funnel as bars; only when no stage is hidden, for a gap in it could be measured."""
    numbers = [(label, figures.shown[name]) for name, label, _definition in stages]
    if any(number is None for _label, number in numbers):
        return ""
    rows = [(label, number) for label, number in numbers if number is not None]
    svg = bar_rows(
        rows,
        total=rows[0][1],
        title=_("From enrolment to certificate"),
        description=", ".join(f"{label}: {number}" for label, number in rows),
    )
    return mark_safe(svg)  # noqa: S308  the chart escapes its texts
