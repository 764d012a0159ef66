"""Carrying out an import: batches of rows, each in one transaction with its outcomes.

A kill loses at most the batch that was being written: rows whose outcome is only planned are what
is left to do. Locks are taken in one order: people, then cohorts, each by their ids.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from courses.enrollment_states import EnrollmentState
from courses.importing.planning import Candidate, Plan, Planner, Step
from courses.invitations import invite
from courses.inviting_many import Invited, invite_many
from courses.models import (
    Cohort,
    Enrollment,
    EnrollmentRequest,
    EnrollmentTransition,
    ImportRow,
    PeopleImport,
    RequestState,
    RowOutcome,
)
from courses.models.people_import import PLANNED
from courses.signals import people_written
from lms.bulk import insert_rows, reserve_ids, update_rows
from lms.jobs.models import Job
from lms.jobs.queue import advance
from lms.people.models import Region
from lms.people.registering import RegistrationOutcome
from lms.people.registering_many import change_people, create_people, organisation_ids

BATCH = 2000
TRIES = 3


def apply_rows(people_import: PeopleImport, job: Job) -> None:
    """Carry out the rows that are planned, in the order of the file."""
    planned = people_import.rows.filter(outcome__in=PLANNED).order_by("number")
    done = people_import.rows_total - planned.count()
    places = _Places(people_import)
    while rows := [
        places.candidate_of(*values)
        for values in planned.values_list(
            "pk", "number", "value", "region_id", "cohort_id", "said", "is_gone"
        )[:BATCH]
    ]:
        _apply_batch(people_import, rows)
        done += len(rows)
        advance(job, done=done, total=people_import.rows_total)


def _apply_batch(people_import: PeopleImport, rows: list[_Planned]) -> None:
    """All at once; where another request got in between, one by one, so that none spoils others.

    Raises what the database says if it does so three times about a single row.
    """
    try:
        _carry_out(people_import, rows)
        return
    except (IntegrityError, OperationalError):
        if len(rows) > 1:
            for row in rows:
                _apply_batch(people_import, [row])
            return
    for attempt in range(1, TRIES):
        try:
            _carry_out(people_import, rows)
            return
        except (IntegrityError, OperationalError):
            if attempt == TRIES - 1:
                raise


@transaction.atomic
def _carry_out(people_import: PeopleImport, rows: Sequence[_Planned]) -> None:
    planner = Planner(
        people_import.system, is_sync=people_import.mode == PeopleImport.Mode.SYNC, locks=True
    )
    plans = planner.plan([candidate for _pk, candidate in rows])
    writing = _Writing(people_import)
    writing.write([plan for plan in plans if not plan.errors])
    update_rows(
        ImportRow,
        ("outcome", "errors", "learner", "enrollment", "before"),
        (
            (pk, *writing.outcome_of(plan), *writing.what_came_of(plan))
            for (pk, _candidate), plan in zip(rows, plans, strict=True)
        ),
    )


_Planned = tuple[int, Candidate]
"""A row of the import by its id, and what it holds."""


class _Places:
    """The regions and cohorts of the rows, each read once."""

    def __init__(self, people_import: PeopleImport) -> None:
        self._regions = {region.pk: region for region in Region.objects.all()}
        of_rows = people_import.rows.exclude(cohort=None).values("cohort")
        cohorts = Cohort.objects.filter(pk__in=of_rows).select_related("course")
        self._cohorts = {cohort.pk: cohort for cohort in cohorts}

    def candidate_of(
        self,
        pk: int,
        number: int,
        value: str,
        region_id: int,
        cohort_id: int | None,
        said: dict[str, str],
        is_gone: bool,
    ) -> _Planned:
        cohort = self._cohorts[cohort_id] if cohort_id else None
        return pk, Candidate(number, value, self._regions[region_id], cohort, said, is_gone)


class _Writing:
    """One batch on its way into the tables."""

    def __init__(self, people_import: PeopleImport) -> None:
        self.source = people_import.source
        self.system = people_import.system
        self.actor_id = people_import.requested_by_id
        self.learners: dict[int, int] = {}
        """By the line of the file."""
        self.enrollments: dict[int, int] = {}

    def write(self, plans: Sequence[Plan]) -> None:
        created = [p for p in plans if p.person and p.person.outcome is RegistrationOutcome.CREATED]
        changed = [p for p in plans if p.person and p.person.changes and p.known is not None]
        organisations = organisation_ids(
            (plan.candidate.region.pk, name)
            for plan in (*created, *changed)
            if plan.person and (name := plan.person.changes.get("organisation"))
        )
        ids = create_people(
            [(p.candidate.region, p.candidate.value, p.candidate.person) for p in created],
            system=self.system,
            organisations=organisations,
        )
        change_people(
            [(p.candidate.region, p.known, p.person) for p in changed],  # type: ignore[misc]
            organisations=organisations,
        )
        for plan, pk in zip(created, ids, strict=True):
            self.learners[plan.candidate.number] = pk
        for plan in plans:
            if plan.known is not None:
                self.learners[plan.candidate.number] = plan.known.pk
            if plan.latest is not None:
                self.enrollments[plan.candidate.number] = plan.latest.pk
        transitions = self._write_enrollments(plans)
        self._invite_again([p for p in changed if p.person and "email" in p.person.changes])
        people_written.send(
            sender=PeopleImport,
            source=self.source,
            created=ids,
            updated=[p.known.pk for p in changed if p.known],
            transitions=transitions,
        )

    def _write_enrollments(self, plans: Sequence[Plan]) -> list[tuple[int, str, str]]:
        new = [plan for plan in plans if plan.step is Step.CREATE]
        again = [plan for plan in plans if plan.step is Step.REOPEN]
        now = timezone.now()
        ids = reserve_ids(Enrollment, len(new))
        insert_rows(
            Enrollment,
            ("id", "uuid", "learner", "cohort"),
            (
                (pk, uuid.uuid4(), self.learners[p.candidate.number], _cohort_id(p))
                for pk, p in zip(ids, new, strict=True)
            ),
        )
        transitions: list[tuple[int, str, str]] = []
        for pk, plan in zip(ids, new, strict=True):
            self.enrollments[plan.candidate.number] = pk
            transitions.append((pk, "", str(EnrollmentState.INVITED)))
        for plan in again:
            assert plan.latest is not None
            transitions.append((plan.latest.pk, plan.latest.state, _state_again(plan)))
        update_rows(
            Enrollment,
            ("state", "updated_at"),
            [(pk, state, now) for pk, before, state in transitions if before],
        )
        insert_rows(
            EnrollmentTransition,
            ("enrollment", "from_state", "to_state", "source", "actor"),
            ((pk, before, state, self.source, self.actor_id) for pk, before, state in transitions),
        )
        self._settle([*new, *again])
        invited = {pk for pk, _before, state in transitions if state == EnrollmentState.INVITED}
        invite_many(
            [
                self._invited(plan)
                for plan in (*new, *again)
                if self.enrollments[plan.candidate.number] in invited
            ],
            had_links=[plan.latest.pk for plan in again if plan.latest],
        )
        return transitions

    def _invited(self, plan: Plan) -> Invited:
        number, known = plan.candidate.number, plan.known
        assert plan.person is not None
        assert plan.candidate.cohort is not None
        email = plan.person.changes.get("email") or (known.email if known else None)
        return Invited(
            enrollment_id=self.enrollments[number],
            learner_id=self.learners[number],
            email=email or "",
            is_synthetic=known is not None and known.is_synthetic,
            cohort=plan.candidate.cohort,
        )

    def _settle(self, plans: Sequence[Plan]) -> None:
        """Close the open requests of those who have got a place, however it came."""
        by_course: dict[int, list[int]] = {}
        for plan in plans:
            if plan.known is not None and plan.candidate.cohort is not None:
                by_course.setdefault(plan.candidate.cohort.course_id, []).append(plan.known.pk)
        for course_id, people in by_course.items():
            EnrollmentRequest.objects.open().filter(person__in=people, course=course_id).update(
                state=RequestState.ACCEPTED,
                decided_at=timezone.now(),
                decided_by=self.actor_id,
            )

    def _invite_again(self, plans: Sequence[Plan]) -> None:
        """Links of other cohorts went to an address that is no longer the learner's."""
        people = [plan.known.pk for plan in plans if plan.known]
        if not people:
            return
        invited_now = [
            self.enrollments[p.candidate.number] for p in plans if p.step is not Step.NONE
        ]
        waiting = Enrollment.objects.filter(
            learner__in=people, state=EnrollmentState.INVITED
        ).exclude(pk__in=invited_now)
        for enrollment in waiting.select_related("learner", "cohort__course"):
            invite(enrollment)

    def outcome_of(self, plan: Plan) -> tuple[str, list[dict]]:
        if plan.errors:
            return RowOutcome.REJECTED, [error.as_json() for error in plan.errors]
        return RowOutcome(plan.outcome.value), []

    def what_came_of(self, plan: Plan) -> tuple[int | None, int | None, dict[str, Any]]:
        number = plan.candidate.number
        before: dict[str, Any] = {}
        if not plan.errors and plan.person:
            if plan.person.outcome is RegistrationOutcome.CREATED:
                before["made_person"] = True
            elif plan.person.before:
                before["person"] = plan.person.before
            if plan.person.kept:
                before["kept"] = list(plan.person.kept)
            if plan.step is not Step.NONE:
                before["state"] = plan.latest.state if plan.latest else ""
        return self.learners.get(number), self.enrollments.get(number), before


def _cohort_id(plan: Plan) -> int:
    assert plan.candidate.cohort is not None
    return plan.candidate.cohort.pk


def _state_again(plan: Plan) -> str:
    assert plan.latest is not None
    return str(EnrollmentState.ACTIVE if plan.latest.activated_at else EnrollmentState.INVITED)
