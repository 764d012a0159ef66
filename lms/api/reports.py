"""The report of gains of a course: the numbers of the page, for a machine."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.models import Course
from lms.api.cohorts import CourseSerializer
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.insights.reports.taking import current_snapshot, reports_in
from lms.people.models import Region


class ReportParameters(serializers.Serializer):
    region = serializers.CharField(
        required=False,
        help_text=_("ISO 3166-2:RU code. Left out: your region, or the whole programme."),
    )


class ReportInstrument(serializers.Serializer):
    code = serializers.CharField()
    version = serializers.IntegerField()
    is_normed = serializers.BooleanField()


class ReportSerializer(serializers.Serializer):
    """Gains of the people who answered twice and agreed; frozen until enough others have."""

    course = CourseSerializer()
    region = serializers.CharField(allow_null=True, help_text=_("null: the whole programme."))
    taken_at = serializers.DateTimeField()
    method = serializers.CharField(help_text=_("Version of the statistical code."))
    data_hash = serializers.CharField(help_text=_("SHA-256 of the answers behind the numbers."))
    instrument = ReportInstrument()
    region_codes = serializers.DictField(
        child=serializers.CharField(), help_text=_("Number of a region in the report → its code.")
    )
    report = serializers.DictField(
        help_text=_(
            "The numbers of the page: scores in points of 100, g in standard deviations, intervals "
            "of 95% as pairs. null: hidden, or it does not exist."
        )
    )


class CourseReport(ApiView):
    scopes = {"GET": (Scope.REPORTS_READ,)}
    serializer_class = ReportSerializer
    missing_code = "report-not-found"

    def model_queryset(self) -> QuerySet[Course]:
        return Course.objects.live().select_related("locale")

    @extend_schema(
        operation_id="course_report",
        summary=_("Report of gains of a course"),
        tags=["reports"],
        parameters=[ReportParameters],
    )
    @conditional
    def get(self, request: Request, course_id: str) -> Response:
        region = self._region(self.parameters(ReportParameters).get("region"))
        snapshot = current_snapshot(self._course(course_id))
        if snapshot is None:
            raise Problem(self.missing_code)
        found = reports_in(snapshot)
        if found is None:
            raise Problem(self.missing_code)
        report = found.programme if region is None else found.regions.get(region.pk)
        if report is None:
            raise Problem(self.missing_code)
        answer: dict[str, Any] = {
            "course": snapshot.course,
            "region": region and region.code,
            "taken_at": snapshot.taken_at,
            "method": snapshot.method,
            "data_hash": snapshot.data_hash,
            "instrument": snapshot.instrument,
            "region_codes": dict(
                Region.objects.filter(
                    pk__in=[line.region for line in report.regions.lines] if report.regions else []
                ).values_list("pk", "code")
            ),
            "report": msgspec.to_builtins(report),
        }
        return self.single(answer)

    def _course(self, course_id: str) -> Course:
        try:
            return self.model_queryset().get(translation_key=uuid.UUID(course_id))
        except (ValueError, ValidationError, Course.DoesNotExist):
            raise Problem(self.missing_code) from None

    def _region(self, code: str | None) -> Region | None:
        """The region asked for; a client of one region has only that one."""
        if code is None:
            return self.client.region
        region = self.client.of_its_region(Region.objects.filter(code=code), path="pk").first()
        if region is None:
            raise Problem(self.missing_code)
        return region
