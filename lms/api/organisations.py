"""Organisations: the employers of a region's learners."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.enrolling import Outcome
from lms.api.answers import WriteAnswer, written
from lms.api.fields import (
    METADATA_HELP,
    Inn,
    MetadataMap,
    ShownModel,
    StrictSerializer,
    Text,
)
from lms.api.idempotency import once_per_key
from lms.api.learners import EXTERNAL_ID_PARAMETERS, RegionParameters, check_external_id
from lms.api.pagination import ChangedSince, PageAnswer
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.constraints import violates
from lms.numerals import whole_number
from lms.people.models import Organisation, OrganisationId, Region
from lms.people.organisations import (
    OrganisationDetails,
    ParentsGoRound,
    ParentUnknown,
    TooManyLevels,
    add_organisation,
    change_organisation,
    hold_parents,
    name_organisation,
)

WITH_PARENT = OpenApiExample(
    "branch",
    summary=_("A branch with the taxpayer number of its parent"),
    value={
        "name": "Центр «Забота», филиал в Асино",
        "inn": "7012345676",
        "parent": 12,
        "metadata": {"department": "4-Б"},
    },
    request_only=True,
)
ORGANISATION_ID = OpenApiParameter(
    "organisation_id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH
)


class OrganisationIdSerializer(ShownModel):
    class Meta:
        model = OrganisationId
        fields = ["system", "value"]


class OrganisationSerializer(ShownModel):
    """An employer; ``id`` is what learners may be given as their ``organisation``."""

    id = serializers.IntegerField()
    region = serializers.CharField(source="region.code")
    parent = serializers.IntegerField(source="parent_id", allow_null=True)
    inn = serializers.SerializerMethodField(help_text=_("Taxpayer number (ИНН)."))
    external_ids = OrganisationIdSerializer(many=True)
    metadata = MetadataMap(help_text=_("Notes of your systems."))

    class Meta:
        model = Organisation
        fields = [
            "id",
            "region",
            "name",
            "inn",
            "parent",
            "external_ids",
            "metadata",
            "updated_at",
        ]

    def get_inn(self, organisation: Organisation) -> str | None:
        return organisation.inn or None


class OrganisationPage(PageAnswer):
    items = OrganisationSerializer(many=True)


class OrganisationAnswer(WriteAnswer):
    organisation = OrganisationSerializer()


class OrganisationFilters(ChangedSince):
    inn = serializers.RegexField(
        r"^([0-9]{10}|[0-9]{12})$",
        required=False,
        help_text=_("Those with this taxpayer number: branches may share one."),
    )
    parent = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text=_("Those right below this organisation."),
    )


class OrganisationBody(StrictSerializer):
    """What a region's system says about an organisation. What is left out stays as it is."""

    name = Text(max_length=250)
    inn = Inn(
        required=False,
        help_text=_("Taxpayer number (ИНН): its check digits must fit. null or “”: none."),
    )
    parent = serializers.IntegerField(
        source="parent_id",
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        required=False,
        help_text=_("Number of the organisation above it, of the same region. null: none."),
    )
    metadata = MetadataMap(required=False, help_text=METADATA_HELP)
    region = Text(
        max_length=6,
        required=False,
        help_text=_("ISO 3166-2:RU code; needed from clients of all regions only."),
    )

    def validate_inn(self, value: str | None) -> str:
        return value or ""


class OrganisationChanges(OrganisationBody):
    """What is to be changed. What is left out stays as it is."""

    region = None  # type: ignore[assignment]

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["name"].required = False
        return fields


@contextmanager
def organisation_problems() -> Iterator[None]:
    """What may be refused about an organisation, as problems."""
    try:
        with transaction.atomic():
            yield
    except ParentUnknown:
        message = gettext("Your region has no organisation with this number.")
        raise serializers.ValidationError({"parent": [message]}, code="unknown") from None
    except ParentsGoRound:
        raise Problem("organisation-cycle") from None
    except TooManyLevels:
        raise Problem("organisation-too-deep") from None
    except IntegrityError as error:
        if not violates(error, Organisation, "organisation_name_is_unique_in_its_region"):
            raise
        detail = gettext("Your region has one of this name.")
        raise Problem("name-taken", detail=detail) from None


class OrganisationView(ApiView):
    scopes = {
        "GET": (Scope.ORGANISATIONS_READ,),
        "POST": (Scope.ORGANISATIONS_WRITE,),
        "PUT": (Scope.ORGANISATIONS_WRITE,),
        "PATCH": (Scope.ORGANISATIONS_WRITE,),
    }
    region_path = "region"
    missing_code = "organisation-not-found"
    serializer_class = OrganisationSerializer

    def model_queryset(self) -> QuerySet[Organisation]:
        ids = Prefetch("external_ids", OrganisationId.objects.order_by("system", "value"))
        return Organisation.objects.select_related("region").prefetch_related(ids)

    def find(self, queryset: QuerySet, identifier: str) -> Organisation:
        """By number, as learners are given one."""
        number = whole_number(identifier)
        found = None if number is None else queryset.filter(pk=number).first()
        if found is None:
            raise Problem(self.missing_code)
        return found

    def lock(self, row: Organisation) -> None:
        hold_parents(row.region_id)
        super().lock(row)

    def answer(self, organisation: Organisation, outcome: str) -> Response:
        shown = self.represent(self.get_queryset().get(pk=organisation.pk))
        return written(outcome, organisation=shown)


