"""Files of people for tests, and an import of them from beginning to end."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from types import ModuleType

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from openpyxl import Workbook

from courses.importing.imports import begin_import, confirm
from courses.models import Cohort, ImportRow, PeopleImport
from lms.jobs import queue
from lms.jobs.models import Job

HEADINGS = ["Табельный номер", "Фамилия", "Имя", "Отчество", "Почта"]


def person(number: int, **changes: str) -> list[str]:
    """A row of HEADINGS; ``changes`` by our names of fields."""
    fields = {
        "external_id": str(1000 + number),
        "family_name": f"Новикова{'абвгдежзик'[number % 10]}",
        "given_name": "Ирина",
        "patronymic": "Олеговна",
        "email": f"p{number}@example.org",
    } | changes
    return list(fields.values())


def csv_of(
    rows: Iterable[Sequence[str]],
    *,
    headings: Sequence[str] = HEADINGS,
    encoding: str = "utf-8",
    delimiter: str = ";",
) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([headings, *rows])
    return text.getvalue().encode(encoding)


def xlsx_of(rows: Iterable[Sequence], *, headings: Sequence[str] = HEADINGS) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Люди")
    for row in [headings, *rows]:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ndjson_of(people: Iterable[dict]) -> bytes:
    return "\n".join(json.dumps(person, ensure_ascii=False) for person in people).encode()


def checked(
    content: bytes, *, cohort: Cohort | None, name: str = "people.csv", **options
) -> PeopleImport:
    """An import of the Tomsk region after its dry run."""
    region = options.pop("region", cohort.regions.first() if cohort else None)
    people_import = begin_import(
        file=ContentFile(content, name=name),
        name=name,
        source="test",
        region=region,
        cohort=cohort,
        **options,
    )
    return worked(people_import)


def worked(people_import: PeopleImport) -> PeopleImport:
    """After a worker has done whatever was in the queue."""
    while job := Job.objects.filter(state=Job.State.QUEUED).first():
        queue.run(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.SUCCEEDED, job.error
    people_import.refresh_from_db()
    return people_import


def applied(content: bytes, *, cohort: Cohort | None, **options) -> PeopleImport:
    people_import = checked(content, cohort=cohort, **options)
    confirm(people_import)
    return worked(people_import)


def outcomes(people_import: PeopleImport) -> dict[int, str]:
    return dict(people_import.rows.values_list("number", "outcome"))


def errors(people_import: PeopleImport) -> dict[int, list[tuple[str, str]]]:
    """(code, field) of every rejected line."""
    rows = ImportRow.objects.filter(people_import=people_import, outcome="rejected")
    return {row.number: [(e["code"], e["field"]) for e in row.errors] for row in rows}


def kill_after(monkeypatch: pytest.MonkeyPatch, module: ModuleType, *, batches: int) -> None:
    """The worker ends at its next sign of life after so many batches."""
    seen = []

    def dying(job, **figures):
        seen.append(job)
        if len(seen) == batches:
            raise KeyboardInterrupt
        queue.advance(job, **figures)

    monkeypatch.setattr(module, "advance", dying)


def run_again(people_import: PeopleImport) -> PeopleImport:
    """After another worker has found what the killed one left."""
    Job.objects.filter(state="running").update(
        heartbeat_at=timezone.now() - queue.STALE_AFTER - timedelta(seconds=1)
    )
    queue.requeue_unfinished()
    return worked(people_import)
