"""The register's page and its spreadsheet, for regions and trainers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.register import (
    ROWS_A_PAGE,
    RegisterFilters,
    reads_register,
    register_for,
    register_sheet,
)
from courses.cms.people_sheet import CONTENT_TYPE
from lms.people.showing import note_shown


def _asked(request: HttpRequest) -> RegisterFilters:
    if not reads_register(request.user):
        raise PermissionDenied
    return RegisterFilters(request.GET, rows=register_for(request.user))


@login_required
@require_safe
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    filters = _asked(request)
    page = Paginator(filters.found(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    note_shown(request, [certificate.learner_id for certificate in page])
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": filters, "page": page, "query": query.urlencode()}
    return render(
        request, "certificates/register.html", context, status=422 if filters.errors else 200
    )


@login_required
@require_safe
def register_xlsx(request: HttpRequest) -> HttpResponse:
    rows = _asked(request).found()
    note_shown(request, rows.order_by().values_list("learner", flat=True))
    name = f"certificates-{timezone.localdate():%Y-%m-%d}.xlsx"
    return HttpResponse(
        register_sheet(rows.order_by("issued_at", "pk").iterator(chunk_size=500)),
        content_type=CONTENT_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
