"""The sheet of the federal register in the CMS: the dry run, the details, the download."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from certificates.cms.policies import ReadOnly
from certificates.frdo.columns import FUNDING
from certificates.frdo.forms import DetailsForm, SheetFilters, TrainingForm
from certificates.frdo.sheets import (
    Line,
    accept,
    documents,
    documents_of,
    keep_details,
    licensed_providers,
    lines_of,
    person_of,
    take_sheet,
)
from certificates.models import Certificate, FrdoSheet
from courses.cms.people_sheet import CONTENT_TYPE
from lms.people.models import User

ROWS_A_PAGE = 100


def may_report(user: User) -> bool:
    """Content staff: birth dates and SNILS are nothing for trainers and coordinators."""
    return ReadOnly(Certificate).user_has_permission(user, "view")


def _allowed(request: HttpRequest) -> None:
    if not may_report(request.user):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
@never_cache
def sheet_page(request: HttpRequest) -> HttpResponse:
    """GET: the dry run. POST: the workbook of the rows that are ready."""
    _allowed(request)
    filters = _filters(request)
    lines = _lines(filters)
    form = TrainingForm(request.POST if request.method == "POST" else None)
    ready = [line for line in lines if line.is_ready]
    if form.is_valid():
        if ready:
            return _workbook(request, filters, ready, form)
        messages.warning(request, _("No row is ready: nothing was taken."))
    page = Paginator(_urgent_first(lines), ROWS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "heading": _("Federal register of documents"),
        "providers": licensed_providers(),
        "filters": filters,
        "form": form,
        "funding": FUNDING,
        "page": page,
        "query": query.urlencode(),
        "ready": len(ready),
        "lacking": len(lines) - len(ready),
        "late": sum(line.is_late for line in lines),
        "sheets": _sheets(filters),
    }
    wrong = filters.errors or form.errors
    return TemplateResponse(
        request, "certificates/cms/frdo.html", context, status=422 if wrong else 200
    )


def _filters(request: HttpRequest) -> SheetFilters:
    """As asked for, the first provider unless another is; unbound where nobody has a licence."""
    first = licensed_providers().first()
    data = {"provider": first.pk, **request.GET.dict()} if first else None
    filters = SheetFilters(data)
    filters.fields["provider"].queryset = licensed_providers()
    return filters


def _lines(filters: SheetFilters) -> list[Line]:
    if not filters.is_valid():
        return []
    chosen = filters.cleaned_data
    return lines_of(documents_of(chosen["provider"], since=chosen["since"], until=chosen["until"]))


def _urgent_first(lines: list[Line]) -> list[Line]:
    """What lacks something, then what is ready; within each the oldest first, as they come."""
    return sorted(lines, key=lambda line: line.is_ready)


def _sheets(filters: SheetFilters):
    if not filters.is_valid():
        return []
    sheets = FrdoSheet.objects.filter(provider=filters.cleaned_data["provider"])
    return sheets.select_related("made_by", "accepted_by").prefetch_related("certificates")[:10]


def _workbook(
    request: HttpRequest, filters: SheetFilters, ready: list[Line], form: TrainingForm
) -> HttpResponse:
    _sheet, book = take_sheet(
        filters.cleaned_data["provider"], ready, form.training, actor=request.user
    )
    return HttpResponse(
        book,
        content_type=CONTENT_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="frdo-{timezone.localdate()}.xlsx"',
            "Cache-Control": "private, no-store",
        },
    )


@require_http_methods(["GET", "POST"])
@never_cache
def details_page(request: HttpRequest, certificate_uuid: str) -> HttpResponse:
    """What the register asks about the holder of a document that has still to be sent."""
    _allowed(request)
    certificate = get_object_or_404(documents(), uuid=certificate_uuid)
    learner = certificate.learner
    posted = request.POST if request.method == "POST" else None
    form = DetailsForm(posted, person=person_of(learner))
    if form.is_valid():
        keep_details(learner, form.person, by=request.user)
        messages.success(request, _("Saved, encrypted."))
        return redirect("cms_frdo")
    context = {
        "heading": _("Details for the register"),
        "certificate": certificate,
        "form": form,
    }
    return TemplateResponse(
        request, "certificates/cms/frdo_details.html", context, status=422 if form.errors else 200
    )


@require_POST
def accepted(request: HttpRequest, sheet_uuid: str) -> HttpResponse:
    """The register has taken the sheet; what it was asked for is erased."""
    _allowed(request)
    sheet = get_object_or_404(FrdoSheet, uuid=sheet_uuid)
    erased = accept(sheet, actor=request.user)
    messages.success(
        request,
        ngettext(
            "Noted. The details of %(n)d person were erased.",
            "Noted. The details of %(n)d people were erased.",
            erased,
        )
        % {"n": erased},
    )
    return redirect("cms_frdo")
