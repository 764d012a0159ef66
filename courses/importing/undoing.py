"""Taking an import back, from its last row to its first: what people have used since is left.

Batches of rows, each in one transaction with its outcomes, as they were carried out. Locks are
taken in the same order: people, then cohorts, then enrolments, each by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.enrolling import CohortFull, EnrollmentClosed, enroll
from courses.enrollment_states import HOLDS_NO_PLACE, EnrollmentState, IllegalTransition, moved
from courses.importing.batches import all_or_one_by_one, line_ranges
from courses.importing.rows import RowError
from courses.models import (
    Cohort,
    Enrollment,
    EnrollmentTransition,
    ImportRemoval,
    ImportRow,
    Invitation,
    PeopleImport,
    RowOutcome,
)
from courses.models.people_import import DONE
from courses.requesting import fill_places
from courses.signals import MovedEnrollment, WrittenPerson, people_written
from lms.bulk import insert_rows, update_rows
from lms.jobs.models import Job
from lms.jobs.queue import advance
from lms.mail.models import Letter
from lms.people.unregistering_many import TakingBack

REASON = "The import was undone."
BATCH = 500


class _Row(NamedTuple):
    """A row of the import, and what came of it."""

    pk: int
    learner_id: int | None
    enrollment_id: int | None
    said: dict[str, str]
    before: dict[str, Any]

    @property
    def moved_enrollment(self) -> int | None:
        return self.enrollment_id if "state" in self.before else None


class _Standing(NamedTuple):
    """An enrolment as it is."""

    uuid: UUID
    learner_id: int
    region_id: int | None
    cohort_id: int
    attempt: int
    state: EnrollmentState
    activated_at: datetime | None


def undo_rows(people_import: PeopleImport, job: Job) -> None:
    """Undo what is not undone yet; a kill loses at most the batch that was being undone."""
    total = people_import.rows.filter(outcome__in=[*DONE, RowOutcome.UNDONE, RowOutcome.KEPT])
    size = total.count()
    left = people_import.rows.filter(outcome__in=DONE)
    done = size - left.count()
    for lines in reversed(list(line_ranges(left, size=BATCH))):
        found = left.filter(number__range=lines).order_by("-number")
        rows = [
            _Row(*values)
            for values in found.values_list("pk", "learner", "enrollment", "said", "before")
        ]
        if not rows:
            continue
        all_or_one_by_one(partial(_undo_batch, people_import), rows)
        done += len(rows)
        advance(job, done=done, total=size)
    for removal in people_import.withdrawals.filter(
        outcome=ImportRemoval.Outcome.WITHDRAWN
    ).select_related("enrollment__learner", "enrollment__cohort"):
        _undo_removal(people_import, removal)
    advance(job, done=size, total=size)


@transaction.atomic
def _undo_batch(people_import: PeopleImport, rows: Sequence[_Row]) -> None:
    restored = [row for row in rows if row.learner_id and "person" in row.before]
    registrations = TakingBack(
        {row.learner_id for row in rows if row.learner_id},
        given_back=[row.before["person"] for row in restored],
    )
    withdrawing = _Withdrawing(
        people_import,
        {row.moved_enrollment for row in rows if row.moved_enrollment},
        learners=registrations.people.keys(),
    )
    outcomes = []
    for row in rows:
        is_undone = _undo_row(row, withdrawing, registrations)
        errors = [] if is_undone else [RowError("studies-already").as_json()]
        outcome = RowOutcome.UNDONE if is_undone else RowOutcome.KEPT
        outcomes.append((row.pk, outcome.value, errors))
    cohorts = withdrawing.write()
    people = registrations.write()
    people_written.send(
        sender=PeopleImport,
        source=people_import.source,
        people=[
            WrittenPerson(one.pk, one.uuid, one.region_id, False, changes)
            for one, changes in people
        ],
        enrollments=[],
        is_quiet=False,
    )
    update_rows(ImportRow, ("outcome", "errors"), outcomes)
    for cohort in cohorts:
        fill_places(cohort)


def _undo_row(row: _Row, withdrawing: _Withdrawing, registrations: TakingBack) -> bool:
    """Whether the row is undone; of one that is not, the person stays as they are, too."""
    if row.moved_enrollment and not withdrawing.take_back(
        row.moved_enrollment, row.before["state"]
    ):
        return False
    if not row.learner_id:
        return True
    if row.before.get("made_person"):
        if withdrawing.studies_elsewhere(row.learner_id, beside=row.enrollment_id):
            return False
        return registrations.unregister(row.learner_id)
    if "person" in row.before:
        registrations.restore(row.learner_id, said=row.said, before=row.before["person"])
    return True


class _Withdrawing:
    """The enrolments of one batch on their way back, locked with their cohorts."""

    def __init__(
        self, people_import: PeopleImport, enrollments: set[int], *, learners: Iterable[int]
    ) -> None:
        self.people_import = people_import
        self.moves: list[tuple[int, _Standing, EnrollmentState]] = []
        """Id, what was, what it becomes."""
        found = Enrollment.objects.filter(pk__any_of=enrollments).order_by("pk")
        of_them = set(found.order_by().values_list("cohort_id", flat=True).distinct())
        cohorts = (
            Cohort.objects.select_for_update(no_key=True).filter(pk__in=of_them).order_by("pk")
        )
        self.cohorts = {cohort.pk: cohort for cohort in cohorts}
        locked = found.select_for_update(of=("self",)).values_list(
            "pk",
            "uuid",
            "learner_id",
            "learner__region_id",
            "cohort_id",
            "attempt",
            "state",
            "activated_at",
        )
        self.standing = {
            pk: _Standing(uuid, learner, region, cohort, attempt, EnrollmentState(state), since)
            for pk, uuid, learner, region, cohort, attempt, state, since in locked
        }
        self._holding: dict[int, set[int]] = {}
        """By person, the enrolments that hold a place."""
        holding = Enrollment.objects.filter(learner__id__any_of=set(learners)).exclude(
            state__in=HOLDS_NO_PLACE
        )
        for learner_id, pk in holding.values_list("learner_id", "pk"):
            self._holding.setdefault(learner_id, set()).add(pk)

    def studies_elsewhere(self, learner_id: int, *, beside: int | None) -> bool:
        return bool(self._holding.get(learner_id, set()) - {beside})

    def take_back(self, pk: int, before: str) -> bool:
        """Whether the enrolment is where it was before, or as good as: nobody has begun since."""
        present = self.standing[pk]
        if present.state in HOLDS_NO_PLACE:
            return True
        began, since = present.activated_at, self.people_import.created_at
        if began and (not before or began > since):
            return False
        target = EnrollmentState(before or EnrollmentState.WITHDRAWN)
        try:
            moved(present.state, target)
        except IllegalTransition:  # it is completed
            return False
        self.moves.append((pk, present, target))
        self.standing[pk] = present._replace(state=target)
        self._holding.get(present.learner_id, set()).discard(pk)
        return True

    def write(self) -> list[Cohort]:
        """The cohorts in which places have become free."""
        if not self.moves:
            return []
        now, people_import = timezone.now(), self.people_import
        update_rows(
            Enrollment,
            ("state", "updated_at"),
            [(pk, target.value, now) for pk, _present, target in self.moves],
        )
        insert_rows(
            EnrollmentTransition,
            ("enrollment", "from_state", "to_state", "source", "actor", "reason"),
            (
                (
                    pk,
                    present.state.value,
                    target.value,
                    people_import.source,
                    people_import.requested_by_id,
                    REASON,
                )
                for pk, present, target in self.moves
            ),
        )
        invitations = Invitation.objects.filter(
            enrollment__id__any_of={pk for pk, _present, _target in self.moves}
        )
        keys = {f"invitation:{pk}" for pk in invitations.values_list("pk", flat=True)}
        Letter.objects.filter(key__any_of=keys, sent_at__isnull=True).delete()
        people_written.send(
            sender=PeopleImport,
            source=people_import.source,
            people=[],
            enrollments=[
                MovedEnrollment(
                    present.uuid,
                    present.learner_id,
                    present.region_id,
                    self.cohorts[present.cohort_id].uuid,
                    present.attempt,
                    present.state.value,
                    target.value,
                )
                for _pk, present, target in self.moves
            ],
            is_quiet=False,
        )
        freed = {present.cohort_id for _pk, present, _target in self.moves}
        return [cohort for pk, cohort in self.cohorts.items() if pk in freed]


@transaction.atomic
def _undo_removal(people_import: PeopleImport, removal: ImportRemoval) -> None:
    removal.outcome = ImportRemoval.Outcome.UNDONE
    if removal.enrollment.state == EnrollmentState.WITHDRAWN:
        try:
            enroll(
                learner=removal.enrollment.learner,
                cohort=removal.enrollment.cohort,
                source=people_import.source,
                actor=people_import.requested_by,
            )
        except (CohortFull, EnrollmentClosed):
            removal.outcome = ImportRemoval.Outcome.KEPT
    removal.save(update_fields=["outcome"])
