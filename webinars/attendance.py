"""Attendance at webinars: writing down who is there, counting it, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from courses.ledger import NotStudying, record_completion
from courses.models import Completion, Enrollment
from webinars.models.attendance import AttendanceSegment
from webinars.models.webinar import WebinarSession
from webinars.segments import merged_seconds

STALE_AFTER = timedelta(seconds=60)
"""Whoever was not seen for so long left when they were last seen: their process died."""


@dataclass(frozen=True)
class Attended:
    """What one person has of a webinar."""

    seconds: int
    needed_minutes: int
    is_counted: bool

    @property
    def minutes(self) -> int:
        return self.seconds // 60


@transaction.atomic
def see(session: WebinarSession, *, user_ids: Iterable[int], hub: str, at: datetime) -> None:
    """Note that these people are there now, as the process ``hub`` sees it: two writes for all."""
    wanted = set(user_ids)
    open_here = AttendanceSegment.objects.filter(
        session=session, hub=hub, left_at=None, user_id__in=wanted
    )
    known = set(open_here.values_list("user_id", flat=True))
    open_here.filter(last_seen_at__lt=at).update(last_seen_at=at)
    AttendanceSegment.objects.bulk_create(
        [
            AttendanceSegment(
                session=session, user_id=user_id, hub=hub, joined_at=at, last_seen_at=at
            )
            for user_id in sorted(wanted - known)
        ],
        ignore_conflicts=True,
    )


def part(
    session: WebinarSession,
    *,
    user_ids: Iterable[int],
    hub: str,
    at: datetime,
    reason: AttendanceSegment.Reason,
) -> None:
    """End the stays of those who have left."""
    AttendanceSegment.objects.filter(
        session=session, hub=hub, left_at=None, user_id__in=list(user_ids)
    ).update(**_ended(at), reason=reason)


def close_all(session: WebinarSession, *, at: datetime) -> None:
    """End every stay, because the webinar has ended."""
    AttendanceSegment.objects.filter(session=session, left_at=None).update(
        **_ended(at), reason=AttendanceSegment.Reason.CLOSED
    )


def _ended(at: datetime) -> dict[str, Greatest]:
    """A stay that ends at ``at``, but not before it began: the clocks of two processes differ,
    and one that is set back must not keep anybody's end from being written."""
    end = Greatest(F("joined_at"), Value(at, output_field=DateTimeField()))
    return {"last_seen_at": end, "left_at": end}


def close_stale(*, now: datetime | None = None) -> int:
    """End the stays of those whose process died, at the moment they were last seen; how many."""
    limit = (now or timezone.now()) - STALE_AFTER
    stale = AttendanceSegment.objects.filter(left_at=None, last_seen_at__lt=limit)
    count = 0
    for segment in stale.iterator():
        # Each on its own: a person may have come back while we looked.
        count += AttendanceSegment.objects.filter(
            pk=segment.pk, left_at=None, last_seen_at=segment.last_seen_at
        ).update(left_at=segment.last_seen_at, reason=AttendanceSegment.Reason.LOST)
    return count


def counted(session: WebinarSession, user_ids: Collection[int]) -> dict[int, Attended]:
    """What each of these people has; only time while the webinar was open counts."""
    stays: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for user_id, joined, seen in AttendanceSegment.objects.filter(
        session=session, user_id__in=user_ids
    ).values_list("user_id", "joined_at", "last_seen_at"):
        stays[user_id].append((joined, seen))
    needed = session.webinar.minimum_minutes
    found = {}
    for user_id in user_ids:
        seconds = (
            merged_seconds(stays[user_id], begins=session.opened_at, ends=session.closed_at)
            if session.opened_at is not None
            else 0
        )
        is_counted = session.opened_at is not None and seconds >= needed * 60
        found[user_id] = Attended(seconds, needed, is_counted and bool(stays[user_id]))
    return found


def complete_those_who_stayed(session: WebinarSession, attended: dict[int, Attended]) -> list[int]:
    """Put into the ledger whoever has stayed long enough; returns the ids of those new in it."""
    stayed = {user_id for user_id, found in attended.items() if found.is_counted}
    if not stayed:
        return []
    recorded = Completion.objects.filter(
        activity_id=session.webinar_id,
        enrollment__cohort_id=session.cohort_id,
        enrollment__learner_id__in=stayed,
    ).values_list("enrollment_id", flat=True)
    waiting = (
        Enrollment.objects.studying()
        .filter(cohort_id=session.cohort_id, learner_id__in=stayed)
        .exclude(pk__in=list(recorded))
    )
    new = []
    for enrollment in waiting:
        seconds = attended[enrollment.learner_id].seconds
        try:
            record_completion(
                enrollment=enrollment,
                activity=session.webinar,
                evidence={"session": session.pk, "seconds": seconds},
            )
        except NotStudying:  # withdrawn between our look and the ledger's lock
            continue
        new.append(enrollment.learner_id)
    return new
