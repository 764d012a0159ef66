"""Carrying out an import: batches of rows, each in one transaction with its outcomes.

A kill loses at most the batches that were being written: rows whose outcome is only planned are
what is left to do. Locks are taken in one order: people, cohorts, enrolments, each by their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from courses.enrolling import Outcome
from courses.enrollment_states import EnrollmentState
from courses.importing.batches import all_or_one_by_one, line_ranges
from courses.importing.planning import Candidate, Plan, Planner, Step
from courses.invitations import invite
from courses.inviting_many import Invited, invite_many
from courses.models import (
    Cohort,
    Enrollment,
    EnrollmentRequest,
    EnrollmentTransition,
    ImportRow,
    Invitation,
    PeopleImport,
    RequestState,
    RowOutcome,
)
from courses.models.people_import import PLANNED
from courses.signals import MovedEnrollment, WrittenPerson, people_written
from lms.bulk import insert_rows, inserting_beside, ordered_uuids, reserve_ids, update_rows
from lms.bulk_lanes import beside_one_another, can_go_beside
from lms.jobs.models import Job
from lms.jobs.queue import advance
from lms.mail.models import Letter
from lms.people.models import Region, User
from lms.people.registering import RegistrationOutcome
from lms.people.registering_many import change_people, create_people, organisation_ids

BATCH = 4000
_DONE = {
    Outcome.CREATED: RowOutcome.CREATED.value,
    Outcome.UPDATED: RowOutcome.UPDATED.value,
    Outcome.UNCHANGED: RowOutcome.UNCHANGED.value,
}


def apply_rows(people_import: PeopleImport, job: Job) -> None:
    """Carry out the rows that are planned, in the order of the file as far as it matters.

    Where nobody competes for places, batches go beside one another first; whatever meets there
    what the check has not foreseen stays planned, and is carried out after them by itself.
    """
    planned = people_import.rows.filter(outcome__in=PLANNED)
    done = people_import.rows_total - planned.count()
    places = _Places(people_import)
    if places.are_free and can_go_beside():
        attempt = partial(_attempt, people_import, planned, places)
        ranges = line_ranges(planned, size=BATCH)
        with closing(beside_one_another(attempt, ranges)) as batches:
            for carried_out in batches:
                done += carried_out
                advance(job, done=done, total=people_import.rows_total)
    for lines in line_ranges(planned, size=BATCH):
        rows = _rows_of(planned, lines, places)
        if not rows:
            continue
        all_or_one_by_one(partial(_carry_out, people_import), rows)
        done += len(rows)
        advance(job, done=done, total=people_import.rows_total)


def _rows_of(
    planned: QuerySet[ImportRow], lines: tuple[int, int], places: _Places
) -> list[_Planned]:
    return [
        places.candidate_of(*values)
        for values in planned.filter(number__range=lines)
        .order_by("number")
        .annotate(text=Cast("said", TextField()))
        .values_list("pk", "number", "value", "region_id", "cohort_id", "text", "is_gone")
    ]


class _Unforeseen(Exception):
    """A row would be rejected that the check had let through."""


def _attempt(
    people_import: PeopleImport,
    planned: QuerySet[ImportRow],
    places: _Places,
    lines: tuple[int, int],
) -> int:
    """Carry out a batch while others are; returns how many rows, 0 where it did not go smoothly.

    For example, an address that an earlier row sets free is still taken in the eyes of this batch.
    """
    rows = _rows_of(planned, lines, places)
    try:
        if rows:
            _carry_out(people_import, rows, is_alone=False)
    except (_Unforeseen, IntegrityError, OperationalError):
        return 0
    return len(rows)


@transaction.atomic
def _carry_out(
    people_import: PeopleImport, rows: Sequence[_Planned], *, is_alone: bool = True
) -> None:
    planner = Planner(
        people_import.system, is_sync=people_import.mode == PeopleImport.Mode.SYNC, locks=True
    )
    plans = planner.plan([candidate for _pk, candidate in rows])
    accepted = [plan for plan in plans if not plan.errors]
    if len(accepted) < len(plans) and not is_alone:
        raise _Unforeseen
    writing = _Writing(people_import)
    with inserting_beside(_ids_for(accepted)):
        writing.write(accepted)
        update_rows(
            ImportRow,
            ("outcome", "errors", "learner", "enrollment", "before"),
            (
                (pk, *writing.outcome_of(plan), *writing.what_came_of(plan))
                for (pk, _candidate), plan in zip(rows, plans, strict=True)
            ),
        )


def _ids_for(plans: Sequence[Plan]) -> dict[type[Model], int]:
    """How many new rows at most will need an id."""
    entering = sum(plan.step is not Step.NONE for plan in plans)
    return {
        User: sum(plan.known is None for plan in plans),
        Enrollment: entering,
        Invitation: entering,
        Letter: entering,
    }


_Planned = tuple[int, Candidate]
"""A row of the import by its id, and what it holds."""


class _Places:
    """The regions and cohorts of the rows, each read once."""

    def __init__(self, people_import: PeopleImport) -> None:
        self._regions = {region.pk: region for region in Region.objects.all()}
        of_rows = people_import.rows.exclude(cohort=None).values("cohort")
        cohorts = Cohort.objects.filter(pk__in=of_rows).select_related("course")
        self._cohorts = {cohort.pk: cohort for cohort in cohorts}

    @property
    def are_free(self) -> bool:
        """Whether no cohort counts its places, so that it is the same who comes first."""
        return all(cohort.capacity is None for cohort in self._cohorts.values())

    def candidate_of(
        self,
        pk: int,
        number: int,
        value: str,
        region_id: int,
        cohort_id: int | None,
        said: str,
        is_gone: bool,
    ) -> _Planned:
        """``said`` as JSON."""
        cohort = self._cohorts[cohort_id] if cohort_id else None
        person = _said_of(said)
        return pk, Candidate(number, value, self._regions[region_id], cohort, person, is_gone)


_said_of = msgspec.json.Decoder(dict[str, str]).decode


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
            (plan.candidate.region.id, name)
            for plan in (*created, *changed)
            if plan.person and (name := plan.person.changes.get("organisation"))
        )
        added = create_people(
            [(p.candidate.region, p.candidate.value, p.candidate.person) for p in created],
            system=self.system,
            organisations=organisations,
        )
        change_people(
            [(p.known, p.person) for p in changed],  # type: ignore[misc]
            organisations=organisations,
        )
        for plan, (pk, _uuid) in zip(created, added, strict=True):
            self.learners[plan.candidate.number] = pk
        for plan in plans:
            if plan.known is not None:
                self.learners[plan.candidate.number] = plan.known.pk
            if plan.latest is not None:
                self.enrollments[plan.candidate.number] = plan.latest.pk
        entering, moved = self._write_enrollments(plans)
        people_written.send(
            sender=PeopleImport,
            source=self.source,
            people=[
                *(
                    WrittenPerson(pk, uuid, p.candidate.region.id, True)
                    for p, (pk, uuid) in zip(created, added, strict=True)
                ),
                *(
                    WrittenPerson(p.known.pk, p.known.uuid, p.known.region_id, False)
                    for p in changed
                    if p.known
                ),
            ],
            enrollments=moved,
            is_quiet=True,
        )
        self._invite(entering, moved)
        self._invite_again([p for p in changed if p.person and "email" in p.person.changes])

    def _write_enrollments(self, plans: Sequence[Plan]) -> tuple[list[Plan], list[MovedEnrollment]]:
        """Those who enter their cohorts, and how."""
        new = [plan for plan in plans if plan.step is Step.CREATE]
        again = [plan for plan in plans if plan.step is Step.REOPEN]
        ids, uuids = reserve_ids(Enrollment, len(new)), ordered_uuids(len(new))
        insert_rows(
            Enrollment,
            ("id", "uuid", "learner", "cohort"),
            (
                (pk, uuid, self.learners[p.candidate.number], _cohort_of(p).id)
                for pk, uuid, p in zip(ids, uuids, new, strict=True)
            ),
        )
        for pk, plan in zip(ids, new, strict=True):
            self.enrollments[plan.candidate.number] = pk
        now = timezone.now()
        update_rows(
            Enrollment,
            ("state", "updated_at"),
            [(plan.latest.pk, _state_again(plan), now) for plan in again if plan.latest],
        )
        moved = [self._moved(plan, uuid) for plan, uuid in zip(new, uuids, strict=True)]
        moved += [self._moved(plan, plan.latest.uuid) for plan in again if plan.latest]
        insert_rows(
            EnrollmentTransition,
            ("enrollment", "from_state", "to_state", "source", "actor"),
            (
                (
                    self.enrollments[plan.candidate.number],
                    one.before,
                    one.after,
                    self.source,
                    self.actor_id,
                )
                for plan, one in zip((*new, *again), moved, strict=True)
            ),
        )
        self._settle([*new, *again])
        return [*new, *again], moved

    def _moved(self, plan: Plan, uuid: UUID | str) -> MovedEnrollment:
        candidate, latest = plan.candidate, plan.latest
        return MovedEnrollment(
            uuid,
            self.learners[candidate.number],
            plan.known.region_id if plan.known else candidate.region.id,
            _cohort_of(plan).uuid,
            latest.attempt if latest else 1,
            latest.state if latest else "",
            _state_again(plan) if latest else EnrollmentState.INVITED.value,
        )

    def _invite(self, entering: Sequence[Plan], moved: Sequence[MovedEnrollment]) -> None:
        invite_many(
            [
                self._invited(plan)
                for plan, one in zip(entering, moved, strict=True)
                if one.after == EnrollmentState.INVITED
            ],
            had_links=[plan.latest.pk for plan in entering if plan.latest],
        )

    def _invited(self, plan: Plan) -> Invited:
        number, known = plan.candidate.number, plan.known
        assert plan.person is not None
        email = plan.person.changes.get("email") or (known.email if known else None)
        return Invited(
            enrollment_id=self.enrollments[number],
            learner_id=self.learners[number],
            email=email or "",
            is_synthetic=known.is_synthetic if known else plan.candidate.region.is_sandbox,
            cohort=_cohort_of(plan),
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
            return RowOutcome.REJECTED.value, [error.as_json() for error in plan.errors]
        return _DONE[plan.outcome], []

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


def _cohort_of(plan: Plan) -> Cohort:
    assert plan.candidate.cohort is not None
    return plan.candidate.cohort


def _state_again(plan: Plan) -> str:
    assert plan.latest is not None
    return str(EnrollmentState.ACTIVE if plan.latest.activated_at else EnrollmentState.INVITED)
