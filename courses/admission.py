"""How a visitor of a course's page may come into the course: the cohorts, and their request."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from courses.models import Cohort, Course, Enrollment, EnrollmentRequest, RequestState
from courses.requesting import open_cohorts, place_in_line
from lms.people.models import User


@dataclass(frozen=True)
class Admission:
    cohort: Cohort | None
    """The one whose dates concern the visitor: their own, the one they ask for, or the next."""
    open_cohorts: list[Cohort] = field(default_factory=list)
    closed: Cohort | None = None
    """Where none is open: a cohort of the region that takes nobody any more."""
    request: EnrollmentRequest | None = None
    """The visitor's open request, or the last one if it was declined."""
    line: int = 0
    """Their number in the waiting list."""
    has_region: bool = True

    @property
    def is_pending(self) -> bool:
        return self.request is not None and self.request.state == RequestState.PENDING

    @property
    def is_in_line(self) -> bool:
        return self.line > 0

    @property
    def will_be_told(self) -> bool:
        request = self.request
        return request is not None and request.is_open and request.cohort_id is None

    @property
    def declined(self) -> EnrollmentRequest | None:
        request = self.request
        return request if request and request.state == RequestState.DECLINED else None

    @property
    def only_cohort(self) -> Cohort | None:
        """The one to ask for where there is nothing to choose."""
        return self.open_cohorts[0] if len(self.open_cohorts) == 1 else None


def admission_of(
    user: User | AnonymousUser, course: Course, enrollment: Enrollment | None
) -> Admission:
    """The ways in for this visitor; a constant number of queries."""
    if not isinstance(user, User):
        return Admission(None)
    if enrollment is not None and enrollment.state in ("invited", "active", "completed"):
        return Admission(enrollment.cohort)
    cohorts = list(open_cohorts(user, course))
    request = _request_of(user, course)
    cohort = cohorts[0] if cohorts else None
    line = 0
    if request is not None and request.is_open and request.cohort is not None:
        cohort = request.cohort
        if request.state == RequestState.WAITING:
            line = place_in_line(request)
    return Admission(
        cohort=cohort,
        open_cohorts=cohorts,
        closed=None if cohorts else _closed_cohort(user, course),
        request=request,
        line=line,
        has_region=user.region_id is not None,
    )


def _request_of(user: User, course: Course) -> EnrollmentRequest | None:
    """The open request; else the last, if it was declined."""
    last = (
        EnrollmentRequest.objects.filter(person=user, course=course)
        .select_related("cohort__course")
        .order_by("pk")
        .last()
    )
    if last is None or not (last.is_open or last.state == RequestState.DECLINED):
        return None
    return last


def _closed_cohort(user: User, course: Course) -> Cohort | None:
    if user.region_id is None:
        return None
    under_way = course.cohorts.filter(regions=user.region_id, ends_at__gt=timezone.now())
    return under_way.filter(enrollment_closes_at__isnull=False).order_by("starts_at").last()
