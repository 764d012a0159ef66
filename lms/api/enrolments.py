"""Enrolments: enrolling by a region's own id, reading back, withdrawing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.enrolling import CohortFull, EnrollmentClosed, EnrollmentResult, Outcome, move
from courses.enrollment_states import EnrollmentState, IllegalTransition
from courses.models import Cohort, Enrollment
from courses.transferring import (
    AnotherCourse,
    NotFinished,
    NotForThisRegion,
    StudiesThere,
    repeat,
    transfer,
)
from lms.api.answers import PersonAnswer, written
from lms.api.enrolling import enrol_by_external_id, note
from lms.api.fields import METADATA_HELP, MetadataMap, ShownModel, StrictSerializer, Text
from lms.api.idempotency import once_per_key
from lms.api.learners import (
    EXTERNAL_ID_PARAMETERS,
    LearnerBody,
    LearnerSerializer,
    RegionParameters,
    check_external_id,
    person_problems,
    with_external_ids,
)
from lms.api.pagination import ChangedSince, PageAnswer
from lms.api.personal_data import record_access, sees_personal_data
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.details import PersonDetails
from lms.people.models import ExternalId, Region, User

BY_EXTERNAL_ID = [
    OpenApiParameter("cohort_id", OpenApiTypes.UUID, OpenApiParameter.PATH),
    *EXTERNAL_ID_PARAMETERS,
]
STATES = [state.value for state in EnrollmentState]


class CohortRef(ShownModel):
    id = serializers.UUIDField(source="uuid")

    class Meta:
        model = Cohort
        fields = ["id", "title"]


class EnrolmentSerializer(ShownModel):
    """One learner in one cohort."""

    id = serializers.UUIDField(source="uuid")
    state = serializers.ChoiceField(choices=STATES)
    cohort = CohortRef()
    learner = LearnerSerializer()
    metadata = MetadataMap(
        required=False,
        help_text=_(
            "Notes of your systems about this enrolment; only with the scope “learners:pii”."
        ),
    )

    class Meta:
        model = Enrollment
        fields = [
            "id",
            "state",
            "attempt",
            "cohort",
            "learner",
            "metadata",
            "created_at",
            "updated_at",
            "activated_at",
            "completed_at",
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        request = self.context.get("request")
        is_schema = getattr(self.context.get("view"), "swagger_fake_view", False)
        if not is_schema and (request is None or not sees_personal_data(request)):
            del fields["metadata"]
        return fields


class EnrolmentPage(PageAnswer):
    items = EnrolmentSerializer(many=True)


class EnrolmentAnswer(PersonAnswer):
    enrolment = EnrolmentSerializer()


class EnrolmentFilters(ChangedSince):
    cohort = serializers.UUIDField(required=False, help_text=_("Id of a cohort."))
    learner = serializers.UUIDField(required=False, help_text=_("Id of a learner."))
    state = serializers.ChoiceField(
        choices=STATES, required=False, help_text=_("Left out: enrolments in every state.")
    )


class EnrolmentBody(LearnerBody):
    """What a region's system says about a learner, and about the enrolment."""

    enrolment_metadata = MetadataMap(
        allow_null=True,
        default=None,
        help_text=_("The same about the enrolment; “metadata” is about the learner."),
    )


class EnrolmentChanges(StrictSerializer):
    metadata = MetadataMap(help_text=METADATA_HELP)


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
            "cohort", "learner__region", "learner__organisation"
        ).prefetch_related(with_external_ids(self.client, "learner__"))

    def shown(self, enrollment: Enrollment) -> dict:
        """The enrolment as the caller may see it, and the record that they did."""
        record_access(self.request, [enrollment.learner])
        return self.represent(enrollment)

    def lock(self, row: Enrollment) -> None:
        """The learner, the cohorts by their ids, the enrolment: enrolling locks in this order."""
        User.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.learner_id)
        list(
            Cohort.objects.select_for_update(no_key=True)
            .filter(self.cohorts_to_lock(row))
            .order_by("pk")
        )
        super().lock(row)

    def cohorts_to_lock(self, row: Enrollment) -> Q:
        return Q(pk=row.cohort_id)

    def answer(
        self,
        enrollment: Enrollment,
        outcome: Outcome,
        kept: tuple[str, ...] = (),
        *,
        is_tagged: bool = False,
    ) -> Response:
        """What became of it."""
        prefetch_related_objects([enrollment.learner], with_external_ids(self.client))
        shown = self.shown(enrollment)
        return written(outcome, is_tagged=is_tagged, kept=list(kept), enrolment=shown)


