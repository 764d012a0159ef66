"""The log of accesses to personal data in the CMS: what a region asks to see of its own people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses.cms.menu import Place
from frontend.widgets import DayInput
from lms.api.days import of_days
from lms.api.models import ApiClient, PersonalDataAccess
from lms.people.models import Region, Role, User
from lms.people.zones import zone_in_words

SHOWN = 50
PLACES: tuple[tuple[str, str | Promise], ...] = (
    ("/export", gettext_lazy("everything that is kept about a person")),
    ("/download", gettext_lazy("everything that is kept about a person")),
    ("/consents", gettext_lazy("what people agreed to")),
    ("/pdf", gettext_lazy("the file of a certificate")),
    ("/certificates", gettext_lazy("certificates")),
    ("/imports", gettext_lazy("the rows of an import")),
    ("/enrolments", gettext_lazy("enrolments, with names")),
    ("/events", gettext_lazy("the feed of events, with names")),
    ("/scim", gettext_lazy("the exchange with an HR system (SCIM)")),
    ("/learners", gettext_lazy("data of learners")),
    ("/cms/cohorts", gettext_lazy("the people of a cohort, with addresses")),
    ("/cms/personal-data", gettext_lazy("the entry of a person")),
)
"""What was looked at, by a part of the address; the first that fits."""


def reads_access_log(user: User) -> bool:
    return user.is_administrator or user.has_role(Role.COORDINATOR)


def in_words(request: str) -> str:
    """What “GET /api/v1/learners/{learner_id}” gives to see."""
    for part, words in PLACES:
        if part in request:
            return str(words)
    return _("data of people")


class AccessFilters(forms.Form):
    """Which accesses to show. The dates are days in the reader's time zone, both included."""

    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=gettext_lazy("Region"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    client = forms.ModelChoiceField(
        ApiClient.objects.none(),
        label=gettext_lazy("Who"),
        required=False,
        empty_label=gettext_lazy("All clients and people"),
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=DayInput(),
    )
    until = forms.DateField(
        label=gettext_lazy("to"),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.regions = user.regions_in_care()
        self.fields["region"].queryset = self.regions  # type: ignore[attr-defined]
        if len(self.regions[:2]) == 1:
            del self.fields["region"]
        readers = accesses_of(self.regions).order_by().values("client")
        self.fields["client"].queryset = ApiClient.objects.filter(  # type: ignore[attr-defined]
            pk__in=readers
        )

    def found(self) -> QuerySet[PersonalDataAccess]:
        """The accesses that fit; none while a filter is wrong."""
        rows = accesses_of(self.regions)
        if not self.is_valid():
            return rows.none()
        chosen = self.cleaned_data
        if region := chosen.get("region"):
            rows = rows.filter(person__region=region)
        if chosen["client"]:
            rows = rows.filter(client=chosen["client"])
        return of_days(rows, chosen["since"], chosen["until"])


def accesses_of(regions: QuerySet[Region]) -> QuerySet[PersonalDataAccess]:
    """Accesses to data of these regions' people, whoever had them."""
    return PersonalDataAccess.objects.filter(person__region__in=regions)


@require_safe
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    """One line a request: when, who, what, of how many people."""
    if not reads_access_log(request.user):
        raise PermissionDenied
    form = AccessFilters(request.GET, user=request.user)
    requests = (
        form.found()
        .order_by()
        .values("request_id", "endpoint", "client", "reader")
        .annotate(when=Min("at"), people=Count("person", distinct=True), one=Min("person"))
        .order_by("-when", "request_id")
    )
    page = Paginator(requests, SHOWN).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "lines": _lines(list(page)),
        "query": query.urlencode(),
        "heading": _("Who saw personal data"),
        "zone": zone_in_words(timezone.now()),
    }
    status = 422 if form.errors else 200
    return render(request, "api/cms/access_log.html", context, status=status)


def _lines(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the names of those who had access, and of the person where it was one."""
    clients = ApiClient.objects.in_bulk({line["client"] for line in requests} - {None})
    alone = {line["one"] for line in requests if line["people"] == 1}
    people = User.objects.in_bulk(alone | {line["reader"] for line in requests} - {None})
    return [
        {
            **line,
            "who": clients[line["client"]] if line["client"] else people[line["reader"]],
            "is_person": line["client"] is None,
            "what": in_words(line["endpoint"]),
            "person": people[line["one"]] if line["people"] == 1 else None,
        }
        for line in requests
    ]


@require_safe
@never_cache
def one_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Whose data one request gave out, as far as they are people of the reader's regions."""
    if not reads_access_log(request.user):
        raise PermissionDenied
    rows = accesses_of(request.user.regions_in_care()).filter(request_id=request_id)
    first = rows.select_related("client", "reader").order_by("pk").first()
    if first is None:
        raise Http404
    people = rows.select_related("person__organisation").order_by(
        "person__family_name", "person__given_name", "person_id"
    )
    page = Paginator(people, SHOWN).get_page(request.GET.get("page"))
    context = {
        "access": first,
        "what": in_words(first.endpoint),
        "page": page,
        "heading": _("Who saw personal data"),
        "zone": zone_in_words(timezone.now()),
    }
    return render(request, "api/cms/access_log_request.html", context)


@hooks.register("register_admin_urls")
def access_log_addresses() -> list:
    return [
        path("accesses/", log, name="cms_access_log"),
        path("accesses/<uuid:request_id>/", one_request, name="cms_access_log_request"),
    ]


class AccessLogItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return reads_access_log(request.user)


@hooks.register("register_admin_menu_item")
def access_log_item() -> MenuItem:
    return AccessLogItem(
        gettext_lazy("Who saw personal data"),
        reverse("cms_access_log"),
        name="accesses",
        icon_name="view",
        order=Place.ACCESSES,
    )
