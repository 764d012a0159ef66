"""Importing people in the CMS: a coordinator needs a spreadsheet, not a programmer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses.cms.menu import Place
from courses.cms.people_sheet import CONTENT_TYPE
from courses.importing import blank_sheet, imports, sheets
from courses.importing.files import UnreadableFile
from courses.importing.problems import text_of
from courses.importing.removing import removals_without_a_question
from courses.models import Cohort, ImportRow, ImportState, PeopleImport
from lms.numerals import whole_number
from lms.people.models import Region, Role, User

SOURCE = "cms"
SHOWN = 50
LISTED = 30


def imports_people(user: User) -> bool:
    return user.is_administrator or user.has_role(Role.COORDINATOR)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "XLSX or CSV with headings in the first line, up to 50,000 rows and 20 MB. You can "
            "drag it here."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.ndjson"}),
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label=gettext_lazy("Region"), empty_label=None
    )
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(),
        label=gettext_lazy("Cohort"),
        required=False,
        empty_label=gettext_lazy("Named in the file, or none yet"),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("People who are not in the file"),
        choices=[
            (PeopleImport.Mode.UPSERT.value, gettext_lazy("stay as they are")),
            (
                PeopleImport.Mode.SYNC.value,
                gettext_lazy("are withdrawn from the cohort, after your confirmation"),
            ),
        ],
        initial=PeopleImport.Mode.UPSERT.value,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = user.regions_in_care()
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        self.only_region = regions[0] if len(regions[:2]) == 1 else None
        if self.only_region:
            del self.fields["region"]
        self.fields["cohort"].queryset = (  # type: ignore[attr-defined]
            Cohort.objects.taking_people()
            .filter(regions__in=regions)
            .select_related("course")
            .distinct()
        )
        self.fields["cohort"].label_from_instance = lambda cohort: (  # type: ignore[attr-defined]
            f"{cohort.course.title}: {cohort.title}"
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["region"] = self.only_region or said.get("region")
        if said.get("mode") == PeopleImport.Mode.SYNC and not said.get("cohort"):
            self.add_error("cohort", _("Choose the cohort that people may be withdrawn from."))
        return said


class ColumnsForm(forms.Form):
    """One choice for every column of the file."""

    def __init__(self, *args: Any, people_import: PeopleImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("do not import")), *sheets.FIELD_LABELS.items()]
        pairs = zip(people_import.headings, people_import.columns, strict=True)
        for place, (heading, field) in enumerate(pairs):
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=heading or _("column %(n)d, without a heading") % {"n": place + 1},
                choices=choices,
                initial=field,
                required=False,
            )

    @property
    def chosen(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]


def _import_of(request: HttpRequest, identifier: UUID) -> PeopleImport:
    found = (
        PeopleImport.objects.visible_to(request.user)
        .filter(uuid=identifier)
        .select_related("region", "cohort__course", "job", "requested_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The form for a new file, and the imports that were."""
    if not imports_people(request.user):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            people_import = _begin(form.cleaned_data, request.user)
        except UnreadableFile as error:
            form.add_error("file", text_of(error.code, error.params))
        except imports.CohortNotOpen:
            form.add_error("cohort", text_of("cohort-not-open", {}))
        else:
            return redirect("cms_import_columns", people_import.uuid)
    past = PeopleImport.objects.visible_to(request.user).select_related("cohort", "region")
    context = {
        "form": form,
        "past": past[:LISTED],
        "heading": _("Importing people"),
        "column_helps": sheets.column_helps(),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "courses/cms/imports.html", context, status=status)


def _begin(said: dict[str, Any], user: User) -> PeopleImport:
    return imports.begin_import(
        file=said["file"],
        name=said["file"].name,
        source=SOURCE,
        region=said["region"],
        cohort=said["cohort"],
        mode=said["mode"],
        requested_by=user,
        asks_for_columns=True,
    )


