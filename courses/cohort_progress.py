"""How the people of one cohort are doing: for those who lead it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Completion, Enrollment
from courses.outline import CourseOutline
from courses.progress import next_step, statuses

SILENCE = timedelta(days=7)


class Group(StrEnum):
    """Those whom a trainer looks for."""

    SILENT = "silent"
    NOT_BEGUN = "not_begun"
    FINISHED = "finished"


@dataclass(frozen=True)
class PersonRow:
    """One learner: required activities done, when they last finished something or came in."""

    enrollment: Enrollment
    done: int
    total: int
    last_completion: datetime | None
    last_seen: datetime | None
    step: str
    """The title of the next activity; empty when nothing is left, or nothing is open."""
    is_silent: bool

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def groups(self) -> set[Group]:
        found = set()
        if self.is_silent:
            found.add(Group.SILENT)
        if self.enrollment.is_open and self.last_completion is None:
            found.add(Group.NOT_BEGUN)
        if self.enrollment.state == EnrollmentState.COMPLETED:
            found.add(Group.FINISHED)
        return found


def people_of(cohort: Cohort) -> list[PersonRow]:
    """Every enrolment of the cohort by name, in a number of queries that does not grow."""
    enrollments = (
        Enrollment.objects.filter(cohort=cohort)
        .select_related("learner__organisation")
        .order_by("learner__family_name", "learner__given_name", "learner__patronymic", "pk")
    )
    return rows_of(cohort, enrollments, cohort.course.outline())


def rows_of(
    cohort: Cohort, enrollments: Iterable[Enrollment], outline: CourseOutline
) -> list[PersonRow]:
    """The rows of some enrolments of one cohort, in their order."""
    enrollments, now = list(enrollments), timezone.now()
    finished: dict[int, list[tuple[int, str, datetime]]] = defaultdict(list)
    for enrollment_id, activity_id, outcome, at in Completion.objects.filter(
        enrollment__in=enrollments
    ).values_list("enrollment_id", "activity_id", "outcome", "at"):
        finished[enrollment_id].append((activity_id, outcome, at))
    titles = {activity.pk: activity.title for activity in outline.activities}
    required = {rule.id for rule in outline.rules if rule.is_required}
    rows = []
    for enrollment in enrollments:
        completions = finished[enrollment.pk]
        counting = {pk for pk, outcome, _at in completions if outcome != Completion.Outcome.FAILED}
        listed = statuses(outline.rules, counting, starts_at=cohort.starts_at, now=now)
        last_completion = max((at for _pk, _outcome, at in completions), default=None)
        last_seen = _latest(last_completion, enrollment.last_seen_at, enrollment.activated_at)
        rows.append(
            PersonRow(
                enrollment=enrollment,
                done=len(counting & required),
                total=len(required),
                last_completion=last_completion,
                last_seen=last_seen,
                step=titles.get(next_step(outline.rules, listed) or 0, ""),
                is_silent=is_silent(enrollment, last_seen, starts_at=cohort.starts_at, now=now),
            )
        )
    return rows


def is_silent(
    enrollment: Enrollment, last_seen: datetime | None, *, starts_at: datetime, now: datetime
) -> bool:
    """Whether someone who studies has neither come nor finished anything for seven days.

    Nobody is silent before the cohort has been under way for that long.
    """
    if enrollment.state != EnrollmentState.ACTIVE:
        return False
    return (_latest(last_seen, starts_at) or starts_at) <= now - SILENCE


def silent_enrollments(cohorts: QuerySet[Cohort]) -> QuerySet[Enrollment]:
    """Those of ``is_silent`` in the cohorts that are under way, found by the database."""
    now = timezone.now()
    limit = now - SILENCE
    recent = Completion.objects.filter(enrollment=OuterRef("pk"), at__gt=limit)
    return Enrollment.objects.filter(
        ~Exists(recent),
        Q(last_seen_at=None) | Q(last_seen_at__lte=limit),
        ~Q(activated_at__gt=limit),
        state=EnrollmentState.ACTIVE,
        cohort__in=cohorts.filter(starts_at__lte=limit, ends_at__gt=now),
    )


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
