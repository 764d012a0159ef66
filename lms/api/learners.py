"""Learners: how the API names them, and finding one by a region's own id."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.fields import OrganisationRef, StrictSerializer, Text
from lms.api.models import ApiClient
from lms.api.personal_data import record_access, sees_personal_data
from lms.api.problems import InvalidParameters, Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.models import ExternalId, User
from lms.people.registering import SnilsRefused, refuse_snils

EXTERNAL_ID_PARAMETERS = [
    OpenApiParameter(
        "system",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"},
        OpenApiParameter.PATH,
        description=_("Your system: a word of Latin letters, digits, “-” and “_”. Not “snils”."),
    ),
    OpenApiParameter(
        "value",
        {"type": "string", "minLength": 1, "maxLength": 120},
        OpenApiParameter.PATH,
        description=_("What your system calls the learner, for example a personnel number."),
    ),
]


_SYSTEM = re.compile(r"[A-Za-z0-9_-]{1,40}")
_VALUE = re.compile(r"[^\x00-\x1f\x7f]{1,120}")


def check_external_id(system: str, value: str) -> None:
    """Refuse an id in the address that cannot be one, or must not be one (SNILS)."""
    try:
        refuse_snils(system=system, value=value)
    except SnilsRefused:
        raise Problem("snils-refused") from None
    errors = {}
    if not _SYSTEM.fullmatch(system):
        errors["system"] = [gettext("Up to 40 Latin letters, digits, “-” and “_”.")]
    if not _VALUE.fullmatch(value):
        errors["value"] = [gettext("From 1 to 120 characters, without control characters.")]
    if errors:
        raise InvalidParameters(errors)


class ExternalIdSerializer(serializers.ModelSerializer):
    class Meta:
        model = ExternalId
        fields = ["system", "value"]


class LearnerSerializer(serializers.ModelSerializer):
    """A learner. Beside the id and initials only with the scope ``learners:pii``."""

    id = serializers.UUIDField(source="uuid")
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    initials = serializers.CharField()
    external_ids = ExternalIdSerializer(many=True, help_text=_("What your systems call them."))
    organisation = serializers.CharField(
        source="organisation.name", allow_null=True, default=None, required=False
    )

    PERSONAL = ("family_name", "given_name", "patronymic", "email", "position", "organisation")

    class Meta:
        model = User
        fields = [
            "id",
            "region",
            "initials",
            "external_ids",
            "family_name",
            "given_name",
            "patronymic",
            "email",
            "position",
            "organisation",
        ]
        extra_kwargs = {
            name: {"help_text": _("Only with the scope “learners:pii”."), "required": False}
            for name in ("family_name", "given_name", "patronymic", "email", "position")
        }

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        request = self.context.get("request")
        is_schema = getattr(self.context.get("view"), "swagger_fake_view", False)
        if not is_schema and (request is None or not sees_personal_data(request)):
            for name in self.PERSONAL:
                fields.pop(name)
        return fields


def with_external_ids(client: ApiClient, path: str = "") -> Prefetch:
    """Prefetch of the ids that the client may see, for learners at ``path``."""
    ids = client.of_its_region(ExternalId.objects.order_by("system", "value"), path="region")
    return Prefetch(f"{path}external_ids", queryset=ids)


class LearnerBody(StrictSerializer):
    """What a region's system says about a learner. What is left out stays as it is."""

    family_name = Text(max_length=100, help_text=_("As in the passport."))
    given_name = Text(max_length=100)
    patronymic = Text(max_length=100, allow_blank=True, allow_null=True, default=None)
    email = serializers.EmailField(
        max_length=254,
        allow_null=True,
        default=None,
        help_text=_(
            "The invitation goes here. From the first sign-in on only the learner sets it."
        ),
    )
    position = Text(max_length=150, allow_blank=True, allow_null=True, default=None)
    organisation = OrganisationRef(
        allow_null=True,
        default=None,
        help_text=_("Name or number of the place of work; an unknown name is added."),
    )
    address_as = Text(
        max_length=120,
        allow_blank=True,
        allow_null=True,
        default=None,
        help_text=_("How to address the learner, for example “Maria Petrovna”."),
    )
    timezone = Text(
        max_length=40,
        allow_null=True,
        default=None,
        help_text=_("An IANA name, for example “Asia/Tomsk”; the region's when left out."),
    )
    locale = serializers.ChoiceField(
        choices=list(dict(settings.LANGUAGES)), allow_null=True, default=None
    )
    region = Text(
        max_length=6,
        required=False,
        help_text=_("ISO 3166-2:RU code; needed from clients of all regions only."),
    )

    def validate_timezone(self, value: str | None) -> str | None:
        if value is not None and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."), code="unknown")
        return value


class RegionParameters(StrictSerializer):
    region = Text(
        max_length=6,
        required=False,
        help_text=_("Which region's id it is; only clients of all regions may need it."),
    )


class LearnerByExternalId(ApiView):
    scopes = {"GET": (Scope.LEARNERS_READ,)}
    region_path = "region"
    missing_code = "learner-not-found"
    problems = ("ambiguous-identifier", "snils-refused")
    serializer_class = LearnerSerializer

    def model_queryset(self) -> QuerySet[User]:
        return User.objects.select_related("region", "organisation").prefetch_related(
            with_external_ids(self.client)
        )

    @extend_schema(
        operation_id="learner_by_external_id",
        summary=_("Learner by your id"),
        tags=["learners"],
        parameters=[*EXTERNAL_ID_PARAMETERS, RegionParameters],
    )
    def get(self, request: Request, system: str, value: str) -> Response:
        check_external_id(system, value)
        parameters = self.parameters(RegionParameters)
        named: dict[str, Any] = {"external_ids__system": system, "external_ids__value": value}
        if "region" in parameters:
            named["external_ids__region__code"] = parameters["region"]
        found = list(self.get_queryset().filter(**named)[:2])
        if not found:
            raise Problem(self.missing_code)
        if len(found) > 1:
            raise Problem("ambiguous-identifier")
        record_access(request, found)
        return Response(self.get_serializer(found[0]).data)
