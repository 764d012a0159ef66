"""What those who decide on requests see: the open ones by cohort, and who waits for a cohort."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count

from courses.models import Cohort, EnrollmentRequest, RequestState
from lms.people.models import Role, User


@dataclass
class Queue:
    """The open requests of one cohort: first those to decide, then the waiting list."""

    cohort: Cohort
    pending: list[EnrollmentRequest] = field(default_factory=list)
    waiting: list[EnrollmentRequest] = field(default_factory=list)


@dataclass(frozen=True)
class Hope:
    """How many people wait for a cohort of a course to open."""

    course_title: str
    people: int


@dataclass(frozen=True)
class Queues:
    cohorts: list[Queue]
    hopes: list[Hope]

    @property
    def to_decide(self) -> int:
        return sum(len(queue.pending) for queue in self.cohorts)


def decides_on_requests(user: User) -> bool:
    return user.is_administrator or any(
        user.has_role(role) for role in (Role.COORDINATOR, Role.TRAINER, Role.METHODOLOGIST)
    )


def queues_for(user: User) -> Queues:
    """Everything open that ``user`` may decide; a constant number of queries."""
    mine = EnrollmentRequest.objects.open().decided_by(user)
    found = (
        mine.for_a_place()
        .select_related("person__region", "person__organisation")
        .order_by("created_at", "pk")
    )
    by_cohort: dict[int, list[EnrollmentRequest]] = {}
    for request in found:
        by_cohort.setdefault(request.cohort_id, []).append(request)
    cohorts = (
        Cohort.objects.filter(pk__in=by_cohort).select_related("course").with_places_taken()
    ).order_by("starts_at", "pk")
    queues = []
    for cohort in cohorts:
        queue = Queue(cohort)
        for request in by_cohort[cohort.pk]:
            waits = request.state == RequestState.WAITING
            (queue.waiting if waits else queue.pending).append(request)
        queues.append(queue)
    hopes = (
        mine.for_news()
        .values("course__title")
        .annotate(people=Count("pk"))
        .order_by("-people", "course__title")
    )
    return Queues(queues, [Hope(row["course__title"], row["people"]) for row in hopes])
