"""Asking for a place in a cohort, waiting for one, and deciding on those who ask.

Locks are taken in one order: the cohort, then its requests and enrolments.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from courses.enrolling import CohortFull, EnrollmentClosed, enroll, move, places_taken
from courses.enrollment_states import HOLDS_NO_PLACE, EnrollmentState
from courses.models import Cohort, Course, Enrollment, EnrollmentRequest, RequestState
from courses.models.cohort import CohortQuerySet
from courses.when import moment_in_words
from lms.mail.letters import write_letter
from lms.people.models import User
from lms.people.zones import zone_of

SOURCE = "request"


class NotForYou(Exception):
    """The cohort is not open to the person's region."""


class AlreadyEnrolled(Exception):
    """The person has a place in this course."""


class AlreadyDecided(Exception):
    """Somebody has decided on the request, or its author took it back."""


class ReasonMissing(Exception):
    """A request is declined with a reason, which its author reads."""


@transaction.atomic
def ask_for_place(*, person: User, cohort: Cohort) -> EnrollmentRequest:
    """The person's open request for this cohort; asking again returns the same.

    Into the waiting list where no place is left. An open request for another cohort of the course,
    or to be told, is replaced. Raises NotForYou, EnrollmentClosed or AlreadyEnrolled.
    """
    # Before the cohort, as an import does, which enrols where it does not lock the cohort.
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    cohort = (
        Cohort.objects.select_for_update(no_key=True).select_related("course").get(pk=cohort.pk)
    )
    if person.region_id is None or not cohort.regions.filter(pk=person.region_id).exists():
        raise NotForYou
    if not cohort.is_enrollment_open:
        raise EnrollmentClosed
    _refuse_the_enrolled(person, cohort.course)
    fill_places(cohort)  # whoever waits comes before whoever asks now
    state = RequestState.PENDING if _has_place(cohort) else RequestState.WAITING
    return _ask(person, cohort.course, cohort, state)


@transaction.atomic
def ask_to_be_told(*, person: User, course: Course) -> EnrollmentRequest:
    """The person's wish to hear when a cohort opens for their region; raises AlreadyEnrolled."""
    _refuse_the_enrolled(person, course)
    return _ask(person, course, None, RequestState.WAITING)


def _refuse_the_enrolled(person: User, course: Course) -> None:
    mine = Enrollment.objects.filter(learner=person, cohort__course=course)
    if mine.exclude(state__in=HOLDS_NO_PLACE).exists():
        raise AlreadyEnrolled


def _ask(
    person: User, course: Course, cohort: Cohort | None, state: RequestState
) -> EnrollmentRequest:
    mine = EnrollmentRequest.objects.open().filter(person=person, course=course)
    existing = mine.select_for_update().first()
    if existing is not None:
        if existing.cohort_id == (cohort.pk if cohort else None):
            return existing
        _close(existing, RequestState.WITHDRAWN, actor=person)
    try:
        with transaction.atomic():
            return EnrollmentRequest.objects.create(
                person=person, course=course, cohort=cohort, state=state
            )
    except IntegrityError:  # the same button was pressed twice at once
        return mine.get()


@transaction.atomic
def take_back(request: EnrollmentRequest) -> None:
    """Close one's own request. Raises AlreadyDecided."""
    locked = _locked(request)
    _close(locked, RequestState.WITHDRAWN, actor=locked.person)


