"""What those who run courses find on their first page: cohorts, meetings, open requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from courses.agenda import Event, led_sessions_of
from courses.deciding import decides_on_requests
from courses.models import Cohort, EnrollmentRequest, RequestState
from lms.people.models import Role, User

AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Duties:
    cohorts: tuple[Cohort, ...]
    """Those that the person trains and that have not ended, with their courses."""
    sessions: tuple[Event, ...]
    requests_to_decide: int
    imports_people: bool
    """Whether the person brings people into courses by files: a coordinator."""


def duties_of(user: User, now: datetime | None = None) -> Duties | None:
    """None for whoever only learns; a constant number of queries."""
    if not (user.has_roles or user.is_administrator):
        return None
    now = now or timezone.now()
    cohorts = user.trained_cohorts.filter(ends_at__gt=now).select_related("course")
    sessions = led_sessions_of(user, now, now + AHEAD)
    waiting = 0
    if decides_on_requests(user):
        asked = EnrollmentRequest.objects.decided_by(user).for_a_place()
        waiting = asked.filter(state=RequestState.PENDING).count()
    return Duties(
        cohorts=tuple(cohorts.order_by("starts_at", "pk")),
        sessions=tuple(
            event for event in sessions if not event.is_cancelled and event.ends_at > now
        ),
        requests_to_decide=waiting,
        imports_people=user.has_role(Role.COORDINATOR),
    )
