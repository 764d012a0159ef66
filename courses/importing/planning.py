"""What would become of rows: the rules of enrolling one person, a few queries a batch.

The same plan answers the dry run and is carried out afterwards, then under locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count

from courses.enrolling import Outcome
from courses.enrollment_states import HOLDS_NO_PLACE, OPEN_STATES, EnrollmentState
from courses.importing.rows import RowError
from courses.models import Cohort, Enrollment
from lms.people.models import ExternalId, Region
from lms.people.registering import RegistrationOutcome
from lms.people.registering_many import (
    Key,
    KnownPerson,
    PersonPlan,
    known_people,
    owners_of,
    plan_person,
)


class Step(StrEnum):
    """What happens to the enrolment."""

    NONE = "none"
    CREATE = "create"
    REOPEN = "reopen"


class Latest(NamedTuple):
    """The last enrolment of a person in a cohort."""

    pk: int
    uuid: UUID
    attempt: int
    state: str
    activated_at: datetime | None

    @property
    def stands(self) -> bool:
        """Nobody needs to give a place again."""
        return EnrollmentState(self.state) in OPEN_STATES or self.state == EnrollmentState.COMPLETED


@dataclass(slots=True)
class Candidate:
    """A row that can be read, whose region and cohort are found."""

    number: int
    value: str
    region: Region
    cohort: Cohort | None
    person: dict[str, str]
    is_gone: bool = False

    @property
    def key(self) -> Key:
        return self.region.id, self.value


@dataclass(slots=True)
class Plan:
    """What would become of a candidate; where there are errors, nothing."""

    candidate: Candidate
    known: KnownPerson | None = None
    person: PersonPlan | None = None
    step: Step = Step.NONE
    latest: Latest | None = None
    errors: list[RowError] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """As single requests tell it: of the enrolment first, then of the person."""
        if self.step is Step.CREATE:
            return Outcome.CREATED
        if self.step is Step.REOPEN:
            return Outcome.UPDATED
        assert self.person is not None
        return Outcome(self.person.outcome.value)


@dataclass
class Planner:
    """Plans batch after batch of one file, and remembers across batches what the file said."""

    system: str
    is_sync: bool = False
    locks: bool = False
    """The plan will be carried out: lock people, then the cohorts whose places are counted, then
    the enrolments to take up again, each in the order of their ids. Other cohorts stay free for
    single requests; who is enrolled twice at one moment is found by the constraints."""
    _lines: dict[Key, int] = field(default_factory=dict)
    _lines_of_emails: dict[str, int] = field(default_factory=dict)
    _freed: set[str] = field(default_factory=set)
    _open: dict[int, bool] = field(default_factory=dict)
    _places: dict[int, int | None] = field(default_factory=dict)

    def plan(self, candidates: Sequence[Candidate]) -> list[Plan]:
        """In the order of the file: who comes first gets the last place, or the address."""
        known = known_people(
            region_ids={candidate.region.id for candidate in candidates},
            system=self.system,
            values=[candidate.value for candidate in candidates],
            for_update=self.locks,
        )
        owners = owners_of({c.person["email"] for c in candidates if "email" in c.person})
        cohorts = self._cohorts(candidates)
        latest = _latest_enrollments(known.values(), cohorts)
        if self.locks and (closed := [one.pk for one in latest.values() if not one.stands]):
            rows = Enrollment.objects.filter(pk__in=closed).order_by("pk")
            list(rows.select_for_update().values_list("pk"))
            latest = _latest_enrollments(known.values(), cohorts)
        plans = []
        for candidate in candidates:
            plan = Plan(candidate, known.get(candidate.key))
            self._plan(plan, owners, cohorts, latest)
            plans.append(plan)
        _name_owners(plans, owners, self.system)
        return plans

    def _cohorts(self, candidates: Iterable[Candidate]) -> dict[int, Cohort]:
        """The cohorts as they are now; those met for the first time with their free places."""
        wanted = {candidate.cohort.id for candidate in candidates if candidate.cohort}
        rows = Cohort.objects.filter(pk__in=wanted).order_by("pk")
        if self.locks:
            counted = rows.filter(capacity__isnull=False).select_for_update(no_key=True)
            list(counted.values_list("pk"))
        cohorts = {row.pk: row for row in rows}
        unknown = [
            cohort.id
            for cohort in cohorts.values()
            if cohort.capacity is not None and (self.locks or cohort.id not in self._places)
        ]
        taken = dict(
            Enrollment.objects.filter(cohort__in=unknown)
            .exclude(state__in=HOLDS_NO_PLACE)
            .values_list("cohort")
            .annotate(count=Count("pk"))
            .values_list("cohort", "count")
        )
        for pk in unknown:
            self._places[pk] = max(0, (cohorts[pk].capacity or 0) - taken.get(pk, 0))
        return cohorts

    def _plan(
        self,
        plan: Plan,
        owners: dict[str, int],
        cohorts: dict[int, Cohort],
        latest: dict[tuple[int, int], Latest],
    ) -> None:
        candidate, known = plan.candidate, plan.known
        if (line := self._lines.setdefault(candidate.key, candidate.number)) != candidate.number:
            plan.errors.append(RowError("row-repeats", "external_id", {"line": line}))
            return
        if candidate.is_gone:
            if not self.is_sync:
                plan.errors.append(RowError("removal-needs-sync", "status"))
            plan.person = PersonPlan(RegistrationOutcome.UNCHANGED)
            return
        if known is None:
            plan.errors += [
                RowError("required", name)
                for name in ("family_name", "given_name")
                if name not in candidate.person
            ]
        elif not known.is_active or known.region_id != candidate.region.id:
            plan.errors.append(RowError("person-blocked"))
        plan.person = plan_person(candidate.person, known)
        self._check_email(plan, owners)
        cohort = cohorts[candidate.cohort.id] if candidate.cohort else None
        if cohort is not None:
            plan.latest = latest.get((known.pk, cohort.id)) if known else None
            self._plan_enrollment(plan, cohort)
        if plan.errors:
            return
        if email := plan.person.changes.get("email"):
            self._lines_of_emails[email] = candidate.number
            if former := plan.person.before.get("email"):
                self._freed.add(former)
            self._freed.discard(email)
        if cohort is not None and plan.step is not Step.NONE:
            places = self._places.get(cohort.id)
            if places is not None:
                self._places[cohort.id] = places - 1

    def _check_email(self, plan: Plan, owners: dict[str, int]) -> None:
        assert plan.person is not None
        email = plan.person.changes.get("email")
        if not email:
            return
        if line := self._lines_of_emails.get(email):
            plan.errors.append(RowError("email-repeats", "email", {"line": line}))
            return
        owner = owners.get(email)
        if owner is None or email in self._freed or (plan.known and plan.known.pk == owner):
            return
        plan.errors.append(RowError("email-taken", "email"))

    def _is_open(self, cohort: Cohort) -> bool:
        """Asked of the clock once for all rows of a file."""
        if cohort.id not in self._open:
            self._open[cohort.id] = cohort.is_enrollment_open
        return self._open[cohort.id]

    def _plan_enrollment(self, plan: Plan, cohort: Cohort) -> None:
        latest = plan.latest
        if latest and latest.stands:
            return
        if not self._is_open(cohort):
            plan.errors.append(RowError("enrolment-closed", "cohort"))
        elif cohort.capacity is not None and not self._places[cohort.id]:
            plan.errors.append(RowError("cohort-full", "cohort"))
        else:
            plan.step = Step.REOPEN if latest else Step.CREATE


def _latest_enrollments(
    people: Iterable[KnownPerson], cohorts: Iterable[int]
) -> dict[tuple[int, int], Latest]:
    known = {person.pk for person in people}
    if not known:
        return {}
    rows = (
        Enrollment.objects.filter(learner__id__any_of=known, cohort__in=list(cohorts))
        .order_by("attempt")
        .values_list("learner_id", "cohort_id", "pk", "uuid", "attempt", "state", "activated_at")
    )
    return {
        (learner, cohort): Latest(pk, uuid, attempt, state, activated_at)
        for learner, cohort, pk, uuid, attempt, state, activated_at in rows
    }


def _name_owners(plans: Iterable[Plan], owners: dict[str, int], system: str) -> None:
    """Offer the match: whose the taken address is, if it is a person of the same region."""
    taken = [
        (plan, error) for plan in plans for error in plan.errors if error.code == "email-taken"
    ]
    if not taken:
        return
    people = {owners[plan.candidate.person["email"]] for plan, _error in taken}
    values = {
        (user_id, region_id): value
        for user_id, region_id, value in ExternalId.objects.filter(
            user__in=people, system=system
        ).values_list("user_id", "region_id", "value")
    }
    for plan, error in taken:
        owner = owners[plan.candidate.person["email"]]
        if value := values.get((owner, plan.candidate.region.id)):
            error.code, error.params = "email-of-another-id", {"value": value}
