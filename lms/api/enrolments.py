"""Enrolments: enrolling by a region's own id, reading back, withdrawing."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from courses.enrolling import CohortFull, EnrollmentClosed, Outcome, move
from courses.enrollment_states import EnrollmentState, IllegalTransition
from courses.models import Cohort, Enrollment
from lms.api.enrolling import enrol_by_external_id
from lms.api.fields import StrictSerializer, Text
from lms.api.idempotency import once_per_key
from lms.api.learners import (
    EXTERNAL_ID_PARAMETERS,
    LearnerBody,
    LearnerSerializer,
    check_external_id,
    with_external_ids,
)
from lms.api.pagination import PageParameters
from lms.api.personal_data import record_access
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.models import Region
from lms.people.registering import (
    EmailTaken,
    OrganisationUnknown,
    PersonBlocked,
    PersonDetails,
)

STATES = [state.value for state in EnrollmentState]


class CohortRef(serializers.ModelSerializer):
    id = serializers.UUIDField(source="uuid")

    class Meta:
        model = Cohort
        fields = ["id", "title"]


class EnrolmentSerializer(serializers.ModelSerializer):
    """One learner in one cohort."""

    id = serializers.UUIDField(source="uuid")
    state = serializers.ChoiceField(choices=STATES)
    cohort = CohortRef()
    learner = LearnerSerializer()

    class Meta:
        model = Enrollment
        fields = [
            "id",
            "state",
            "attempt",
            "cohort",
            "learner",
            "created_at",
            "updated_at",
            "activated_at",
            "completed_at",
        ]


class EnrolmentPage(serializers.Serializer):
    items = EnrolmentSerializer(many=True)
    has_more = serializers.BooleanField()
    next_cursor = serializers.CharField(allow_null=True)


class EnrolmentAnswer(serializers.Serializer):
    """What became of a request that writes."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    kept = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("Fields left as they are because the learner sets them since signing in."),
    )
    enrolment = EnrolmentSerializer()


class EnrolmentFilters(PageParameters):
    cohort = serializers.UUIDField(required=False, help_text=_("Id of a cohort."))
    learner = serializers.UUIDField(required=False, help_text=_("Id of a learner."))
    state = serializers.ChoiceField(
        choices=STATES, required=False, help_text=_("Left out: enrolments in every state.")
    )
    updated_since = serializers.DateTimeField(
        required=False, help_text=_("Those that changed at this moment or later (RFC 3339).")
    )


class TransitionBody(StrictSerializer):
    to = serializers.ChoiceField(choices=[EnrollmentState.WITHDRAWN.value])
    reason = Text(max_length=250, allow_blank=True, default="")


class EnrolmentView(ApiView):
    scopes = {"GET": (Scope.ENROLMENTS_READ,)}
    region_path = "learner__region"
    missing_code = "enrolment-not-found"
    serializer_class = EnrolmentSerializer

    def model_queryset(self) -> QuerySet[Enrollment]:
        return Enrollment.objects.select_related(
            "cohort__course", "learner__region", "learner__organisation"
        ).prefetch_related(with_external_ids(self.client, "learner__"))

    def shown(self, enrollment: Enrollment) -> dict:
        """The enrolment as the caller may see it, and the record that they did."""
        record_access(self.request, [enrollment.learner])
        return self.get_serializer(enrollment).data

    def answer(self, enrollment_id: int, outcome: str, kept: tuple[str, ...] = ()) -> dict:
        """What became of it, read back from the database."""
        enrollment = self.get_queryset().get(pk=enrollment_id)
        return {"outcome": outcome, "kept": list(kept), "enrolment": self.shown(enrollment)}


