"""Questionnaires in the CMS: write, look at as a learner, test the key, make versions, exchange."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from assessments.interchange.csv_files import from_csv, to_csv
from assessments.interchange.plain import plain_of, take_in
from assessments.interchange.qti import from_qti, to_qti
from assessments.keys import doubts, key_rows
from assessments.loading import BrokenInstrument, new_version_of
from assessments.models import Attempt, Instrument, Wave
from assessments.questions import question_of
from assessments.scoring import critical_errors, points
from assessments.sheets import Sheet, forms_of, sheet_of
from assessments.totals import totals_of
from assessments.vectors import by_item
from courses.cms.columns import MomentColumn, YesNoColumn
from courses.cms.menu import Place
from courses.cms.scoped import ScopedEdit, ScopedIndex, ScopedViewSet
from lms.people.models import User

PLACES = (
    (gettext_lazy("See it as a learner"), "preview", "view"),
    (gettext_lazy("Test the key"), "key", "key"),
    (gettext_lazy("All versions"), "versions", "history"),
    (gettext_lazy("Make a new version"), "new_version", "copy"),
    (gettext_lazy("Download as CSV with a codebook"), "csv", "download"),
    (gettext_lazy("Download as QTI 3"), "qti", "download"),
)


def _buttons(instrument: Instrument) -> list[Button]:
    """What may be done with a questionnaire that is not one's own, too."""
    return [
        Button(words, url=reverse(f"instruments:{name}", args=[instrument.pk]), icon_name=icon)
        for words, name, icon in PLACES
    ]


class InstrumentIndex(ScopedIndex):
    add_item_label = gettext_lazy("Add a questionnaire")

    @property
    def header_buttons(self):
        return [
            *super().header_buttons,
            HeaderButton(
                _("Take in from a file"), url=reverse("instruments:take_in"), icon_name="upload"
            ),
        ]

    def get_list_more_buttons(self, instance):
        return [*super().get_list_more_buttons(instance), *_buttons(instance)]


class InstrumentEdit(ScopedEdit):
    """A version that people have answered opens to be read; what one can do stands above it."""

    def get_context_data(self, **named):
        if self.object.frozen_at and self.request.method == "GET":
            answered = Attempt.objects.filter(instrument=self.object).count()
            messages.warning(
                self.request,
                _(
                    "People have answered this version (%(n)s), so its words stay as they are: "
                    "else the results before and after could not be compared. To change it, make "
                    "a new version from the menu “…” above; the courses keep this one until you "
                    "choose the new one in them."
                )
                % {"n": answered},
            )
        return super().get_context_data(**named)

    @property
    def header_more_buttons(self):
        return [*_buttons(self.object), *super().header_more_buttons]


class InstrumentViewSet(ScopedViewSet):
    """Trainers' questionnaires; a version that people have answered is refused by the form."""

    model = Instrument
    icon = "form"
    menu_label = gettext_lazy("Questionnaires")
    menu_name = "instruments"
    menu_order = Place.INSTRUMENTS
    add_to_admin_menu = True
    list_display = [
        "title",
        "code",
        "version",
        YesNoColumn("is_normed", label=capfirst(gettext_lazy("normed"))),
        MomentColumn("frozen_at", label=capfirst(gettext_lazy("frozen")), sort_key="frozen_at"),
    ]
    search_fields = ["title", "code"]
    index_view_class = InstrumentIndex
    edit_view_class = InstrumentEdit

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("preview/<int:pk>/", preview, name="preview"),
            path("key/<int:pk>/", key, name="key"),
            path("versions/<int:pk>/", versions, name="versions"),
            path("new-version/<int:pk>/", new_version, name="new_version"),
            path("csv/<int:pk>/", csv_file, name="csv"),
            path("qti/<int:pk>/", qti_file, name="qti"),
            path("take-in/", take_in_file, name="take_in"),
        ]


def _instrument(user: User, pk: int, action: str = "view") -> Instrument:
    """Raises Http404 for what the person may not see, PermissionDenied for what not do."""
    policy = policy_registry.get_by_type(Instrument)
    found = policy.instances_user_has_any_permission_for(user, ["view"]).filter(pk=pk).first()
    if found is None:
        raise Http404
    if not policy.user_has_permission_for_instance(user, action, found):
        raise PermissionDenied
    return found