class Organisations(OrganisationView):
    problems = ("name-taken", "organisation-too-deep")

    @extend_schema(
        operation_id="organisation_list",
        summary=_("Organisations of your region, in the order of their last change"),
        tags=["organisations"],
        parameters=[OrganisationFilters],
        responses=OrganisationPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(OrganisationFilters)
        named = {name: parameters[name] for name in ("inn", "parent") if name in parameters}
        rows = self.changed_since(self.get_queryset().filter(**named), parameters)
        page = self.page(rows, parameters, by="updated_at")
        return self.listed(page)

    @extend_schema(
        operation_id="organisation_add",
        summary=_("Add an organisation"),
        tags=["organisations"],
        request=OrganisationBody,
        responses={201: OrganisationAnswer},
    )
    @once_per_key
    def post(self, request: Request) -> Response:
        said = self.body(OrganisationBody)
        region = self.own_or_named_region(said.pop("region", None))
        assert region is not None
        with organisation_problems():
            added = add_organisation(region=region, said=cast(OrganisationDetails, said))
        return self.answer(added, Outcome.CREATED)


class OrganisationDetail(OrganisationView):
    problems = ("name-taken", "organisation-cycle", "organisation-too-deep")

    @extend_schema(
        operation_id="organisation",
        summary=_("One organisation"),
        tags=["organisations"],
        parameters=[ORGANISATION_ID],
    )
    @conditional
    def get(self, request: Request, organisation_id: str) -> Response:
        return self.single(self.find(self.get_queryset(), organisation_id))

    @extend_schema(
        operation_id="organisation_change",
        summary=_("Rename an organisation, or change what else you say of it"),
        tags=["organisations"],
        parameters=[ORGANISATION_ID],
        request=OrganisationChanges,
        responses=OrganisationAnswer,
    )
    @conditional
    def patch(self, request: Request, organisation_id: str) -> Response:
        said = self.body(OrganisationChanges)
        organisation = self.to_change(self.get_queryset(), organisation_id)
        with organisation_problems():
            outcome = change_organisation(organisation, cast(OrganisationDetails, said))
        return self.answer(organisation, outcome)


class OrganisationByExternalId(OrganisationView):
    problems = (
        "ambiguous-identifier",
        "name-taken",
        "organisation-cycle",
        "organisation-too-deep",
    )

    @extend_schema(
        operation_id="organisation_by_external_id",
        summary=_("Organisation by your id"),
        tags=["organisations"],
        parameters=[*EXTERNAL_ID_PARAMETERS, RegionParameters],
    )
    @conditional
    def get(self, request: Request, system: str, value: str) -> Response:
        check_external_id(system, value)
        named: dict[str, Any] = {"external_ids__system": system, "external_ids__value": value}
        if code := self.parameters(RegionParameters).get("region"):
            named["region__code"] = code
        found = list(self.get_queryset().filter(**named)[:2])
        if not found:
            raise Problem(self.missing_code)
        if len(found) > 1:
            raise Problem("ambiguous-identifier")
        return self.single(found[0])

    @extend_schema(
        operation_id="organisation_put_by_external_id",
        summary=_("Add an organisation by your id, or bring it up to date"),
        description=_(
            "An organisation of your region that has this name, but no id of this system yet, gets "
            "the id. Safe to repeat and to send in parallel."
        ),
        tags=["organisations"],
        parameters=EXTERNAL_ID_PARAMETERS,
        request=OrganisationBody,
        responses={200: OrganisationAnswer, 201: OrganisationAnswer},
        examples=[WITH_PARENT],
    )
    @conditional
    def put(self, request: Request, system: str, value: str) -> Response:
        check_external_id(system, value)
        said = self.body(OrganisationBody)
        region = self.own_or_named_region(said.pop("region", None))
        assert region is not None
        if self.has_precondition:
            self._check(region, system, value)
        with organisation_problems():
            organisation, outcome = name_organisation(
                region=region, system=system, value=value, said=cast(OrganisationDetails, said)
            )
        if self.creates_only and outcome.value != Outcome.CREATED:
            raise Problem("precondition-failed")  # and all of it is undone
        return self.answer(organisation, outcome)

    def _check(self, region: Region, system: str, value: str) -> None:
        """Compare the preconditions with the organisation, locked until all is written."""
        ids = OrganisationId.objects.filter(region=region, system=system, value=value)
        rows = self.get_queryset().filter(pk__in=ids.values("organisation"))
        if (present := rows.first()) is not None:
            self.lock(present)
            present = rows.first()
        self.check_precondition(present)
