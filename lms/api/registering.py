"""Learners by themselves: read, registered and changed without enrolling anybody."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.api.answers import PersonAnswer, written
from lms.api.idempotency import once_per_key
from lms.api.learners import (
    EXTERNAL_ID_PARAMETERS,
    LearnerBody,
    LearnerSerializer,
    NewLearnerBody,
    RegionParameters,
    check_external_id,
    person_problems,
)
from lms.api.pagination import ChangedSince, PageAnswer
from lms.api.people_data import LearnerView
from lms.api.personal_data import record_access
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.people.details import PersonDetails
from lms.people.models import ExternalId, User
from lms.people.registering import (
    RegistrationOutcome,
    add_person,
    change_person,
    register_person,
)


class LearnerPage(PageAnswer):
    items = LearnerSerializer(many=True)


class LearnerAnswer(PersonAnswer):
    learner = LearnerSerializer()


class LearnerFilters(ChangedSince):
    organisation = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text=_("Number of an organisation.")
    )
    system = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,40}$",
        required=False,
        help_text=_("Those whom this system of yours has named."),
    )


class LearnerChanges(LearnerBody):
    """What is to be changed. What is left out stays as it is."""

    region = None  # type: ignore[assignment]

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name in ("family_name", "given_name"):
            fields[name].required = False
        return fields


class WritesLearner(LearnerView):
    """Answers to what was written about a learner."""

    def answer(
        self, learner: User, outcome: RegistrationOutcome, kept: tuple[str, ...]
    ) -> Response:
        read_back = self.get_queryset().get(pk=learner.pk)
        record_access(self.request, [read_back])
        return written(outcome, kept=list(kept), learner=self.represent(read_back))


class Learners(WritesLearner):
    scopes = {"GET": (Scope.LEARNERS_READ,), "POST": (Scope.LEARNERS_WRITE,)}
    problems = ("email-taken", "external-id-taken", "snils-refused")

    @extend_schema(
        operation_id="learner_list",
        summary=_("Learners of your region, in the order of their last change"),
        tags=["learners"],
        parameters=[LearnerFilters],
        responses=LearnerPage,
    )
    def get(self, request: Request) -> Response:
        asked = self.parameters(LearnerFilters)
        rows = self.get_queryset().filter(region__isnull=False)
        if "organisation" in asked:
            rows = rows.filter(organisation=asked["organisation"])
        if "system" in asked:
            named = ExternalId.objects.filter(system=asked["system"])
            named = self.client.of_its_region(named, path="region")
            rows = rows.filter(pk__in=named.values("user"))
        page = self.page(self.changed_since(rows, asked), asked, by="updated_at")
        record_access(request, page.rows)
        return self.listed(page)

    @extend_schema(
        operation_id="learner_add",
        summary=_("Register a learner who is new"),
        description=_(
            "Always a new entry, with your ids if you have any. Where you have one, “PUT” by it is "
            "simpler and needs no “Idempotency-Key”. Nobody is enrolled and no letter is written."
        ),
        tags=["learners"],
        request=NewLearnerBody,
        responses={201: LearnerAnswer},
    )
    @once_per_key
    def post(self, request: Request) -> Response:
        said = self.body(NewLearnerBody)
        region = self.own_or_named_region(said.pop("region", None))
        assert region is not None
        named = [(one["system"], one["value"]) for one in said.pop("external_ids")]
        with person_problems():
            person = add_person(region=region, external_ids=named, details=PersonDetails(**said))
        return self.answer(person, RegistrationOutcome.CREATED, ())


class LearnerDetail(WritesLearner):
    scopes = {"GET": (Scope.LEARNERS_READ,), "PATCH": (Scope.LEARNERS_WRITE,)}
    problems = ("email-taken", "person-blocked", "precondition-required")

    @extend_schema(operation_id="learner", summary=_("One learner"), tags=["learners"])
    @conditional
    def get(self, request: Request, learner_id: str) -> Response:
        learner = self.learner(learner_id)
        record_access(request, [learner])
        return self.single(learner)

    @extend_schema(
        operation_id="learner_change",
        summary=_("Change what you say of a learner"),
        description=_(
            "With the “ETag” that you have read as “If-Match”, so that nobody's change is lost. "
            "E-mail, form of address, time zone and language are the learner's from the first "
            "sign-in on: “kept” names what was left."
        ),
        tags=["learners"],
        request=LearnerChanges,
        responses=LearnerAnswer,
    )
    @conditional
    def patch(self, request: Request, learner_id: str) -> Response:
        self.learner(learner_id)
        if "If-Match" not in request.headers:
            raise Problem("precondition-required")
        said = self.body(LearnerChanges)
        learner = self.to_change(self.get_queryset(), learner_id)
        with person_problems():
            done = change_person(learner, PersonDetails(**said))
        return self.answer(done.user, done.outcome, done.kept)


class LearnerByExternalId(WritesLearner):
    scopes = {"GET": (Scope.LEARNERS_READ,), "PUT": (Scope.LEARNERS_WRITE,)}
    problems = ("ambiguous-identifier", "snils-refused", "email-taken", "person-blocked")

    @extend_schema(
        operation_id="learner_by_external_id",
        summary=_("Learner by your id"),
        tags=["learners"],
        parameters=[*EXTERNAL_ID_PARAMETERS, RegionParameters],
    )
    @conditional
    def get(self, request: Request, system: str, value: str) -> Response:
        check_external_id(system, value)
        parameters = self.parameters(RegionParameters)
        named: dict[str, Any] = {"external_ids__system": system, "external_ids__value": value}
        if "region" in parameters:
            named["external_ids__region__code"] = parameters["region"]
        if self.client.region is not None:  # what another region calls them is not this one's id
            named["external_ids__region"] = self.client.region
        found = list(self._named(named)[:2])
        if not found:
            raise Problem(self.missing_code)
        if len(found) > 1:
            raise Problem("ambiguous-identifier")
        record_access(request, found)
        return self.single(found[0])

    @extend_schema(
        operation_id="learner_put_by_external_id",
        summary=_("Register a learner by your id, or bring their data up to date"),
        description=_(
            "Nobody is enrolled and no letter is written. People are never matched by e-mail or "
            "name. Safe to repeat and to send in parallel: one answer says “created”."
        ),
        tags=["learners"],
        parameters=EXTERNAL_ID_PARAMETERS,
        request=LearnerBody,
        responses={200: LearnerAnswer, 201: LearnerAnswer},
    )
    @conditional
    def put(self, request: Request, system: str, value: str) -> Response:
        check_external_id(system, value)
        said = self.body(LearnerBody)
        region = self.own_or_named_region(said.pop("region", None))
        assert region is not None
        if self.has_precondition and not self.creates_only:
            self._check(system, value, region.pk)
        with person_problems():
            done = register_person(
                region=region, system=system, value=value, details=PersonDetails(**said)
            )
        if self.creates_only and done.outcome is not RegistrationOutcome.CREATED:
            raise Problem("precondition-failed")  # and all of it is undone
        return self.answer(done.user, done.outcome, done.kept)

    def _named(self, named: dict[str, Any]) -> QuerySet[User]:
        return self.get_queryset().filter(**named)

    def _check(self, system: str, value: str, region_id: int) -> None:
        """Compare the preconditions with the learner as they are, locked until all is written."""
        rows = self._named(
            {
                "external_ids__system": system,
                "external_ids__value": value,
                "external_ids__region": region_id,
            }
        )
        found = rows.first()
        if found is not None:
            self.lock(found)
            found = rows.first()
        self.check_precondition(found)
