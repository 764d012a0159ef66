"""The dry run: every row read, matched and told what would become of it; nothing else written."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.db import transaction

from courses.enrolling import Outcome
from courses.importing import columns
from courses.importing.files import MAX_ROWS, FileKind, Line, Table, UnreadableFile, open_table
from courses.importing.planning import Candidate, Plan, Planner
from courses.importing.rows import Row, RowError, read_row
from courses.models import Cohort, ImportRow, PeopleImport, RowOutcome
from lms.bulk import insert_rows, inserting_beside
from lms.jobs.models import Job
from lms.jobs.queue import advance
from lms.people.models import Region

BATCH = 2000
FIELDS = (
    "people_import", "number", "value", "region", "cohort", "said", "is_gone", "outcome", "errors",
    "learner", "enrollment",
)  # fmt: skip
_PLANNED = {
    Outcome.CREATED: RowOutcome.WOULD_CREATE.value,
    Outcome.UPDATED: RowOutcome.WOULD_UPDATE.value,
    Outcome.UNCHANGED: RowOutcome.WOULD_NOT_CHANGE.value,
}


def open_import(people_import: PeopleImport) -> Table:
    """The table in the file of the import; raises UnreadableFile."""
    kind = FileKind(people_import.format)
    return open_table(Path(people_import.file.path), kind, fields=list(columns.FIELDS))


def check_rows(people_import: PeopleImport, job: Job) -> None:
    """Fill ``rows`` anew, and say on ``people_import`` (not saved) what the file is like.

    Raises UnreadableFile when the file as a whole cannot be read; rows are never a reason.
    """
    people_import.rows.all().delete()  # of a check that was cut off
    people_import.withdrawals.all().delete()
    table = open_import(people_import)
    fields = people_import.columns or columns.guess(table.headings)
    columns.check(fields)
    places = _Places(people_import)
    planner = Planner(people_import.system, is_sync=people_import.mode == PeopleImport.Mode.SYNC)
    batches = _batches(table.lines, fields)
    done, rows = 0, next(batches, [])
    if not rows:
        raise UnreadableFile("no-rows")
    while rows:
        done += len(rows)
        if done > MAX_ROWS:
            raise UnreadableFile("too-many-rows", limit=MAX_ROWS)
        stored = _planned(rows, planner, places)
        with transaction.atomic(), inserting_beside({}):
            insert_rows(ImportRow, FIELDS, ((people_import.pk, *values) for values in stored))
            rows = next(batches, [])  # while the database takes these in
        advance(job, done=done, total=max(done, table.expected - 1))
    people_import.headings, people_import.columns = table.headings, list(fields)
    people_import.encoding, people_import.rows_total = table.encoding, done


def _batches(lines: Iterator[Line], fields: Sequence[str]) -> Iterator[list[Row]]:
    while batch := [read_row(line, fields) for line in islice(lines, BATCH)]:
        yield batch


def _planned(rows: list[Row], planner: Planner, places: _Places) -> list[tuple]:
    """What is stored of the rows, with what would become of each."""
    candidates = {row.number: places.candidate(row) for row in rows if not row.errors}
    ready = [candidate for candidate in candidates.values() if candidate is not None]
    plans = {plan.candidate.number: plan for plan in planner.plan(ready)}
    return [_stored(row, plans.get(row.number)) for row in rows]


def _stored(row: Row, plan: Plan | None) -> tuple:
    errors = row.errors or (plan.errors if plan else [])
    if plan is None or errors:
        came = row.came or {
            name: text
            for name, text in (
                ("external_id", row.value),
                ("region", row.region),
                ("cohort", row.cohort),
                *row.person.items(),
            )
            if text
        }
        listed = [error.as_json() for error in errors]
        return (
            row.number, row.value, None, None, came, row.is_gone,
            RowOutcome.REJECTED.value, listed, None, None,
        )  # fmt: skip
    candidate = plan.candidate
    return (
        row.number,
        row.value,
        candidate.region.id,
        candidate.cohort.id if candidate.cohort else None,
        row.person,
        row.is_gone,
        _PLANNED[plan.outcome],
        [],
        plan.known.pk if plan.known else None,
        plan.latest.pk if plan.latest else None,
    )


class _Places:
    """Regions and cohorts as rows name them, within what the import may reach."""

    def __init__(self, people_import: PeopleImport) -> None:
        self._own = people_import.region
        self._cohort = people_import.cohort
        self._cohort_uuid = str(self._cohort.uuid) if self._cohort else ""
        self._regions = {region.code: region for region in Region.objects.all()}
        self._cohorts: dict[int, dict[str, Cohort]] = {}

    def candidate(self, row: Row) -> Candidate | None:
        """What can be planned; None after noting in the row why it cannot."""
        region = self._region(row)
        cohort = self._cohort_of(row, region) if region else None
        if row.errors or region is None:
            return None
        return Candidate(row.number, row.value, region, cohort, row.person, row.is_gone)

    def _region(self, row: Row) -> Region | None:
        named = self._regions.get(row.region.upper())
        code = ""
        if row.region and named is None:
            code = "region-unknown"
        elif named and self._own and named != self._own:
            code = "region-not-yours"
        elif named is None and self._own is None:
            code = "region-missing"
        if code:
            row.errors.append(RowError(code, "region"))
            return None
        return named or self._own

    def _cohort_of(self, row: Row, region: Region) -> Cohort | None:
        open_to = self._open_to(region)
        if not row.cohort:
            if self._cohort is None:
                return None
            if (cohort := open_to.get(self._cohort_uuid)) is None:
                row.errors.append(RowError("cohort-of-another-region", "region"))
            return cohort
        cohort = open_to.get(_as_uuid(row.cohort) or row.cohort.casefold())
        if cohort is None:
            row.errors.append(RowError("cohort-unknown", "cohort"))
        elif self._cohort is not None and cohort != self._cohort:
            row.errors.append(RowError("cohort-not-of-this-import", "cohort"))
        return cohort

    def _open_to(self, region: Region) -> dict[str, Cohort]:
        """By uuid, and by title where it names one alone."""
        if region.id not in self._cohorts:
            found: dict[str, Cohort] = {}
            twice: set[str] = set()
            for cohort in Cohort.objects.open_to_region(region):
                title = cohort.title.casefold()
                if title in found:
                    twice.add(title)
                found[str(cohort.uuid)] = found[title] = cohort
            for title in twice:
                del found[title]
            self._cohorts[region.id] = found
        return self._cohorts[region.id]


def _as_uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
