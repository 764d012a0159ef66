"""A client's own requests: how each ended, how many there were, how many are left."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.fields import ShownModel
from lms.api.pagination import PageAnswer, PageParameters
from lms.api.request_log.models import ApiRequest
from lms.api.request_log.recording import OUTCOMES, days_of
from lms.api.views import ApiView


class RequestSerializer(ShownModel):
    """One request of yours. There are no ids in it, only the address as it is described."""

    request = serializers.CharField(help_text=_("Method and address."))
    code = serializers.CharField(
        allow_blank=True, help_text=_("The problem's code; empty: it went well.")
    )
    duration_ms = serializers.IntegerField(help_text=_("How long the answer took."))

    class Meta:
        model = ApiRequest
        fields = ["request_id", "at", "request", "status", "code", "duration_ms"]


class RequestPage(PageAnswer):
    items = RequestSerializer(many=True)


class RequestFilters(PageParameters):
    since = serializers.DateTimeField(
        required=False, help_text=_("Those at this moment or later (RFC 3339).")
    )
    until = serializers.DateTimeField(
        required=False, help_text=_("Those before this moment (RFC 3339).")
    )
    request_id = serializers.UUIDField(
        required=False, help_text=_("“X-Request-Id” of an answer, the end of “instance”.")
    )
    outcome = serializers.ChoiceField(
        choices=list(OUTCOMES),
        required=False,
        help_text=_("“refused”: 400 to 499, “failed”: 500 and more."),
    )


class OwnRequests(ApiView):
    """Requests belong to a client, not to a region: those of others do not exist."""

    serializer_class = RequestSerializer

    def get_queryset(self) -> QuerySet[ApiRequest]:
        return ApiRequest.objects.filter(client=self.client)


class RequestList(OwnRequests):
    @extend_schema(
        operation_id="request_list",
        summary=_("Your own requests of the last 30 days, the newest first"),
        tags=["client"],
        parameters=[RequestFilters],
        responses=RequestPage,
    )
    def get(self, request: Request) -> Response:
        asked = self.parameters(RequestFilters)
        rows = self.get_queryset()
        if "since" in asked:
            rows = rows.filter(at__gte=asked["since"])
        if "until" in asked:
            rows = rows.filter(at__lt=asked["until"])
        if "request_id" in asked:
            rows = rows.filter(request_id=asked["request_id"])
        if "outcome" in asked:
            rows = rows.filter(**OUTCOMES[asked["outcome"]])
        return self.listed(self.page(rows, asked, by="-at"))


class DaySerializer(serializers.Serializer):
    """One day (UTC)."""

    day = serializers.DateField()
    requests = serializers.IntegerField(help_text=_("All of them."))
    refused = serializers.IntegerField(help_text=_("Answered by 400 to 499."))
    failed = serializers.IntegerField(help_text=_("Answered by 500 or more."))
    slowest_ms = serializers.IntegerField()


class UsageSerializer(serializers.Serializer):
    """How much you ask, and how much you may."""

    requests_per_minute = serializers.IntegerField(help_text=_("As many as you may send."))
    left = serializers.IntegerField(help_text=_("As many of them as are left in this minute."))
    seconds_left = serializers.IntegerField(help_text=_("Until the next minute begins."))
    kept_days = serializers.IntegerField(help_text=_("As many days as requests are kept."))
    days = DaySerializer(many=True)


class Usage(OwnRequests):
    serializer_class = UsageSerializer

    @extend_schema(
        operation_id="usage",
        summary=_("How many requests you make, and how many you may"),
        tags=["client"],
    )
    def get(self, request: Request) -> Response:
        assert self.allowance is not None
        usage = {
            "requests_per_minute": self.allowance.quota,
            "left": self.allowance.left,
            "seconds_left": self.allowance.seconds_left,
            "kept_days": settings.API_REQUESTS_KEPT_DAYS,
            "days": days_of(self.get_queryset()),
        }
        return Response(UsageSerializer(usage).data)
