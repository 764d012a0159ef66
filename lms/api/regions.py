"""Regions: what a client's own is called, and its time zone."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.client import RegionSerializer
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.views import ApiView
from lms.people.models import Region


class RegionList(serializers.Serializer):
    items = RegionSerializer(many=True)


class RegionView(ApiView):
    region_path = "pk"
    missing_code = "region-not-found"
    serializer_class = RegionSerializer

    def model_queryset(self) -> QuerySet[Region]:
        return Region.objects.order_by("code")


class Regions(RegionView):
    @extend_schema(
        operation_id="region_list",
        summary=_("Regions that your key reaches"),
        description=_("All of them in one answer: there are fewer than a hundred."),
        tags=["regions"],
        responses=RegionList,
    )
    def get(self, request: Request) -> Response:
        return Response({"items": self.get_serializer(self.get_queryset(), many=True).data})


class RegionDetail(RegionView):
    @extend_schema(operation_id="region", summary=_("One region"), tags=["regions"])
    @conditional
    def get(self, request: Request, code: str) -> Response:
        try:
            return self.single(self.get_queryset().get(code=code))
        except Region.DoesNotExist:
            raise Problem(self.missing_code) from None
