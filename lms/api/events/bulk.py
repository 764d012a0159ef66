"""Events of imports, which write thousands of rows past their models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from courses.models import Enrollment, PeopleImport
from courses.signals import import_finished, people_written
from lms.api.events.kinds import EventType
from lms.api.events.models import Event
from lms.api.events.recording import NewEvent, record_events
from lms.bulk import insert_rows
from lms.people.models import User

FIELDS = ("uuid", "type", "region", "object_id", "learner", "data", "is_quiet")


def connect() -> None:
    people_written.connect(tell_of_people, dispatch_uid="api.events.people_written")
    import_finished.connect(tell_of_import, dispatch_uid="api.events.import_finished")


def tell_of_people(
    sender: type[PeopleImport],
    source: str,
    created: Sequence[int],
    updated: Sequence[int],
    transitions: Sequence[tuple[int, str, str]],
    **kwargs: Any,
) -> None:
    """Quiet events: the webhook comes once, when the import ends."""
    types = dict.fromkeys(updated, EventType.LEARNER_UPDATED)
    types |= dict.fromkeys(created, EventType.LEARNER_CREATED)
    people = User.objects.filter(id__any_of=list(types), region__isnull=False)
    rows: list[tuple] = [
        (uuid4(), types[pk].value, region_id, uuid, pk, {}, True)
        for pk, uuid, region_id in people.values_list("pk", "uuid", "region_id")
    ]
    states = {pk: (before, after) for pk, before, after in transitions}
    places = Enrollment.objects.filter(id__any_of=list(states), learner__region__isnull=False)
    for pk, uuid, learner_id, region_id, cohort, attempt in places.values_list(
        "pk", "uuid", "learner_id", "learner__region_id", "cohort__uuid", "attempt"
    ):
        before, after = states[pk]
        facts = {"cohort": str(cohort), "attempt": attempt, "state": after, "source": source}
        kind = EventType.ENROLMENT_CREATED
        if before:
            facts["from_state"] = before
            kind = EventType.ENROLMENT_STATE_CHANGED
        rows.append((uuid4(), kind.value, region_id, uuid, learner_id, facts, True))
    insert_rows(Event, FIELDS, rows)


def tell_of_import(sender: type[PeopleImport], people_import: PeopleImport, **kwargs: Any) -> None:
    """To every region whose people it was about."""
    regions = [people_import.region_id] if people_import.region_id else []
    if not regions:
        of_rows = people_import.rows.exclude(region=None).order_by("region")
        regions = list(of_rows.values_list("region", flat=True).distinct())
    facts = {"state": str(people_import.state)}
    if people_import.region_id:
        facts |= {"counts": people_import.counts}
    record_events(
        NewEvent(EventType.IMPORT_FINISHED, region_id, people_import.uuid, None, facts)
        for region_id in regions
    )
