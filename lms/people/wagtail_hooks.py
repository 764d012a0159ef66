"""Personal data in the CMS, for administrators: find a person, export, merge, erase."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.admin.menu import MenuItem

from lms.people.erasing import PersonHasDuties, erase_person
from lms.people.export_files import zip_of
from lms.people.finding import find_people
from lms.people.merging import ALREADY_GONE, OF_TWO_REGIONS, SAME, CannotMerge, merge_people
from lms.people.models import Erasure, Merge, User
from lms.people.personal_data import OUTCOMES, OnErasure, export_person, holdings
from lms.people.showing import note_shown

SOURCE = "cms"
SHOWN = 30
MERGE_REFUSALS = {
    SAME: gettext_lazy("This is the same entry."),
    OF_TWO_REGIONS: gettext_lazy("The two entries belong to different regions."),
    ALREADY_GONE: gettext_lazy("One of the entries has been erased or merged already."),
}


class AdministratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_administrator


class ErasureForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=250,
        help_text=gettext_lazy("For example: letter of 12 November, № 34. No names here."),
    )
    is_sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be taken back"),
    )


class MergeForm(forms.Form):
    duplicate = forms.ModelChoiceField(
        label=gettext_lazy("Entry that is the same person"),
        queryset=User.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the entry.")},
    )

    def __init__(self, *args, candidates: QuerySet[User], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duplicate"].queryset = candidates
        self.fields["duplicate"].label_from_instance = described


def described(person: User) -> str:
    ids = ", ".join(str(known) for known in person.external_ids.all())
    organisation = person.organisation.name if person.organisation else ""
    parts = [person.get_full_name(), person.email or "", organisation, ids]
    return " · ".join(filter(None, parts))


def find(request: HttpRequest) -> HttpResponse:
    if not request.user.is_administrator:
        return permission_denied(request)
    words = request.GET.get("q", "").strip()
    people = list(find_people(words)[: SHOWN + 1]) if words else []
    note_shown(request, [person.pk for person in people[:SHOWN]])
    context = {
        "words": words,
        "people": people[:SHOWN],
        "there_are_more": len(people) > SHOWN,
        "erasures": Erasure.objects.select_related("by", "person__region")[:20],
        "merges": Merge.objects.select_related("by", "into")[:20],
    }
    return render(request, "people/cms/find.html", context)


def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what is kept, and what can be done. A POST erases or merges."""
    if not request.user.is_administrator:
        return permission_denied(request)
    found = get_object_or_404(User.objects.filter(erasure=None, merge=None), pk=pk)
    note_shown(request, [found.pk])
    others = find_people(f"{found.family_name}").filter(region=found.region).exclude(pk=found.pk)
    erasure, merge = ErasureForm(), MergeForm(candidates=others[:SHOWN])
    if request.method == "POST":
        if "merge" in request.POST:
            merge = MergeForm(request.POST, candidates=others)
            if merge.is_valid() and _merge(request, found, merge.cleaned_data["duplicate"]):
                return redirect("personal_data_person", found.pk)
        else:
            erasure = ErasureForm(request.POST)
            if erasure.is_valid():
                return _erase(request, found, erasure.cleaned_data["reason"])
    context = {
        "person": found,
        "described": described(found),
        "sections": [section for section in export_person(found).sections if section.rows],
        "erasure": erasure,
        "merge": merge,
        "has_candidates": others.exists(),
    }
    return render(request, "people/cms/person.html", context)


def _merge(request: HttpRequest, found: User, duplicate: User) -> bool:
    try:
        merge_people(person=found, duplicate=duplicate, source=SOURCE, by=request.user)
    except CannotMerge as refusal:
        messages.error(request, MERGE_REFUSALS[refusal.reason])
    except PersonHasDuties:
        messages.error(request, _("One of them has a role. Take the roles away first."))
    else:
        messages.success(request, _("The two entries are one now."))
        return True
    return False


def _erase(request: HttpRequest, found: User, reason: str) -> HttpResponse:
    try:
        record = erase_person(found, source=SOURCE, by=request.user, reason=reason)
    except PersonHasDuties:
        messages.error(request, _("The person has a role. Take the roles away first."))
        return redirect("personal_data_person", found.pk)
    messages.success(request, _("The data is erased."))
    return redirect("personal_data_erasure", record.pk)


def download(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.is_administrator:
        return permission_denied(request)
    found = get_object_or_404(User, pk=pk)
    note_shown(request, [found.pk])
    response = HttpResponse(zip_of(export_person(found)), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.uuid}.zip"'
    return response


def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of one erasure."""
    if not request.user.is_administrator:
        return permission_denied(request)
    record = get_object_or_404(Erasure.objects.select_related("by", "person"), pk=pk)
    context = {"record": record, "lines": report_in_words(record.report)}
    return render(request, "people/cms/erasure.html", context)


def report_in_words(report: list[dict]) -> list[tuple[str, int, str]]:
    """Title, number of rows and what became of them, for each kind of data."""
    titles = {holding.model: str(holding.title) for holding in holdings()}
    return [
        (
            titles.get(line["kind"], line["kind"]),
            line["rows"],
            str(OUTCOMES[OnErasure[line["outcome"].upper()]]),
        )
        for line in report
    ]


@hooks.register("register_admin_urls")
def urls() -> list:
    return [
        path("personal-data/", find, name="personal_data"),
        path("personal-data/<int:pk>/", person, name="personal_data_person"),
        path("personal-data/<int:pk>/download/", download, name="personal_data_download"),
        path("personal-data/erasures/<int:pk>/", erasure, name="personal_data_erasure"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return AdministratorsItem(
        gettext_lazy("Personal data"),
        reverse("personal_data"),
        icon_name="user",
        order=902,
    )
