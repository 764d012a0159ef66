"""Personal data of learners through the API: giving out, merging, erasing, consents."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.fields import ShownModel, StrictSerializer, Text
from lms.api.idempotency import once_per_key
from lms.api.learners import LearnerSerializer, with_external_ids
from lms.api.personal_data import record_access
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.erasing import PersonHasDuties, erase_person
from lms.people.merging import CannotMerge, merge_people
from lms.people.models import Consent, User
from lms.people.personal_data import OnErasure, export_person


class LearnerView(ApiView):
    """One learner by id. Whoever was erased or merged away is there no more."""

    scopes = {"GET": (Scope.LEARNERS_READ,)}
    region_path = "region"
    missing_code = "learner-not-found"
    serializer_class = LearnerSerializer

    def model_queryset(self) -> QuerySet[User]:
        return (
            User.objects.filter(erasure=None, merge=None)
            .select_related("region", "organisation")
            .prefetch_related(with_external_ids(self.client))
        )

    def represent(self, row: User) -> dict:
        return LearnerSerializer(row, context=self.get_serializer_context()).data

    def learner(self, learner_id: str) -> User:
        return self.find(self.get_queryset(), learner_id)


class ExportSection(serializers.Serializer):
    key = serializers.CharField(help_text=_("Stable name of the kind of data."))
    title = serializers.CharField()
    rows = serializers.ListField(child=serializers.DictField())


class ExportSerializer(serializers.Serializer):
    """Everything that is kept about one person."""

    person = serializers.UUIDField()
    made_at = serializers.DateTimeField()
    sections = ExportSection(many=True)


class LearnerExport(LearnerView):
    scopes = {"GET": (Scope.LEARNERS_READ, Scope.LEARNERS_PII)}
    serializer_class = ExportSerializer

    @extend_schema(
        operation_id="learner_export",
        summary=_("Everything that is kept about a learner"),
        description=_(
            "For a learner who asks what is kept. Private notes and answers to questionnaires are "
            "not part of it: learners download these themselves, on their page “My data”."
        ),
        tags=["learners"],
    )
    def get(self, request: Request, learner_id: str) -> Response:
        learner = self.learner(learner_id)
        record_access(request, [learner])
        answer = export_person(learner).as_json()
        answer["sections"] = [
            section for section in answer["sections"] if section["key"] not in OWN_ONLY
        ]
        return Response(answer)


OWN_ONLY = frozenset(
    {
        "assessments.Attempt",
        "courses.LessonNote",
        "courses.DialogueRun",
        "courses.Completion",
        "mail.Letter",
        "mfa.Authenticator",
        "webinars.ChatMessage",
        "webinars.RoomEvent",
        "webinars.RoomCommand",
        "webinars.PollVote",
        "webinars.SessionRating",
        "webinars.PracticumFeedback",
        "webinars.PracticumDebrief",
    }
)
"""What nobody is given but the person: answers, private words, and what could sign them in."""


class ConsentSerializer(ShownModel):
    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)

    class Meta:
        model = Consent
        fields = ["purpose", "wording", "given_at", "withdrawn_at"]


class ConsentList(serializers.Serializer):
    items = ConsentSerializer(many=True)


class LearnerConsents(LearnerView):
    scopes = {"GET": (Scope.LEARNERS_READ, Scope.LEARNERS_PII)}
    serializer_class = ConsentSerializer

    @extend_schema(
        operation_id="learner_consents",
        summary=_("What a learner agreed to, and withdrew"),
        tags=["learners"],
        responses=ConsentList,
    )
    def get(self, request: Request, learner_id: str) -> Response:
        learner = self.learner(learner_id)
        record_access(request, [learner])
        consents = learner.consents.order_by("given_at", "pk")
        return Response({"items": ConsentSerializer(consents, many=True).data})


class ErasureBody(StrictSerializer):
    reason = Text(
        max_length=250, help_text=_("Why, for the record, for example a letter. No names here.")
    )


class ErasedKind(serializers.Serializer):
    kind = serializers.CharField(help_text=_("Stable name of the kind of data."))
    rows = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=[outcome.name.lower() for outcome in OnErasure])


class ErasureAnswer(serializers.Serializer):
    """The report of an erasure: what was deleted, what lost its words, what the law keeps."""

    learner = serializers.UUIDField()
    at = serializers.DateTimeField()
    report = ErasedKind(many=True)


class LearnerErase(LearnerView):
    scopes = {"POST": (Scope.LEARNERS_ERASE,)}
    problems = ("person-has-duties",)

    @extend_schema(
        operation_id="learner_erase",
        summary=_("Erase the personal data of a learner, for good"),
        description=_(
            "Results stay without the name, certificates stay in the register as the law asks. "
            "The same request again answers with the first report."
        ),
        tags=["learners"],
        request=ErasureBody,
        responses=ErasureAnswer,
    )
    @once_per_key
    @conditional
    def post(self, request: Request, learner_id: str) -> Response:
        # Erased ones are found here, so that the request can be repeated.
        reason = self.body(ErasureBody)["reason"]
        people = User.objects.filter(merge=None).prefetch_related(with_external_ids(self.client))
        learner = self.to_change(self.in_region(people), learner_id)
        try:
            record = erase_person(learner, source=self.client.source, reason=reason)
        except PersonHasDuties:
            raise Problem("person-has-duties") from None
        answer = {"learner": learner.uuid, "at": record.at, "report": record.report}
        return Response(ErasureAnswer(answer).data)


class MergeBody(StrictSerializer):
    duplicate = serializers.UUIDField(help_text=_("The learner's other id, which goes away."))


class LearnerMerge(LearnerView):
    scopes = {"POST": (Scope.LEARNERS_WRITE, Scope.LEARNERS_ERASE)}
    problems = ("cannot-merge", "person-has-duties")

    @extend_schema(
        operation_id="learner_merge",
        summary=_("Merge two entries of one learner"),
        description=_(
            "Everything of “duplicate” becomes part of the learner in the address, your ids "
            "included. It cannot be taken back."
        ),
        tags=["learners"],
        request=MergeBody,
        responses=LearnerSerializer,
    )
    @once_per_key
    @conditional
    def post(self, request: Request, learner_id: str) -> Response:
        said: dict[str, Any] = self.body(MergeBody)
        everybody = self.in_region(User.objects.filter(erasure=None))
        learner = self.to_change(self.get_queryset(), learner_id)
        duplicate = self.find(everybody, str(said["duplicate"]))
        try:
            merge_people(person=learner, duplicate=duplicate, source=self.client.source)
        except CannotMerge as refusal:
            raise Problem("cannot-merge", reason=refusal.reason) from None
        except PersonHasDuties:
            raise Problem("person-has-duties") from None
        merged = self.learner(learner_id)
        record_access(request, [merged])
        return Response(self.represent(merged))
