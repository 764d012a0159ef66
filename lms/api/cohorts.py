"""Cohorts: what a region may enrol people in."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Course
from lms.api.pagination import PageParameters
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.models import Region

GONE = [EnrollmentState.WITHDRAWN, EnrollmentState.EXPIRED]


class CourseSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="translation_key")

    class Meta:
        model = Course
        fields = ["id", "title", "hours", "is_synthetic"]
        extra_kwargs = {"is_synthetic": {"help_text": _("Made up for the demo.")}}


class CohortSerializer(serializers.ModelSerializer):
    """One run of a course."""

    id = serializers.UUIDField(source="uuid")
    course = CourseSerializer()
    enrolment_closes_at = serializers.DateTimeField(source="enrollment_closes_at", allow_null=True)
    is_enrolment_open = serializers.BooleanField(source="is_enrollment_open")
    places_left = serializers.SerializerMethodField(help_text=_("null: there is no limit."))
    regions = serializers.SerializerMethodField(
        help_text=_("ISO 3166-2:RU codes of the regions that it is open to and you may see.")
    )

    class Meta:
        model = Cohort
        fields = [
            "id",
            "title",
            "course",
            "starts_at",
            "ends_at",
            "enrolment_closes_at",
            "is_enrolment_open",
            "capacity",
            "places_left",
            "regions",
        ]

    def get_places_left(self, cohort: Cohort) -> int | None:
        if cohort.capacity is None:
            return None
        return max(cohort.capacity - cohort.places_taken, 0)

    def get_regions(self, cohort: Cohort) -> list[str]:
        return [region.code for region in cohort.regions.all()]


class CohortPage(serializers.Serializer):
    items = CohortSerializer(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)


class CohortView(ApiView):
    scopes = {"GET": (Scope.COHORTS_READ,)}
    region_path = "regions"
    missing_code = "cohort-not-found"
    serializer_class = CohortSerializer

    def model_queryset(self) -> QuerySet[Cohort]:
        regions = self.client.of_its_region(Region.objects.order_by("code"), path="pk")
        taken = Count("enrollments", filter=~Q(enrollments__state__in=GONE), distinct=True)
        return (
            Cohort.objects.select_related("course")
            .prefetch_related(Prefetch("regions", queryset=regions))
            .annotate(places_taken=taken)
        )


class CohortList(CohortView):
    @extend_schema(
        operation_id="cohort_list",
        summary=_("Cohorts that are open to your region"),
        tags=["cohorts"],
        parameters=[PageParameters],
        responses=CohortPage,
    )
    def get(self, request: Request) -> Response:
        page = self.page(self.get_queryset(), self.parameters(PageParameters), by="starts_at")
        return Response(page.answer(self.get_serializer(page.rows, many=True).data))


class CohortDetail(CohortView):
    @extend_schema(operation_id="cohort", summary=_("One cohort"), tags=["cohorts"])
    def get(self, request: Request, cohort_id: str) -> Response:
        return Response(self.get_serializer(self.find(self.get_queryset(), cohort_id)).data)