@transaction.atomic
def accept(request: EnrollmentRequest, *, actor: User) -> EnrollmentRequest:
    """Enrol the person; where the last place has gone meanwhile they wait, and keep their turn.

    Raises AlreadyDecided or EnrollmentClosed.
    """
    locked = _locked(request)
    assert locked.cohort is not None
    try:
        _give_place(locked, letter="request_accepted", actor=actor)
    except CohortFull:
        locked.state = RequestState.WAITING
        locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def decline(request: EnrollmentRequest, *, actor: User, reason: str) -> EnrollmentRequest:
    """Say no and why. Raises ReasonMissing or AlreadyDecided."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    locked = _locked(request)
    _close(locked, RequestState.DECLINED, actor=actor, reason=reason)
    _write(locked, "request_declined", reason=reason)
    return locked


@transaction.atomic
def fill_places(cohort: Cohort) -> int:
    """Give free places to the first of the waiting list, with a letter; returns how many."""
    waiting = EnrollmentRequest.objects.filter(
        cohort=cohort, state=RequestState.WAITING, person__is_active=True
    )
    if not waiting.exists():
        return 0
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    given = 0
    for request in waiting.select_related("person", "course", "cohort").select_for_update(
        of=("self",)
    ):
        try:
            _give_place(request, letter="request_place_freed", actor=None)
        except (CohortFull, EnrollmentClosed):
            break
        given += 1
    return given


def fill_all_places() -> int:
    """Places that became free by themselves: a cohort was made larger."""
    cohorts = Cohort.objects.taking_people().filter(requests__state=RequestState.WAITING)
    return sum(fill_places(cohort) for cohort in cohorts.distinct())


def outlive_closed_cohorts() -> int:
    """Requests for cohorts that take nobody any more become wishes to hear of the next one."""
    open_now = Cohort.objects.taking_people().values("pk")
    late = EnrollmentRequest.objects.open().for_a_place().exclude(cohort__in=open_now)
    changed = 0
    for request in late:
        with transaction.atomic():
            try:
                locked = _locked(request)
            except AlreadyDecided:
                continue
            _write(locked, "request_enrolment_closed")
            locked.cohort, locked.state = None, RequestState.WAITING
            locked.save(update_fields=["cohort", "state"])
        changed += 1
    return changed


def tell_about_open_cohorts() -> int:
    """Write to those who wished to know that a cohort with places takes people of their region."""
    told = 0
    found: dict[tuple[int, int | None], Cohort | None] = {}
    wishes = EnrollmentRequest.objects.open().for_news().select_related("person", "course")
    for wish in wishes:
        key = (wish.course_id, wish.person.region_id)
        if key not in found:
            cohorts = open_cohorts(wish.person, wish.course)
            found[key] = next((cohort for cohort in cohorts if cohort.places_left != 0), None)
        cohort = found[key]
        if cohort is None:
            continue
        with transaction.atomic():
            try:
                locked = _locked(wish)
            except AlreadyDecided:
                continue
            _close(locked, RequestState.TOLD, actor=None)
            _write(locked, "request_cohort_open", begins=cohort.starts_at)
        told += 1
    return told


def open_cohorts(person: User, course: Course) -> CohortQuerySet:
    """Cohorts of the course that take people of the person's region now, the soonest first."""
    if person.region_id is None:
        return Cohort.objects.none()
    return (
        course.cohorts.taking_people()
        .filter(regions=person.region_id)
        .with_places_taken()
        .order_by("starts_at", "pk")
    )


def settle(*, person: User, course: Course, actor: User | None) -> None:
    """Close the open request of somebody who has got a place in the course, however it came."""
    EnrollmentRequest.objects.open().filter(person=person, course=course).update(
        state=RequestState.ACCEPTED, decided_at=timezone.now(), decided_by=actor
    )


def place_in_line(request: EnrollmentRequest) -> int:
    """The person's number in the waiting list, from 1."""
    line = EnrollmentRequest.objects.filter(cohort=request.cohort_id, state=RequestState.WAITING)
    before = line.filter(created_at__lt=request.created_at) | line.filter(
        created_at=request.created_at, pk__lt=request.pk
    )
    return before.count() + 1


def _has_place(cohort: Cohort) -> bool:
    if cohort.capacity is None:
        return True
    return places_taken(cohort) < cohort.capacity


def _locked(request: EnrollmentRequest) -> EnrollmentRequest:
    if request.cohort_id:
        Cohort.objects.select_for_update(no_key=True).get(pk=request.cohort_id)
    locked = (
        EnrollmentRequest.objects.select_for_update(of=("self",))
        .select_related("person", "course", "cohort")
        .get(pk=request.pk)
    )
    if not locked.is_open:
        raise AlreadyDecided
    return locked


def _give_place(request: EnrollmentRequest, *, letter: str, actor: User | None) -> None:
    assert request.cohort is not None
    enrollment = enroll(
        learner=request.person,
        cohort=request.cohort,
        source=SOURCE,
        actor=actor,
        by_own_wish=True,
    ).enrollment
    if enrollment.state == EnrollmentState.INVITED:  # by the region's system, meanwhile
        move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source=SOURCE, actor=actor)
    _close(request, RequestState.ACCEPTED, actor=actor)
    _write(request, letter, begins=request.cohort.starts_at)


def _close(
    request: EnrollmentRequest, state: RequestState, *, actor: User | None, reason: str = ""
) -> None:
    request.state, request.reason = state, reason
    request.decided_at, request.decided_by = timezone.now(), actor
    request.save(update_fields=["state", "reason", "decided_at", "decided_by"])


def _write(
    request: EnrollmentRequest, template: str, *, begins: datetime | None = None, reason: str = ""
) -> None:
    person = request.person
    with translation.override(person.locale), timezone.override(zone_of(person)):
        moment = moment_in_words(begins) if begins else ""
    write_letter(
        to=person,
        template=template,
        key=f"{template}:{request.pk}",
        context={
            "course": request.course.title,
            "cohort": request.cohort.title if request.cohort else "",
            "link": settings.PUBLIC_URL + (request.course.url or "/"),
            "moment": moment,
            "reason": reason,
        },
    )