class EnrolmentList(EnrolmentView):
    @extend_schema(
        operation_id="enrolment_list",
        summary=_("Enrolments of your region, in the order of their last change"),
        description=_(
            "“updated_since” also keeps those whose learner changed since, because the learner "
            "stands in them."
        ),
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
        if since := parameters.get("updated_since"):
            rows = rows.filter(Q(updated_at__gte=since) | Q(learner__updated_at__gte=since))
        page = self.page(rows, parameters, by="updated_at")
        record_access(request, [enrollment.learner for enrollment in page.rows])
        return self.listed(page)


class EnrolmentDetail(EnrolmentView):
    scopes = {"GET": (Scope.ENROLMENTS_READ,), "PATCH": (Scope.ENROLMENTS_WRITE,)}

    @extend_schema(operation_id="enrolment", summary=_("One enrolment"), tags=["enrolments"])
    @conditional
    def get(self, request: Request, enrolment_id: str) -> Response:
        return self.tagged(self.shown(self.find(self.get_queryset(), enrolment_id)))

    @extend_schema(
        operation_id="enrolment_change",
        summary=_("Change the notes of your systems about an enrolment"),
        description=_(
            "The state goes by “transitions”, the cohort by “transfer”, the learner by “PATCH "
            "/learners/{learner_id}”."
        ),
        tags=["enrolments"],
        request=EnrolmentChanges,
        responses=EnrolmentAnswer,
    )
    @conditional
    def patch(self, request: Request, enrolment_id: str) -> Response:
        metadata = self.body(EnrolmentChanges)["metadata"]
        enrollment = self.to_change(self.get_queryset(), enrolment_id)
        is_changed = note(enrollment, metadata)
        outcome = Outcome.UPDATED if is_changed else Outcome.UNCHANGED
        return self.answer(enrollment, outcome, is_tagged=True)


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
    @conditional
    def post(self, request: Request, enrolment_id: str) -> Response:
        asked = self.body(TransitionBody)
        enrollment = self.to_change(self.get_queryset(), enrolment_id)
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
        return self.answer(self.get_queryset().get(pk=enrollment.pk), outcome)


class TransferBody(StrictSerializer):
    cohort = serializers.UUIDField(help_text=_("Another cohort of the same course."))
    reason = Text(max_length=250, allow_blank=True, default="")


class RepeatBody(StrictSerializer):
    cohort = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text=_("Another cohort of the same course; the same when left out."),
    )
    reason = Text(max_length=250, allow_blank=True, default="")


@contextmanager
def place_problems() -> Iterator[None]:
    """Why a place in a cohort is not given, as problems."""
    try:
        yield
    except CohortFull:
        raise Problem("cohort-full") from None
    except EnrollmentClosed:
        raise Problem("enrolment-closed") from None
    except AnotherCourse:
        raise Problem("another-course") from None
    except NotForThisRegion:
        raise Problem("cohort-not-found") from None
    except StudiesThere:
        raise Problem("studies-there") from None
    except NotFinished:
        raise Problem("not-finished") from None


class MovesEnrolment(EnrolmentView):
    scopes = {"POST": (Scope.ENROLMENTS_WRITE,)}

    def cohorts_to_lock(self, row: Enrollment) -> Q:
        """That where the learner goes, too: else two who cross would wait for each other."""
        asked = self.body(RepeatBody)["cohort"]
        return super().cohorts_to_lock(row) | (Q(uuid=asked) if asked else Q())

    def cohort(self, identifier: uuid.UUID) -> Cohort:
        """A cohort that is open to the client's region."""
        cohorts = self.client.of_its_region(Cohort.objects.all(), path="regions")
        found = cohorts.filter(uuid=identifier).distinct().first()
        if found is None:
            raise Problem("cohort-not-found")
        return found

    def read_back(self, done: EnrollmentResult) -> Response:
        return self.answer(self.get_queryset().get(pk=done.enrollment.pk), done.outcome)


class EnrolmentTransfer(MovesEnrolment):
    problems = (
        "another-course",
        "cohort-full",
        "cohort-not-found",
        "enrolment-closed",
        "studies-there",
        "transition-not-possible",
    )

    @extend_schema(
        operation_id="enrolment_transfer",
        summary=_("Move a learner to another cohort of the course"),
        description=_(
            "The enrolment keeps its id, its state and all that was done in it. The place that "
            "becomes free goes to the waiting list. Safe to repeat."
        ),
        tags=["enrolments"],
        request=TransferBody,
        responses=EnrolmentAnswer,
    )
    @once_per_key
    @conditional
    def post(self, request: Request, enrolment_id: str) -> Response:
        asked = self.body(TransferBody)
        enrollment = self.to_change(self.get_queryset(), enrolment_id)
        cohort = self.cohort(asked["cohort"])
        try:
            with place_problems():
                done = transfer(
                    enrollment=enrollment,
                    to=cohort,
                    source=self.client.source,
                    reason=asked["reason"],
                )
        except IllegalTransition as error:
            raise Problem("transition-not-possible", state=str(error.current)) from None
        return self.read_back(done)


