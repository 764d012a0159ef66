"""Writing events down, in the transaction of what they tell about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lms.api.events.models import Event


@dataclass(frozen=True)
class NewEvent:
    """One event to write. ``type`` is one of ``kinds.EventType``; ``data`` holds no personal data.

    ``object_id``: the uuid of what the type names first (learner, enrolment, certificate, import;
    of a milestone: the enrolment).
    """

    type: str
    region_id: int
    object_id: uuid.UUID
    learner_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def record_events(events: Iterable[NewEvent], *, quiet: bool = False) -> None:
    """Write events in one query; call it inside the transaction of the change itself.

    ``quiet`` events stand in the feed but send no webhooks: a job that touches thousands of people
    ends with one event that does.
    """
    Event.objects.bulk_create(
        Event(
            type=event.type,
            region_id=event.region_id,
            object_id=event.object_id,
            learner_id=event.learner_id,
            data=event.data,
            is_quiet=quiet,
        )
        for event in events
    )