class EnrolmentList(EnrolmentView):
    @extend_schema(
        operation_id="enrolment_list",
        summary=_("Enrolments of your region, in the order of their last change"),
        tags=["enrolments"],
        parameters=[EnrolmentFilters],
        responses=EnrolmentPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(EnrolmentFilters)
        rows = self.get_queryset()
        if "cohort" in parameters:
            rows = rows.filter(cohort__uuid=parameters["cohort"])
        if "learner" in parameters:
            rows = rows.filter(learner__uuid=parameters["learner"])
        if "state" in parameters:
            rows = rows.filter(state=parameters["state"])
        if "updated_since" in parameters:
            rows = rows.filter(updated_at__gte=parameters["updated_since"])
        page = self.page(rows, parameters, by="updated_at")
        record_access(request, [enrollment.learner for enrollment in page.rows])
        return Response(page.answer(self.get_serializer(page.rows, many=True).data))


class EnrolmentDetail(EnrolmentView):
    @extend_schema(operation_id="enrolment", summary=_("One enrolment"), tags=["enrolments"])
    def get(self, request: Request, enrolment_id: str) -> Response:
        return Response(self.shown(self.find(self.get_queryset(), enrolment_id)))


class EnrolmentTransitions(EnrolmentView):
    scopes = {"POST": (Scope.ENROLMENTS_WRITE,)}
    problems = ("transition-not-possible",)

    @extend_schema(
        operation_id="enrolment_transition",
        summary=_("Withdraw a learner from a cohort"),
        description=_("Safe to repeat: the second time the outcome is “unchanged”."),
        tags=["enrolments"],
        request=TransitionBody,
        responses=EnrolmentAnswer,
    )
    @once_per_key
    def post(self, request: Request, enrolment_id: str) -> Response:
        enrollment = self.find(self.get_queryset(), enrolment_id)
        asked = self.body(TransitionBody)
        before = enrollment.state
        try:
            move(
                enrollment=enrollment,
                to=EnrollmentState(asked["to"]),
                source=self.client.source,
                reason=asked["reason"],
            )
        except IllegalTransition as error:
            raise Problem("transition-not-possible", state=str(error.current)) from None
        outcome = Outcome.UNCHANGED if before == enrollment.state else Outcome.UPDATED
        return Response(self.answer(enrollment.pk, outcome))


class EnrolmentByExternalId(EnrolmentView):
    scopes = {"PUT": (Scope.ENROLMENTS_WRITE, Scope.LEARNERS_WRITE)}
    missing_code = "cohort-not-found"
    problems = ("cohort-full", "enrolment-closed", "email-taken", "person-blocked", "snils-refused")

    @extend_schema(
        operation_id="enrol_by_external_id",
        summary=_("Enrol a learner by your id"),
        description=_(
            "Finds the learner by your id, or registers them; brings their data up to date; gives "
            "them a place in the cohort and writes the invitation. People are never matched by "
            "e-mail or name. Safe to repeat and to send in parallel: one answer says “created”."
        ),
        tags=["enrolments"],
        parameters=[
            OpenApiParameter("cohort_id", OpenApiTypes.UUID, OpenApiParameter.PATH),
            *EXTERNAL_ID_PARAMETERS,
        ],
        request=LearnerBody,
        responses={200: EnrolmentAnswer, 201: EnrolmentAnswer},
    )
    def put(self, request: Request, cohort_id: str, system: str, value: str) -> Response:
        check_external_id(system, value)
        said = self.body(LearnerBody)
        region = self.own_or_named_region(said.pop("region", None))
        cohort = self._cohort(cohort_id, region)
        try:
            done = enrol_by_external_id(
                client=self.client,
                region=region,
                cohort=cohort,
                system=system,
                value=value,
                details=PersonDetails(**said),
            )
        except CohortFull:
            raise Problem("cohort-full") from None
        except EnrollmentClosed:
            raise Problem("enrolment-closed") from None
        except EmailTaken:
            raise Problem("email-taken") from None
        except PersonBlocked:
            raise Problem("person-blocked") from None
        except OrganisationUnknown:
            message = gettext("Your region has no organisation with this number.")
            raise serializers.ValidationError({"organisation": [message]}, code="unknown") from None
        is_new = done.outcome is Outcome.CREATED
        return Response(
            self.answer(done.enrollment.pk, done.outcome, done.kept),
            status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK,
        )

    def _cohort(self, cohort_id: str, region: Region) -> Cohort:
        return self.find(Cohort.objects.open_to_region(region), cohort_id)