class EnrolmentRepeat(MovesEnrolment):
    problems = (
        "another-course",
        "cohort-full",
        "cohort-not-found",
        "enrolment-closed",
        "not-finished",
    )

    @extend_schema(
        operation_id="enrolment_repeat",
        summary=_("Let a learner take a completed course once more"),
        description=_(
            "A new enrolment with the next “attempt” and an invitation. The completed one stays, "
            "with its results and its certificate. Safe to repeat while the new one is open."
        ),
        tags=["enrolments"],
        request=RepeatBody,
        responses={200: EnrolmentAnswer, 201: EnrolmentAnswer},
    )
    @once_per_key
    @conditional
    def post(self, request: Request, enrolment_id: str) -> Response:
        asked = self.body(RepeatBody)
        enrollment = self.to_change(self.get_queryset(), enrolment_id)
        cohort = self.cohort(asked["cohort"] or enrollment.cohort.uuid)
        with place_problems():
            done = repeat(
                enrollment=enrollment,
                cohort=cohort,
                source=self.client.source,
                reason=asked["reason"],
            )
        return self.read_back(done)


class EnrolmentByExternalId(EnrolmentView):
    """The latest attempt of the learner with this id in a cohort."""

    scopes = {
        "GET": (Scope.ENROLMENTS_READ,),
        "PUT": (Scope.ENROLMENTS_WRITE, Scope.LEARNERS_WRITE),
    }
    missing_code = "cohort-not-found"
    problems = (
        "enrolment-not-found",
        "ambiguous-identifier",
        "cohort-full",
        "enrolment-closed",
        "email-taken",
        "person-blocked",
        "snils-refused",
    )

    @extend_schema(
        operation_id="enrolment_by_external_id",
        summary=_("Enrolment by your id of the learner"),
        tags=["enrolments"],
        parameters=[*BY_EXTERNAL_ID, RegionParameters],
    )
    @conditional
    def get(self, request: Request, cohort_id: str, system: str, value: str) -> Response:
        check_external_id(system, value)
        code = self.parameters(RegionParameters).get("region")
        cohorts = self.client.of_its_region(Cohort.objects.all(), path="regions")
        cohort = self.find(cohorts, cohort_id)
        named = self._named(cohort, system, value, **({"region__code": code} if code else {}))
        if len({enrollment.learner_id for enrollment in named}) > 1:
            raise Problem("ambiguous-identifier")
        if not named:
            raise Problem("enrolment-not-found")
        return self.tagged(self.shown(named[-1]))

    @extend_schema(
        operation_id="enrol_by_external_id",
        summary=_("Enrol a learner by your id"),
        description=_(
            "Finds the learner by your id, or registers them; brings their data up to date; gives "
            "them a place in the cohort and writes the invitation. People are never matched by "
            "e-mail or name. Safe to repeat and to send in parallel: one answer says “created”. "
            "“If-None-Match: *” enrols only who is not enrolled yet."
        ),
        tags=["enrolments"],
        parameters=BY_EXTERNAL_ID,
        request=EnrolmentBody,
        responses={200: EnrolmentAnswer, 201: EnrolmentAnswer},
    )
    @conditional
    def put(self, request: Request, cohort_id: str, system: str, value: str) -> Response:
        check_external_id(system, value)
        said = self.body(EnrolmentBody)
        region = self.own_or_named_region(said.pop("region", None))
        metadata = said.pop("enrolment_metadata")
        cohort = self.find(Cohort.objects.open_to_region(region), cohort_id)
        if self.has_precondition and not self.creates_only:
            self._check(cohort, region, system, value)
        with person_problems(), place_problems():
            done = enrol_by_external_id(
                client=self.client,
                region=region,
                cohort=cohort,
                system=system,
                value=value,
                details=PersonDetails(**said),
                metadata=metadata,
            )
        if self.creates_only and done.outcome is not Outcome.CREATED:
            raise Problem("precondition-failed")  # and all of it is undone
        return self.answer(done.enrollment, done.outcome, done.kept, is_tagged=True)

    def _check(self, cohort: Cohort, region: Region, system: str, value: str) -> None:
        """Compare the preconditions with the enrolment as it is, locked until all is written."""
        named = self._named(cohort, system, value, region=region)
        if named:
            self.lock(named[-1])
            named = self._named(cohort, system, value, region=region)
        self.check_precondition(named[-1] if named else None)

    def _named(self, cohort: Cohort, system: str, value: str, **region: Any) -> list[Enrollment]:
        """The attempts in ``cohort`` of whoever has this id, the latest last."""
        ids = ExternalId.objects.filter(system=system, value=value, **region)
        ids = self.client.of_its_region(ids, path="region")
        rows = self.get_queryset().filter(cohort=cohort, learner__in=ids.values("user"))
        return list(rows.order_by("attempt"))
