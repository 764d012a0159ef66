"""Enrolling people into cohorts and moving their enrolments from state to state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.enrollment_states import HOLDS_NO_PLACE, EnrollmentState, IllegalTransition, moved
from courses.models import Cohort, Enrollment, EnrollmentTransition
from lms.overtaken import once_more_if_overtaken
from lms.people.models import User


class CohortFull(Exception):
    """Every place of the cohort is taken."""


class EnrollmentClosed(Exception):
    """The cohort takes no one any more."""


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class EnrollmentResult:
    enrollment: Enrollment
    outcome: Outcome


def enroll(
    *,
    learner: User,
    cohort: Cohort,
    source: str,
    actor: User | None = None,
    by_own_wish: bool = False,
) -> EnrollmentResult:
    """Give ``learner`` a place in ``cohort`` and invite them; asking again changes nothing.

    Who comes ``by_own_wish`` needs no invitation and studies at once.

    A withdrawn or expired enrolment is taken up again where it was left. A completed one stays:
    repeating a course is a new attempt, which this function does not start by itself.
    Raises CohortFull or EnrollmentClosed; then nothing is written.
    """
    if standing := _standing(_latest(learner, cohort)):
        return EnrollmentResult(standing, Outcome.UNCHANGED)
    return _give_place(learner, cohort, source, actor, by_own_wish)


def _latest(learner: User, cohort: Cohort) -> Enrollment | None:
    latest = Enrollment.objects.filter(learner=learner, cohort=cohort).order_by("attempt").last()
    if latest is not None:
        latest.learner, latest.cohort = learner, cohort
    return latest


def _standing(latest: Enrollment | None) -> Enrollment | None:
    """The enrolment if it is open or completed, so that no place is to be given."""
    if latest and (latest.is_open or latest.state == EnrollmentState.COMPLETED):
        return latest
    return None


# An import does not wait where nobody counts the places.
enrolled_once = once_more_if_overtaken(
    Enrollment, "enrollment_is_open_once_in_a_cohort", "enrollment_attempt_is_counted_once"
)


@enrolled_once
def _give_place(
    learner: User, cohort: Cohort, source: str, actor: User | None, by_own_wish: bool
) -> EnrollmentResult:
    from courses.invitations import invite
    from courses.requesting import settle

    # The row that owns the places; what was read before may have changed while we waited for it.
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    attempts = Enrollment.objects.filter(learner=learner, cohort=cohort).order_by("pk")
    list(attempts.select_for_update().values_list("pk"))
    latest = _latest(learner, cohort)
    if standing := _standing(latest):
        return EnrollmentResult(standing, Outcome.UNCHANGED)
    if not cohort.is_enrollment_open:
        raise EnrollmentClosed
    if cohort.capacity is not None and places_taken(cohort) >= cohort.capacity:
        raise CohortFull
    if latest:
        again = EnrollmentState.ACTIVE if latest.activated_at else EnrollmentState.INVITED
        move(enrollment=latest, to=again, source=source, actor=actor)
        enrollment, outcome = latest, Outcome.UPDATED
    else:
        enrollment = Enrollment.objects.create(learner=learner, cohort=cohort)
        _audit(enrollment, from_state="", source=source, actor=actor)
        outcome = Outcome.CREATED
    settle(person=learner, course=cohort.course, actor=actor)
    if enrollment.state == EnrollmentState.INVITED:
        if by_own_wish:
            move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source=source, actor=actor)
        else:
            invite(enrollment)
    return EnrollmentResult(enrollment, outcome)


def places_taken(cohort: Cohort) -> int:
    return cohort.enrollments.exclude(state__in=HOLDS_NO_PLACE).count()


@transaction.atomic
def move(
    *,
    enrollment: Enrollment,
    to: EnrollmentState,
    source: str,
    actor: User | None = None,
    reason: str = "",
) -> Enrollment:
    """Move an enrolment to another state, with an audit record. Moving to its own is no move.

    A place that becomes free goes to the first of the waiting list in the same transaction.
    Raises IllegalTransition; updates the instance that was passed in.
    """
    from courses.requesting import fill_places

    if to in HOLDS_NO_PLACE:  # the cohort is locked before its enrolments, as in ``enroll``
        Cohort.objects.select_for_update(no_key=True).get(pk=enrollment.cohort_id)
    locked = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    current = EnrollmentState(locked.state)
    if current is not to:
        locked.state = moved(current, to)
        now = timezone.now()
        locked.completed_at = now if to is EnrollmentState.COMPLETED else None
        if to is EnrollmentState.ACTIVE and locked.activated_at is None:
            locked.activated_at = now
        locked.save(update_fields=["state", "completed_at", "activated_at", "updated_at"])
        _audit(locked, from_state=current, source=source, actor=actor, reason=reason)
        if to in HOLDS_NO_PLACE:
            fill_places(locked.cohort)
    for field in ("state", "completed_at", "activated_at", "updated_at"):
        setattr(enrollment, field, getattr(locked, field))
    return enrollment


def _audit(
    enrollment: Enrollment, *, from_state: str, source: str, actor: User | None, reason: str = ""
) -> None:
    EnrollmentTransition.objects.create(
        enrollment=enrollment,
        from_state=from_state,
        to_state=enrollment.state,
        actor=actor,
        source=source,
        reason=reason,
    )


def expire_finished_cohorts() -> int:
    """Expire the open enrolments of cohorts that have ended; returns how many."""
    ended = Enrollment.objects.open().filter(Q(cohort__ends_at__lt=timezone.now()))
    count = 0
    for enrollment in ended.iterator():
        try:
            move(enrollment=enrollment, to=EnrollmentState.EXPIRED, source="clock")
        except IllegalTransition:
            continue  # it was completed or withdrawn since the list was made
        count += 1
    return count
