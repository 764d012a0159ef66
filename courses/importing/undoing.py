"""Taking an import back, row by row from the last: what people have used since is left."""

from __future__ import annotations

from django.db import transaction

from courses.enrolling import CohortFull, EnrollmentClosed, enroll, move
from courses.enrollment_states import HOLDS_NO_PLACE, EnrollmentState, IllegalTransition
from courses.importing.rows import RowError
from courses.models import Enrollment, ImportRemoval, ImportRow, PeopleImport, RowOutcome
from courses.models.people_import import DONE
from lms.jobs.models import Job
from lms.jobs.queue import advance
from lms.mail.models import Letter
from lms.people.registering import restore_person, unregister_person

REASON = "The import was undone."
SIGN_OF_LIFE_EVERY = 50


def undo_rows(people_import: PeopleImport, job: Job) -> None:
    """Undo what is not undone yet; a kill loses nothing, each row is one transaction."""
    total = people_import.rows.filter(outcome__in=[*DONE, RowOutcome.UNDONE, RowOutcome.KEPT])
    size = total.count()
    left = people_import.rows.filter(outcome__in=DONE)
    done = size - left.count()
    rows = left.select_related("learner", "enrollment__cohort").order_by("-number")
    for row in rows.iterator(chunk_size=500):
        _undo_row(people_import, row)
        done += 1
        if done % SIGN_OF_LIFE_EVERY == 0:
            advance(job, done=done, total=size)
    for removal in people_import.withdrawals.filter(
        outcome=ImportRemoval.Outcome.WITHDRAWN
    ).select_related("enrollment__learner", "enrollment__cohort"):
        _undo_removal(people_import, removal)
    advance(job, done=size, total=size)


@transaction.atomic
def _undo_row(people_import: PeopleImport, row: ImportRow) -> None:
    row.outcome = RowOutcome.UNDONE
    if row.enrollment and "state" in row.before and not _undo_enrollment(people_import, row):
        row.outcome = RowOutcome.KEPT
        row.errors = [RowError("studies-already").as_json()]
    elif row.learner and row.before.get("made_person"):
        if not _undo_person(row):
            row.outcome = RowOutcome.KEPT
            row.errors = [RowError("studies-already").as_json()]
    elif row.learner and "person" in row.before:
        restore_person(row.learner, said=row.said, before=row.before["person"])
    row.save(update_fields=["outcome", "errors"])


def _undo_enrollment(people_import: PeopleImport, row: ImportRow) -> bool:
    """Whether the enrolment is where it was before, or as good as: nobody has begun meanwhile."""
    enrollment, before = row.enrollment, row.before["state"]
    assert enrollment is not None
    if enrollment.state in HOLDS_NO_PLACE:
        return True
    activated_at, since = enrollment.activated_at, people_import.created_at
    began_with_it = activated_at and (not before or activated_at > since)
    if began_with_it or enrollment.state == EnrollmentState.COMPLETED:
        return False
    try:
        move(
            enrollment=enrollment,
            to=EnrollmentState(before or EnrollmentState.WITHDRAWN),
            source=people_import.source,
            actor=people_import.requested_by,
            reason=REASON,
        )
    except IllegalTransition:
        return False
    keys = [f"invitation:{pk}" for pk in enrollment.invitations.values_list("pk", flat=True)]
    Letter.objects.filter(key__in=keys, sent_at__isnull=True).delete()
    return True


def _undo_person(row: ImportRow) -> bool:
    assert row.learner is not None
    others = Enrollment.objects.filter(learner=row.learner).exclude(pk=row.enrollment_id or 0)
    if others.exclude(state__in=HOLDS_NO_PLACE).exists():
        return False
    return unregister_person(row.learner)


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
