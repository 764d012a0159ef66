"""Requests of API clients in the CMS: how each ended, and how many a client makes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses.cms.menu import Place
from frontend.widgets import DayInput
from lms.api.days import of_days
from lms.api.models import ApiClient, ApiRequest
from lms.api.request_log.recording import OUTCOMES, days_of
from lms.people.models import User
from lms.people.zones import zone_in_words

SHOWN = 50


def clients_in_care(user: User) -> QuerySet[ApiClient]:
    """All of them for administrators, those of their regions for coordinators."""
    if user.is_administrator:
        return ApiClient.objects.all()
    return ApiClient.objects.filter(region__in=user.regions_in_care())


class RequestFilters(forms.Form):
    """Which requests to show. The dates are days in the reader's time zone, both included."""

    client = forms.ModelChoiceField(
        ApiClient.objects.none(),
        label=gettext_lazy("Client"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("ok", gettext_lazy("went well")),
            ("refused", gettext_lazy("refused (4xx)")),
            ("failed", gettext_lazy("broke (5xx)")),
        ],
    )
    request_id = forms.UUIDField(label=gettext_lazy("Number of the request"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    until = forms.DateField(label=gettext_lazy("to"), required=False, widget=DayInput())

    def __init__(self, data: Any, *, clients: QuerySet[ApiClient]) -> None:
        super().__init__(data)
        self.clients = clients
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]

    def found(self) -> QuerySet[ApiRequest]:
        """The requests that fit; none while a filter is wrong."""
        rows = ApiRequest.objects.filter(client__in=self.clients).select_related("client")
        if not self.is_valid():
            return rows.none()
        chosen = self.cleaned_data
        if chosen["client"]:
            rows = rows.filter(client=chosen["client"])
        if chosen["outcome"]:
            rows = rows.filter(**OUTCOMES[chosen["outcome"]])
        if chosen["request_id"]:
            rows = rows.filter(request_id=chosen["request_id"])
        return of_days(rows, chosen["since"], chosen["until"])


def _used(clients: QuerySet[ApiClient]) -> QuerySet[ApiClient]:
    """The clients with the numbers of their requests, the busiest first."""
    return clients.select_related("region").annotate(
        asked=Count("requests"),
        refused=Count("requests", filter=Q(requests__status__range=(400, 499))),
        failed=Count("requests", filter=Q(requests__status__gte=500)),
    ).order_by("-asked", "name")  # fmt: skip


@require_safe
def requests_page(request: HttpRequest) -> HttpResponse:
    """How much each client asks, and its requests, the newest first."""
    clients = clients_in_care(request.user)
    if not request.user.is_administrator and not clients.exists():
        raise PermissionDenied
    form = RequestFilters(request.GET, clients=clients)
    rows = form.found()
    chosen = form.cleaned_data.get("client")
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "clients": None if chosen else _used(clients),
        "chosen": chosen,
        "days": days_of(ApiRequest.objects.filter(client=chosen)) if chosen else [],
        "page": Paginator(rows, SHOWN).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "kept_days": settings.API_REQUESTS_KEPT_DAYS,
        "requests_per_minute": settings.API_REQUESTS_PER_MINUTE,
        "heading": _("Requests of the API"),
        "zone": zone_in_words(timezone.now()),
    }
    return render(request, "api/cms/requests.html", context, status=422 if form.errors else 200)


@hooks.register("register_admin_urls")
def request_addresses() -> list:
    return [path("api-requests/", requests_page, name="cms_api_requests")]


class RequestsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_administrator or clients_in_care(request.user).exists()


@hooks.register("register_admin_menu_item")
def requests_item() -> MenuItem:
    return RequestsItem(
        gettext_lazy("Requests of the API"),
        reverse("cms_api_requests"),
        name="api-requests",
        icon_name="list-ul",
        order=Place.API_REQUESTS,
    )
