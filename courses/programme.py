"""The programme as one learner sees it: what is done, open, locked and why; and the door to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.ledger import completed_ids
from courses.models import Activity, Completion, Course, Enrollment, Module
from courses.outline import CourseOutline, outlines_of
from courses.progress import ActivityStatus, Lock, LockKind, State, next_step, statuses
from lms.people.models import Role, User

if TYPE_CHECKING:
    from courses.as_learner import Walk


@dataclass(frozen=True)
class Row:
    """One activity in the programme. ``lock_reason`` is a sentence, empty when not locked."""

    activity: Activity
    state: State | None
    lock_reason: str = ""
    url: str = ""

    @property
    def is_locked(self) -> bool:
        return self.state is State.LOCKED

    @property
    def is_completed(self) -> bool:
        return self.state is State.COMPLETED


@dataclass(frozen=True)
class ModuleRows:
    page: Module
    rows: tuple[Row, ...]

    @property
    def minutes(self) -> int:
        return sum(row.activity.estimated_minutes for row in self.rows)


@dataclass(frozen=True)
class Programme:
    """A course for one visitor. Without an enrolment nothing is open and ``state`` is None."""

    course: Course
    enrollment: Enrollment | None
    modules: tuple[ModuleRows, ...]
    next_row: Row | None
    course_url: str = ""

    @property
    def rows(self) -> list[Row]:
        return [row for module in self.modules for row in module.rows]

    @property
    def total(self) -> int:
        return sum(row.activity.is_required for row in self.rows)

    @property
    def done(self) -> int:
        return sum(row.activity.is_required and row.is_completed for row in self.rows)

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def missing(self) -> list[Row]:
        """Required rows that are still to be done."""
        return [row for row in self.rows if row.activity.is_required and not row.is_completed]


def place_in(programme: Programme | None, activity: Activity) -> dict[str, Any]:
    """Where ``activity`` stands, for its page: its row, number and neighbours."""
    rows = programme.rows if programme else []
    place = next((at for at, row in enumerate(rows) if row.activity.pk == activity.pk), None)
    if place is None:
        return {"row": None, "number": None, "previous": None, "next": None}
    return {
        "row": rows[place],
        "number": place + 1,
        "previous": rows[place - 1] if place else None,
        "next": rows[place + 1] if place + 1 < len(rows) else None,
    }


@dataclass(frozen=True)
class Door:
    """Whether a person may enter an activity, as whom, and if not, why."""

    is_open: bool
    enrollment: Enrollment | None = None
    programme: Programme | None = None
    reason: str = ""


_WEIGHT = {"active": 3, "completed": 2, "invited": 1}


def current_enrollment(user: User, course: Course) -> Enrollment | None:
    """The person's enrolment that counts now: the one they study in, then completed, then invited.

    Of several alike it is the latest.
    """
    if not user.is_authenticated:
        return None
    found = list(
        Enrollment.objects.filter(learner=user, cohort__course=course).select_related("cohort")
    )
    current = max(found, key=lambda e: (_WEIGHT.get(e.state, 0), e.created_at), default=None)
    if current is not None:
        current.cohort.course = course  # it is at hand: nobody has to fetch it again
    return current


def programme_for(user: User, course: Course, walk: Walk | None = None) -> Programme:
    """The programme as ``user`` (perhaps anonymous) sees it; a constant number of queries.

    On a ``walk`` it is that of a learner who has finished what the walk says.
    """
    if walk is not None:
        return programme_of(course, None, walk)
    return programme_of(course, current_enrollment(user, course))


def programmes_of(enrollments: Sequence[Enrollment]) -> list[Programme]:
    """The programmes of enrolments with ``cohort__course``; four queries however many."""
    outlines = outlines_of(enrollment.cohort.course for enrollment in enrollments)
    done: dict[int, set[int]] = {}
    counting = Completion.objects.counting().filter(enrollment__in=enrollments)
    for enrollment_id, activity_id in counting.values_list("enrollment_id", "activity_id"):
        done.setdefault(enrollment_id, set()).add(activity_id)
    return [
        _programme(
            enrollment.cohort.course,
            enrollment,
            outlines[enrollment.cohort.course_id],
            _Studies(done.get(enrollment.pk, set()), enrollment.cohort.starts_at),
        )
        for enrollment in enrollments
    ]


def programme_of(
    course: Course, enrollment: Enrollment | None, walk: Walk | None = None
) -> Programme:
    """The programme for one enrolment, for a walk, or for nobody in particular."""
    studies = None
    if walk is not None:
        studies = _Studies(walk.done, timezone.now() - timedelta(days=walk.days))
    elif enrollment is not None:
        studies = _Studies(completed_ids(enrollment), enrollment.cohort.starts_at)
    return _programme(course, enrollment, course.outline(), studies)


@dataclass(frozen=True)
class _Studies:
    done: Collection[int]
    begun_at: datetime


def _programme(
    course: Course,
    enrollment: Enrollment | None,
    outline: CourseOutline,
    studies: _Studies | None,
) -> Programme:
    found: dict[int, ActivityStatus] = {}
    next_id = None
    if studies is not None:
        listed = statuses(
            outline.rules, studies.done, starts_at=studies.begun_at, now=timezone.now()
        )
        found = {status.id: status for status in listed}
        next_id = next_step(outline.rules, listed)
    titles = {activity.pk: activity.title for activity in outline.activities}
    modules = tuple(
        ModuleRows(
            page=module.page,
            rows=tuple(
                _row(activity, found.get(activity.pk), titles, outline.addresses[activity.pk])
                for activity in module.activities
            ),
        )
        for module in outline.modules
    )
    rows = [row for module in modules for row in module.rows]
    return Programme(
        course=course,
        enrollment=enrollment,
        modules=modules,
        next_row=next((row for row in rows if row.activity.pk == next_id), None),
        course_url=outline.address,
    )


def _row(
    activity: Activity, status: ActivityStatus | None, titles: dict[int, str], url: str
) -> Row:
    if status is None:
        return Row(activity, None, url=url)
    reason = lock_sentence(status.lock, titles) if status.lock else ""
    return Row(activity, status.state, reason, url)


def lock_sentence(lock: Lock, titles: dict[int, str]) -> str:
    """Why an activity is locked, as a sentence for the learner."""
    if lock.kind is LockKind.ACTIVITY:
        title = titles.get(lock.activity_id or 0, "")
        return _("Opens after “%(title)s”") % {"title": title}
    assert lock.opens_at is not None
    local = timezone.localtime(lock.opens_at)
    return _("Opens on %(date)s") % {"date": date_format(local, "j E Y, H:i")}


def minutes_in_words(minutes: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def leads(user: User, course: Course) -> bool:
    """Whether the person sees the course as staff: its owner, its trainer, or content staff."""
    if user.is_administrator or user.has_role(Role.METHODOLOGIST):
        return True
    return user.has_role(Role.TRAINER) and (
        course.owner_id == user.pk or course.cohorts.filter(trainers=user).exists()
    )


def door_to(user: User, activity: Activity, walk: Walk | None = None) -> Door:
    """Whether ``user`` (signed in) may enter ``activity``, by enrolment and the programme.

    On a ``walk`` the door is as a learner would find it, and nothing is recorded behind it.
    """
    course = activity.course()
    if walk is not None:
        programme = programme_of(course, None, walk)
        reason = _why_locked(programme, activity)
        return Door(not reason, None, programme, reason)
    enrollment = current_enrollment(user, course)
    if enrollment is None or enrollment.state not in ("active", "completed"):
        if leads(user, course):
            return Door(True)
        if enrollment is not None and enrollment.state == "invited":
            return Door(False, enrollment, reason=_("Open the link in your invitation first."))
        return Door(
            False, enrollment, reason=_("This activity is for people enrolled in the course.")
        )
    programme = programme_of(course, enrollment)
    reason = _why_locked(programme, activity)
    if reason and not leads(user, course):
        return Door(False, enrollment, programme, reason=reason)
    return Door(True, enrollment, programme)


def _why_locked(programme: Programme, activity: Activity) -> str:
    """Why a learner may not enter now; empty: they may."""
    row = next((row for row in programme.rows if row.activity.pk == activity.pk), None)
    if row is None:  # its module is not published, though it is itself
        return _("This step is not part of the programme at the moment.")
    return row.lock_reason if row.is_locked else ""
