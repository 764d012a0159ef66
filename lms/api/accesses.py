"""Who was given whose personal data: the log that a region reads about its own people."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.fields import ShownModel
from lms.api.models import PersonalDataAccess
from lms.api.pagination import PageAnswer, PageParameters
from lms.api.scopes import Scope
from lms.api.views import ApiView


class AccessSerializer(ShownModel):
    """One person's data in one answer."""

    learner = serializers.UUIDField(source="person.uuid")
    client = serializers.CharField(
        source="client.name",
        allow_null=True,
        default=None,
        help_text=_("Which client was given it; null: a person who works here."),
    )
    reader = serializers.CharField(
        allow_null=True, help_text=_("Who of those who work here was shown it; null: a client.")
    )
    request = serializers.CharField(source="endpoint", help_text=_("Method and address."))

    class Meta:
        model = PersonalDataAccess
        fields = ["learner", "client", "reader", "request", "request_id", "at"]


class AccessPage(PageAnswer):
    items = AccessSerializer(many=True)


class AccessFilters(PageParameters):
    learner = serializers.UUIDField(required=False, help_text=_("Id of a learner."))
    client = serializers.CharField(max_length=50, required=False, help_text=_("Name of a client."))
    since = serializers.DateTimeField(
        required=False, help_text=_("Those at this moment or later (RFC 3339).")
    )
    until = serializers.DateTimeField(
        required=False, help_text=_("Those before this moment (RFC 3339).")
    )


class Accesses(ApiView):
    scopes = {"GET": (Scope.ACCESSES_READ,)}
    region_path = "person__region"
    serializer_class = AccessSerializer

    def model_queryset(self) -> QuerySet[PersonalDataAccess]:
        return PersonalDataAccess.objects.select_related("client", "reader", "person")

    @extend_schema(
        operation_id="access_list",
        summary=_("Who was given personal data of your region's learners"),
        description=_(
            "Every client that was given a name or an address, of whichever region, and everybody "
            "who works here and was shown it in the CMS."
        ),
        tags=["personal data"],
        parameters=[AccessFilters],
        responses=AccessPage,
    )
    def get(self, request: Request) -> Response:
        asked = self.parameters(AccessFilters)
        rows = self.get_queryset()
        if "learner" in asked:
            rows = rows.filter(person__uuid=asked["learner"])
        if "client" in asked:
            rows = rows.filter(client__name=asked["client"])
        if "since" in asked:
            rows = rows.filter(at__gte=asked["since"])
        if "until" in asked:
            rows = rows.filter(at__lt=asked["until"])
        page = self.page(rows, asked, by="at")
        return self.listed(page)
