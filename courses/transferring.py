"""Moving people between cohorts of a course, and letting them take a course once more.

Locks are taken in one order: cohorts by their ids, then the enrolment.
"""

from __future__ import annotations

from django.conf import settings
from django.db.models import Max
from django.utils import timezone, translation

from courses.enrolling import (
    CohortFull,
    EnrollmentClosed,
    EnrollmentResult,
    Outcome,
    enrolled_once,
    places_taken,
)
from courses.enrollment_states import OPEN_STATES, EnrollmentState, IllegalTransition
from courses.invitations import invite
from courses.models import Cohort, Enrollment, EnrollmentTransition
from courses.requesting import fill_places
from courses.when import moment_in_words
from lms.mail.letters import write_letter
from lms.people.models import User
from lms.people.zones import zone_of


class AnotherCourse(Exception):
    """The two cohorts run different courses: what was done in one counts nothing in the other."""


class NotForThisRegion(Exception):
    """The cohort is not open to the learner's region."""


class StudiesThere(Exception):
    """The learner has an open or completed enrolment in the cohort already."""


class NotFinished(Exception):
    """Only what is completed can be begun anew; anything else is taken up where it was left."""


@enrolled_once
def transfer(
    *,
    enrollment: Enrollment,
    to: Cohort,
    source: str,
    actor: User | None = None,
    reason: str = "",
) -> EnrollmentResult:
    """Move an open enrolment to another cohort of its course, with all that was done in it.

    The enrolment keeps its id, state and ledger; its invitation stays valid. The place that
    becomes free goes to the waiting list, and the learner gets a letter. Moving to the cohort
    where it is changes nothing. Updates the instance that was passed in.
    Raises AnotherCourse, NotForThisRegion, StudiesThere, EnrollmentClosed, CohortFull, or
    IllegalTransition where the enrolment is not open.
    """
    cohorts = _locked_cohorts(enrollment.cohort_id, to.pk)
    locked = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    if locked.cohort_id == to.pk:
        return EnrollmentResult(locked, Outcome.UNCHANGED)
    state = EnrollmentState(locked.state)
    if locked.cohort_id not in cohorts or state not in OPEN_STATES:
        raise IllegalTransition(state, state)
    before, after = cohorts[locked.cohort_id], cohorts[to.pk]
    if before.course_id != after.course_id:
        raise AnotherCourse
    learner = User.objects.get(pk=locked.learner_id)
    _check_place(learner, after)
    there = Enrollment.objects.filter(learner=learner, cohort=after)
    if there.filter(state__in=[*OPEN_STATES, EnrollmentState.COMPLETED]).exists():
        raise StudiesThere
    locked.cohort = after
    if there.filter(attempt=locked.attempt).exists():
        locked.attempt = _last_attempt(learner, after) + 1
    locked.save(update_fields=["cohort", "attempt", "updated_at"])
    EnrollmentTransition.objects.create(
        enrollment=locked,
        from_cohort=before,
        from_state=state,
        to_state=state,
        actor=actor,
        source=source,
        reason=reason,
    )
    fill_places(before)
    _tell(locked, learner)
    for field in ("cohort", "attempt", "updated_at"):
        setattr(enrollment, field, getattr(locked, field))
    return EnrollmentResult(enrollment, Outcome.UPDATED)


@enrolled_once
def repeat(
    *,
    enrollment: Enrollment,
    cohort: Cohort,
    source: str,
    actor: User | None = None,
    reason: str = "",
) -> EnrollmentResult:
    """A new attempt at a completed course, in ``cohort`` of the same course, with an invitation.

    The completed enrolment stays as it is, with its results and its certificate. Asking again
    while the new attempt is open changes nothing.
    Raises NotFinished, AnotherCourse, NotForThisRegion, EnrollmentClosed or CohortFull.
    """
    locked_cohort = _locked_cohorts(cohort.pk)[cohort.pk]
    # Locked, so that of two repeats in different cohorts the second sees the first.
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("cohort", "learner")
    finished = rows.get(pk=enrollment.pk)
    learner, course_id = finished.learner, finished.cohort.course_id
    if locked_cohort.course_id != course_id:
        raise AnotherCourse
    attempts = Enrollment.objects.filter(learner=learner, cohort__course=course_id)
    open_now = attempts.open().filter(cohort=locked_cohort, attempt__gt=finished.attempt).first()
    if open_now is not None:
        return EnrollmentResult(open_now, Outcome.UNCHANGED)
    if finished.state != EnrollmentState.COMPLETED or attempts.open().exists():
        raise NotFinished
    _check_place(learner, locked_cohort)
    new = Enrollment.objects.create(
        learner=learner, cohort=locked_cohort, attempt=_last_attempt(learner, locked_cohort) + 1
    )
    EnrollmentTransition.objects.create(
        enrollment=new,
        from_state="",
        to_state=new.state,
        actor=actor,
        source=source,
        reason=reason,
    )
    invite(new)
    return EnrollmentResult(new, Outcome.CREATED)


def _locked_cohorts(*ids: int) -> dict[int, Cohort]:
    rows = Cohort.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return {cohort.pk: cohort for cohort in rows}


def _check_place(learner: User, cohort: Cohort) -> None:
    if learner.region_id is not None and not cohort.regions.filter(pk=learner.region_id).exists():
        raise NotForThisRegion
    if not cohort.is_enrollment_open:
        raise EnrollmentClosed
    if cohort.capacity is not None and places_taken(cohort) >= cohort.capacity:
        raise CohortFull


def _last_attempt(learner: User, cohort: Cohort) -> int:
    """The highest number of an attempt at the cohort's course."""
    attempts = Enrollment.objects.filter(learner=learner, cohort__course=cohort.course_id)
    return attempts.aggregate(last=Max("attempt"))["last"] or 0


def _tell(enrollment: Enrollment, learner: User) -> None:
    cohort = enrollment.cohort
    with translation.override(learner.locale), timezone.override(zone_of(learner)):
        moment = moment_in_words(cohort.starts_at)
    last = enrollment.transitions.order_by("-pk").values_list("pk", flat=True)[0]
    write_letter(
        to=learner,
        template="transferred",
        key=f"transferred:{last}",
        context={
            "course": cohort.course.title,
            "cohort": cohort.title,
            "link": settings.PUBLIC_URL + (cohort.course.url or "/"),
            "moment": moment,
        },
    )
