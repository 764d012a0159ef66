"""When a learner was last in their course."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from courses.models import Enrollment

SEEN_EVERY = timedelta(minutes=10)
"""How exactly the last visit is known: it is written down no more often."""


def note_visit(enrollment: Enrollment | None) -> None:
    """The learner has opened the course or a step of it."""
    if enrollment is None:
        return
    now = timezone.now()
    if enrollment.last_seen_at is not None and enrollment.last_seen_at > now - SEEN_EVERY:
        return
    Enrollment.objects.filter(pk=enrollment.pk).filter(
        Q(last_seen_at=None) | Q(last_seen_at__lte=now - SEEN_EVERY)
    ).update(last_seen_at=now)
    enrollment.last_seen_at = now