def _form_in(request: HttpRequest, instrument: Instrument) -> str:
    forms_here = forms_of(instrument)
    asked = request.GET.get("form", "")
    return asked if asked in forms_here else forms_here[0]


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions as a learner reads them; what is chosen here is scored and kept nowhere."""
    instrument = _instrument(request.user, pk)
    looks_back = request.GET.get("wave") == Wave.THEN
    form = _form_in(request, instrument)
    sheet = sheet_of(instrument, form=form, wave=Wave.THEN if looks_back else Wave.PRE)
    context = {
        "instrument": instrument,
        "questions": [question_of(sheet, number) for number in range(1, sheet.pages + 1)],
        "form": form,
        "forms": forms_of(instrument),
        "looks_back": looks_back,
        "has_looking_back": instrument.items.filter(is_asked_looking_back=True).exists(),
        "trial": _trial(sheet, request) if request.method == "POST" else None,
        "chosen": set(request.POST.values()),
    }
    return TemplateResponse(request, "assessments/cms/preview.html", context)


def _trial(sheet: Sheet, request: HttpRequest) -> dict:
    """What the chosen answers earn; an answer that does not exist counts as none."""
    values: list[int | None] = []
    for item, keyed in zip(sheet.items, sheet.keyed, strict=True):
        allowed = {str(value) for value, _words in sheet.options_of(item)}
        given = [request.POST.get(f"{item.code}-{part}", "") for part in range(keyed.parts)]
        values += [int(one) if one in allowed else None for one in given]
    answers = by_item(sheet.keyed, values)
    totals = totals_of(sheet, values)
    return {
        "scores": [(sheet.scales[found.scale], found) for found in totals.scores],
        "critical": critical_errors(sheet.keyed, answers),
        "points": {item.code: points(item, answers[item.code]) for item in sheet.keyed},
        "yardstick": totals.yardstick,
    }


@require_GET
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """What each answer earns, item by item, and what looks doubtful."""
    instrument = _instrument(request.user, pk)
    form = _form_in(request, instrument)
    context = {
        "instrument": instrument,
        "rows": key_rows(sheet_of(instrument, form=form)),
        "doubts": doubts(instrument),
        "form": form,
        "forms": forms_of(instrument),
    }
    return TemplateResponse(request, "assessments/cms/key.html", context)


@require_GET
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions of one code: when each froze, how many answered, where it is used."""
    instrument = _instrument(request.user, pk)
    rows = [
        {
            "instrument": version,
            "answered": version.attempts.count(),
            "courses": sorted({a.course().title for a in version.assessments.all()}),
        }
        for version in Instrument.objects.filter(code=instrument.code)
    ]
    context = {"instrument": instrument, "rows": rows}
    return TemplateResponse(request, "assessments/cms/versions.html", context)


@require_http_methods(["GET", "POST"])
def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then copies the version under the next number, to be changed."""
    instrument = _instrument(request.user, pk)
    if request.method == "POST":
        made = new_version_of(instrument)
        log(instance=made, action="wagtail.create", user=request.user)
        messages.success(
            request, _("Version %(version)s is made. Change it now.") % {"version": made.version}
        )
        return redirect("instruments:edit", made.pk)
    context = {"instrument": instrument}
    return TemplateResponse(request, "assessments/cms/new_version.html", context)


@require_GET
def csv_file(request: HttpRequest, pk: int) -> HttpResponse:
    instrument = _instrument(request.user, pk)
    return _archive(to_csv(plain_of(instrument)), f"{instrument.code}-{instrument.version}-csv")


@require_GET
def qti_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Without keys, unless they are asked for."""
    instrument = _instrument(request.user, pk)
    with_keys = request.GET.get("keys") == "1"
    name = f"{instrument.code}-{instrument.version}-qti{'-keys' if with_keys else ''}"
    return _archive(to_qti(plain_of(instrument), with_keys=with_keys), name)


def _archive(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("ZIP archive"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[
            ("csv", gettext_lazy("CSV with a codebook")),
            ("qti", gettext_lazy("Choice items of QTI 3")),
        ],
    )
    code = forms.SlugField(
        label=gettext_lazy("code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For QTI 3: a package does not say it."),
    )
    title = forms.CharField(label=gettext_lazy("title"), max_length=200, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == "qti":
            for name in ("code", "title"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("QTI 3 needs it."))
        return cleaned


@require_http_methods(["GET", "POST"])
def take_in_file(request: HttpRequest) -> HttpResponse:
    """A questionnaire from a file, as a new version that nobody has answered."""
    if not policy_registry.get_by_type(Instrument).user_has_permission(request.user, "add"):
        raise PermissionDenied
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _taken_in(form)
        except BrokenInstrument as problem:
            form.add_error("file", str(problem))
        else:
            log(instance=made, action="wagtail.create", user=request.user)
            messages.success(request, _("Taken in as “%(name)s”. Look it over.") % {"name": made})
            return redirect("instruments:edit", made.pk)
    status = 422 if form.errors else 200
    return TemplateResponse(request, "assessments/cms/take_in.html", {"form": form}, status=status)


def _taken_in(form: FileForm) -> Instrument:
    content = form.cleaned_data["file"].read()
    if form.cleaned_data["kind"] == "csv":
        return take_in(from_csv(content))
    facts = {
        "code": form.cleaned_data["code"],
        "title": form.cleaned_data["title"],
        "purpose": "—",
        "who_sees": "—",
        "instruction": "—",
    }
    return take_in(from_qti(content, facts=facts))
