"""The ledger of completion: the one way in, and what follows from it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import Activity, Completion, Enrollment
from courses.progress import is_course_complete
from courses.signals import course_completed


class NotStudying(Exception):
    """The enrolment is not active, so nothing can be completed in it."""


@transaction.atomic
def record_completion(
    *,
    enrollment: Enrollment,
    activity: Activity,
    outcome: Completion.Outcome = Completion.Outcome.COMPLETED,
    score: float | None = None,
    evidence: dict[str, Any] | None = None,
) -> Completion:
    """Write into the ledger that ``activity`` is finished; the rooms' only way to say so.

    Idempotent: an activity that already counts stays as it was first recorded; a failed one may
    be recorded again. When the course's requirements are met, the enrolment becomes completed
    and ``course_completed`` is sent after commit. Raises NotStudying for an enrolment that is
    neither active nor completed.
    """
    locked = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    if locked.state not in (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED):
        raise NotStudying(locked.state)
    completion, created = Completion.objects.get_or_create(
        enrollment=locked,
        activity_id=activity.pk,
        defaults={"outcome": outcome, "score": score, "evidence": evidence or {}},
    )
    if not created and completion.outcome == Completion.Outcome.FAILED:
        completion.outcome, completion.score = outcome, score
        completion.evidence = evidence or {}
        completion.save(update_fields=["outcome", "score", "evidence"])
    if locked.state == EnrollmentState.ACTIVE:
        complete_if_done(locked)
    return completion


def complete_if_done(enrollment: Enrollment) -> bool:
    """Complete the enrolment if its course's requirements are met; True if it did so now."""
    rules = enrollment.cohort.course.outline().rules
    if not is_course_complete(rules, completed_ids(enrollment)):
        return False
    move(enrollment=enrollment, to=EnrollmentState.COMPLETED, source="ledger")
    enrollment_id = enrollment.pk
    transaction.on_commit(
        lambda: course_completed.send(sender=Enrollment, enrollment_id=enrollment_id)
    )
    return True


def completed_ids(enrollment: Enrollment) -> set[int]:
    """Ids of the activities that count as complete."""
    counting = enrollment.completions.counting().order_by()
    return set(counting.values_list("activity_id", flat=True))