@require_http_methods(["GET", "POST"])
def choose_columns(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Which column is what: guessed from the headings, and the person's to correct."""
    people_import = _import_of(request, identifier)
    if people_import.state != ImportState.CHOOSING:
        return redirect("cms_import", identifier)
    form = ColumnsForm(request.POST or None, people_import=people_import)
    if request.method == "POST" and form.is_valid():
        try:
            imports.choose_columns(people_import, form.chosen)
        except UnreadableFile as error:
            form.add_error(None, text_of(error.code, error.params))
        except imports.NotInThisState:
            return redirect("cms_import", identifier)
        else:
            return redirect("cms_import", identifier)
    context = {"form": form, "found": people_import, "cells": list(form)}
    context["knows_people"] = "external_id" in people_import.columns
    context["heading"] = _("What stands in which column")
    status = 422 if form.errors else 200
    return TemplateResponse(request, "courses/cms/import_columns.html", context, status=status)


@require_GET
def show(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Where the import is, what became of it, and what can be done now."""
    people_import = _import_of(request, identifier)
    if people_import.state == ImportState.CHOOSING:
        return redirect("cms_import_columns", identifier)
    page = Paginator(sheets.rejected(people_import), SHOWN).get_page(request.GET.get("page"))
    counts = people_import.counts
    job = people_import.job
    context = {
        "found": people_import,
        "counts": counts,
        "page": page,
        "rows": [(row, _shown(row.said), _what_to_do(row)) for row in page],
        "rejected": counts.get("rejected", 0),
        "accepted": people_import.rows_total - counts.get("rejected", 0),
        "to_write": counts.get("would_create", 0) + counts.get("would_update", 0),
        "problem": people_import.problem
        and text_of(people_import.problem["code"], people_import.problem["params"]),
        "percent": round(100 * job.done / job.total) if job and job.total else 0,
        "asks_for_number": people_import.state == ImportState.CHECKED
        and people_import.removals > removals_without_a_question(people_import),
        "is_encoded_strangely": people_import.encoding in ("cp1251", "utf-16"),
    }
    return TemplateResponse(request, "courses/cms/import.html", context)


def _shown(said: dict[str, str]) -> str:
    """Whom a rejected row is about, as far as it says."""
    names = [said.get(name, "") for name in ("full_name", "family_name", "given_name")]
    return " ".join(filter(None, [said.get("external_id", ""), *names]))


def _what_to_do(row: ImportRow) -> list[tuple[str, str]]:
    """The column that is wrong, if it is one, and what to do about it."""
    return [
        (str(sheets.FIELD_LABELS.get(one["field"], "")), one["message"])
        for one in sheets.explanations(row)
    ]


@require_GET
def progress(request: HttpRequest, identifier: UUID) -> JsonResponse:
    people_import = _import_of(request, identifier)
    job = people_import.job
    return JsonResponse(
        {
            "running": people_import.is_running,
            "done": job.done if job else 0,
            "total": job.total if job else 0,
        }
    )


def _step(act: Callable[[PeopleImport, HttpRequest], None]) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: HttpRequest, identifier: UUID) -> HttpResponse:
        people_import = _import_of(request, identifier)
        try:
            act(people_import, request)
        except imports.NotInThisState:
            messages.warning(request, _("This has been done already. Here is how it is now."))
        except imports.RemovalsNotConfirmed as error:
            messages.error(
                request,
                _("To confirm, write how many people will be withdrawn: %(n)d.")
                % {"n": error.removals},
            )
        except imports.TooLateToUndo:
            messages.error(request, _("An import can be undone for seven days."))
        return redirect("cms_import", identifier)

    return view


def _confirm(people_import: PeopleImport, request: HttpRequest) -> None:
    said = whole_number(request.POST.get("removals", "").strip(), most_digits=6)
    imports.confirm(people_import, removals=said)


def _cancel(people_import: PeopleImport, request: HttpRequest) -> None:
    imports.cancel(people_import)


def _undo(people_import: PeopleImport, request: HttpRequest) -> None:
    imports.undo(people_import)


@require_GET
def errors(request: HttpRequest, identifier: UUID) -> HttpResponse:
    return _sheet(sheets.errors_xlsx(_import_of(request, identifier)), "errors.xlsx")


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    if not imports_people(request.user):
        raise PermissionDenied
    return _sheet(blank_sheet.template_xlsx(), "people.xlsx")


@require_GET
def template_csv(request: HttpRequest) -> HttpResponse:
    if not imports_people(request.user):
        raise PermissionDenied
    return HttpResponse(
        blank_sheet.template_csv(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="people.csv"'},
    )


def _sheet(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)


@hooks.register("register_admin_urls")
def import_addresses() -> list:
    return [
        path("imports/", start, name="cms_imports"),
        path("imports/template.xlsx", template, name="cms_import_template"),
        path("imports/template.csv", template_csv, name="cms_import_template_csv"),
        path("imports/<uuid:identifier>/", show, name="cms_import"),
        path("imports/<uuid:identifier>/columns/", choose_columns, name="cms_import_columns"),
        path("imports/<uuid:identifier>/progress/", progress, name="cms_import_progress"),
        path("imports/<uuid:identifier>/errors.xlsx", errors, name="cms_import_errors"),
        path("imports/<uuid:identifier>/confirm/", _step(_confirm), name="cms_import_confirm"),
        path("imports/<uuid:identifier>/cancel/", _step(_cancel), name="cms_import_cancel"),
        path("imports/<uuid:identifier>/undo/", _step(_undo), name="cms_import_undo"),
    ]


class ImportsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return imports_people(request.user)


@hooks.register("register_admin_menu_item")
def imports_item() -> MenuItem:
    return ImportsItem(
        gettext_lazy("Importing people"),
        reverse("cms_imports"),
        name="imports",
        icon_name="upload",
        order=Place.IMPORTS,
    )
