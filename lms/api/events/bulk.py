"""Events of imports, which write thousands of rows past their models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from courses.models import PeopleImport
from courses.signals import MovedEnrollment, WrittenPerson, import_finished, people_written
from lms.api.events.hooks import TOLD_OF_LEARNERS
from lms.api.events.kinds import EventType
from lms.api.events.models import Event
from lms.api.events.recording import NewEvent, record_events
from lms.bulk import insert_rows, ordered_uuids

TOLD_FIELDS = frozenset(TOLD_OF_LEARNERS.values())
FIELDS = ("uuid", "type", "region", "object_id", "learner", "data", "is_quiet")


def connect() -> None:
    people_written.connect(tell_of_people, dispatch_uid="api.events.people_written")
    import_finished.connect(tell_of_import, dispatch_uid="api.events.import_finished")


def tell_of_people(
    sender: type[PeopleImport],
    source: str,
    people: Sequence[WrittenPerson],
    enrollments: Sequence[MovedEnrollment],
    is_quiet: bool,
    **kwargs: Any,
) -> None:
    rows: list[tuple] = []
    said: dict[tuple, dict[str, Any]] = {}
    for person in people:
        facts = _of_changes(person)
        if person.region_id and facts is not None:
            kind = EventType.LEARNER_CREATED if person.is_new else EventType.LEARNER_UPDATED
            rows.append((kind.value, person.region_id, person.uuid, person.pk, facts, is_quiet))
    for one in enrollments:
        if not one.region_id:
            continue
        kind = EventType.ENROLMENT_STATE_CHANGED if one.before else EventType.ENROLMENT_CREATED
        way = (one.cohort_uuid, one.attempt, one.before, one.after)
        if way not in said:  # nearly all went the same
            said[way] = _of_move(one, source)
        rows.append((kind.value, one.region_id, one.uuid, one.learner_id, said[way], is_quiet))
    uuids = ordered_uuids(len(rows))
    insert_rows(Event, FIELDS, ((uuid, *row) for uuid, row in zip(uuids, rows, strict=True)))


def _of_move(one: MovedEnrollment, source: str) -> dict[str, Any]:
    facts = {
        "cohort": str(one.cohort_uuid),
        "attempt": one.attempt,
        "state": one.after,
        "source": source,
    }
    return facts | {"from_state": one.before} if one.before else facts


_NOTHING: dict[str, Any] = {}


def _of_changes(person: WrittenPerson) -> dict[str, Any] | None:
    """What the event says beside the person's id; None where nothing that is told has changed."""
    if person.changes is None:
        return _NOTHING
    told = sorted(TOLD_FIELDS.intersection(person.changes))
    return {"changes": told} if told else None


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
