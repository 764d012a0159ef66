"""Cohorts: what a region may enrol people in."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.enrolling import Outcome
from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Course, Enrollment
from courses.planning import plan_cohort
from lms.api.answers import WriteAnswer, written
from lms.api.fields import ShownModel, StrictSerializer, Text
from lms.api.idempotency import once_per_key
from lms.api.pagination import ChangedSince, PageAnswer
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.models import Region

GONE = [EnrollmentState.WITHDRAWN, EnrollmentState.EXPIRED]


class CourseSerializer(ShownModel):
    id = serializers.UUIDField(source="translation_key")
    updated_at = serializers.DateTimeField(
        source="last_published_at", allow_null=True, help_text=_("When it was last published.")
    )

    class Meta:
        model = Course
        fields = ["id", "title", "hours", "is_synthetic", "updated_at"]
        extra_kwargs = {"is_synthetic": {"help_text": _("Made up for the demo.")}}


class CohortSerializer(ShownModel):
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
            "updated_at",
        ]

    def get_places_left(self, cohort: Cohort) -> int | None:
        if cohort.capacity is None:
            return None
        return max(cohort.capacity - cohort.places_taken, 0)

    def get_regions(self, cohort: Cohort) -> list[str]:
        return [region.code for region in cohort.regions.all()]


class CohortPage(PageAnswer):
    items = CohortSerializer(many=True)


class CohortAnswer(WriteAnswer):
    cohort = CohortSerializer()


class CohortBody(StrictSerializer):
    """A cohort that your region plans by itself."""

    course = serializers.UUIDField(help_text=_("Id of a course that is published."))
    title = Text(max_length=200)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text=_("After the beginning."))
    enrolment_closes_at = serializers.DateTimeField(
        source="enrollment_closes_at",
        allow_null=True,
        default=None,
        help_text=_("Not after the end; left out: enrolment is open until the end."),
    )
    capacity = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        allow_null=True,
        default=None,
        help_text=_("Left out: there is no limit."),
    )
    region = Text(
        max_length=6,
        required=False,
        help_text=_("ISO 3166-2:RU code; needed from clients of all regions only."),
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        closes_at = said["enrollment_closes_at"]
        if said["ends_at"] <= said["starts_at"]:
            message = _("The end must come after the beginning.")
            raise serializers.ValidationError({"ends_at": [message]}, code="too-early")
        if closes_at and closes_at > said["ends_at"]:
            message = _("Enrolment must close before the cohort ends.")
            raise serializers.ValidationError({"enrolment_closes_at": [message]}, code="too-late")
        return said


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
    scopes = {"GET": (Scope.COHORTS_READ,), "POST": (Scope.COHORTS_WRITE,)}
    problems = ("course-not-found",)

    @extend_schema(
        operation_id="cohort_list",
        summary=_("Cohorts that are open to your region"),
        description=_(
            "“updated_since” keeps those that were changed since, or where places were taken or "
            "became free."
        ),
        tags=["cohorts"],
        parameters=[ChangedSince],
        responses=CohortPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(ChangedSince)
        rows = self.get_queryset()
        if since := parameters.get("updated_since"):
            moved = Enrollment.objects.filter(cohort=OuterRef("pk"), updated_at__gte=since)
            rows = rows.filter(Q(updated_at__gte=since) | Exists(moved))
        return self.listed(self.page(rows, parameters, by="starts_at"))

    @extend_schema(
        operation_id="cohort_add",
        summary=_("Plan a cohort of a course for your region"),
        description=_(
            "It is open to your region only. Trainers and webinars are added by the organisers in "
            "the CMS."
        ),
        tags=["cohorts"],
        request=CohortBody,
        responses={201: CohortAnswer},
    )
    @once_per_key
    def post(self, request: Request) -> Response:
        said = self.body(CohortBody)
        region = self.own_or_named_region(said.pop("region", None))
        assert region is not None
        course = Course.objects.live().filter(translation_key=said.pop("course"))
        if (found := course.order_by("pk").first()) is None:
            raise Problem("course-not-found")
        cohort = plan_cohort(course=found, regions=[region], **said)
        return written(
            Outcome.CREATED, cohort=self.represent(self.get_queryset().get(pk=cohort.pk))
        )


class CohortDetail(CohortView):
    @extend_schema(operation_id="cohort", summary=_("One cohort"), tags=["cohorts"])
    @conditional
    def get(self, request: Request, cohort_id: str) -> Response:
        return self.single(self.find(self.get_queryset(), cohort_id))
