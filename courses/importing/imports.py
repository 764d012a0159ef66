"""The life of an import: begun, checked, confirmed or cancelled, carried out, undone.

What takes long runs in jobs (``lms.jobs``); each begins with a compare-and-set of the state, so
that of two people who press at once one is heard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.core.files import File
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from courses.importing import columns
from courses.importing.applying import apply_rows
from courses.importing.checking import check_rows, open_import
from courses.importing.files import MAX_BYTES, UnreadableFile, kind_of
from courses.importing.removing import (
    carry_out_removals,
    plan_removals,
    removals_without_a_question,
)
from courses.importing.undoing import undo_rows
from courses.models import Cohort, ImportState, PeopleImport
from courses.models.people_import import UNDO_WITHIN
from courses.signals import import_finished
from lms.jobs.models import Job
from lms.jobs.queue import enqueue, job_handler
from lms.people.models import Organisation, Region, User

KEPT_FOR = timedelta(days=30)
"""How long the rows of an import can be read. They are personal data, and then forgotten."""


class NotInThisState(Exception):
    """The import is not where this could be done; ``state`` says where it is."""

    def __init__(self, state: str):
        super().__init__(state)
        self.state = state


class RemovalsNotConfirmed(Exception):
    """More people would be withdrawn than goes without a question; the number must be repeated."""

    def __init__(self, removals: int):
        super().__init__(removals)
        self.removals = removals


class TooLateToUndo(Exception):
    """The import was carried out more than seven days ago."""


class CohortNotOpen(Exception):
    """The cohort is not open to the region of the import."""


def begin_import(
    *,
    file: File,
    name: str,
    source: str,
    region: Region | None,
    cohort: Cohort | None = None,
    system: str = "hr",
    declared: str = "",
    mode: str = PeopleImport.Mode.UPSERT,
    organisation: Organisation | None = None,
    max_removals: int | None = None,
    applies_itself: bool = False,
    requested_by: User | None = None,
    wanted_columns: Mapping[str, str] | None = None,
    asks_for_columns: bool = False,
) -> PeopleImport:
    """Keep the file and have it checked; with ``asks_for_columns`` only after ``choose_columns``.

    Raises UnreadableFile for what can be seen at once, and CohortNotOpen.
    """
    if (file.size or 0) > MAX_BYTES:
        raise UnreadableFile("file-too-large", limit=MAX_BYTES // 2**20)
    kind = kind_of(file, name=name, declared=declared)  # type: ignore[arg-type]
    if cohort and region and not cohort.regions.filter(pk=region.pk).exists():
        raise CohortNotOpen
    is_sync = mode == PeopleImport.Mode.SYNC
    scope = PeopleImport.Scope.ORGANISATION if organisation else PeopleImport.Scope.COHORT
    people_import = PeopleImport(
        region=region,
        cohort=cohort,
        system=system,
        mode=mode,
        scope=scope if is_sync else "",
        organisation=organisation if is_sync else None,
        max_removals=max_removals if is_sync else None,
        applies_itself=applies_itself,
        file_name=name[-200:],
        size_bytes=file.size or 0,
        format=kind.value,
        source=source,
        requested_by=requested_by,
        state=ImportState.CHOOSING,
    )
    file.seek(0)
    people_import.file.save(f"{people_import.uuid}.{kind.value}", file, save=False)
    try:
        table = open_import(people_import)
        people_import.headings = [heading[:200] for heading in table.headings[:200]]
        if wanted_columns:
            people_import.columns = columns.chosen(table.headings, wanted_columns)
        else:
            people_import.columns = columns.guess(table.headings)
        if not asks_for_columns:
            columns.check(people_import.columns)
        with transaction.atomic():
            people_import.save()
            if not asks_for_columns:
                _check(people_import)
    except BaseException:
        people_import.file.delete(save=False)
        raise
    return people_import


def choose_columns(people_import: PeopleImport, fields: Sequence[str]) -> None:
    """Say which column is which field, and have the file checked.

    Raises UnreadableFile where the columns do not name people, and NotInThisState.
    """
    columns.check(fields)
    with transaction.atomic():
        _move(people_import, ImportState.CHOOSING, ImportState.CHECKING)
        people_import.columns = list(fields)
        people_import.save(update_fields=["columns", "updated_at"])
        _enqueue(people_import, "import.check")


def confirm(people_import: PeopleImport, *, removals: int | None = None) -> None:
    """Have it carried out. ``removals`` repeats the number of people to withdraw, when there are
    more than goes without a question.

    Raises RemovalsNotConfirmed or NotInThisState.
    """
    planned = people_import.removals
    if planned > removals_without_a_question(people_import) and removals != planned:
        raise RemovalsNotConfirmed(planned)
    if removals is not None and removals != planned:
        raise RemovalsNotConfirmed(planned)
    with transaction.atomic():
        _move(people_import, ImportState.CHECKED, ImportState.APPLYING)
        _enqueue(people_import, "import.apply")


def cancel(people_import: PeopleImport) -> None:
    """Drop an import that has changed nothing yet; raises NotInThisState."""
    before = ImportState(people_import.state)
    if before not in (ImportState.CHOOSING, ImportState.CHECKED):
        raise NotInThisState(before)
    with transaction.atomic():
        _move(people_import, before, ImportState.CANCELLED)
        people_import.rows.all().delete()
        people_import.withdrawals.all().delete()
    _drop_file(people_import)


def undo(people_import: PeopleImport) -> None:
    """Have it taken back; raises TooLateToUndo or NotInThisState."""
    if people_import.applied_at and timezone.now() >= people_import.applied_at + UNDO_WITHIN:
        raise TooLateToUndo
    with transaction.atomic():
        _move(people_import, ImportState.APPLIED, ImportState.UNDOING)
        _enqueue(people_import, "import.undo")


def forget_old_imports() -> int:
    """Forget the rows and files of imports that are older than a month; returns how many."""
    old = PeopleImport.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).exclude(
        state__in=[ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING]
    )
    forgotten = 0
    for people_import in old.exclude(file="", rows__isnull=True).distinct():
        people_import.rows.all().delete()
        _drop_file(people_import)
        forgotten += 1
    return forgotten


def _drop_file(people_import: PeopleImport) -> None:
    """The rows are kept, the file is not. Its name alone is saved: the rest may have moved on."""
    people_import.file.delete(save=False)
    PeopleImport.objects.filter(pk=people_import.pk).update(file="")


def _check(people_import: PeopleImport) -> None:
    _move(people_import, ImportState.CHOOSING, ImportState.CHECKING)
    _enqueue(people_import, "import.check")


def _move(people_import: PeopleImport, before: ImportState, after: ImportState) -> None:
    moved = PeopleImport.objects.filter(pk=people_import.pk, state=before).update(
        state=after, updated_at=timezone.now()
    )
    people_import.refresh_from_db(fields=["state"])
    if not moved:
        raise NotInThisState(people_import.state)


def _enqueue(people_import: PeopleImport, kind: str) -> None:
    people_import.job = enqueue(
        kind,
        key=str(people_import.uuid),
        payload={"import": people_import.pk},
        total=people_import.rows_total,
        requested_by=people_import.requested_by,
    )
    people_import.save(update_fields=["job", "updated_at"])


def _of(job: Job, state: ImportState) -> PeopleImport | None:
    """The import of a job, unless an earlier run of it came to its end before the kill."""
    return (
        PeopleImport.objects.select_related("region", "cohort", "organisation", "requested_by")
        .filter(pk=job.payload["import"], state=state)
        .first()
    )


def _count(people_import: PeopleImport) -> None:
    rows = people_import.rows.values_list("outcome").annotate(count=Count("pk")).order_by("outcome")
    people_import.counts = dict(rows.values_list("outcome", "count"))


@job_handler("import.check")
def check_import(job: Job) -> None:
    """Read the file and plan its rows; a file that cannot be read ends here, with a reason."""
    people_import = _of(job, ImportState.CHECKING)
    if people_import is None:
        return
    try:
        check_rows(people_import, job)
    except UnreadableFile as error:
        people_import.rows.all().delete()
        people_import.state = ImportState.FAILED
        people_import.problem = {"code": error.code, "params": error.params}
        people_import.save()
    else:
        _end_check(people_import)
    _drop_file(people_import)


@transaction.atomic
def _end_check(people_import: PeopleImport) -> None:
    plan_removals(people_import)
    _count(people_import)
    people_import.state, people_import.checked_at = ImportState.CHECKED, timezone.now()
    people_import.save()
    if people_import.applies_itself and not people_import.removals:
        confirm(people_import)


@job_handler("import.apply")
def apply_import(job: Job) -> None:
    """Write what was planned, then withdraw whom the file does not name."""
    people_import = _of(job, ImportState.APPLYING)
    if people_import is None:
        return
    apply_rows(people_import, job)
    carry_out_removals(people_import, reason="")
    _finish(people_import, ImportState.APPLIED)


@job_handler("import.undo")
def undo_import(job: Job) -> None:
    people_import = _of(job, ImportState.UNDOING)
    if people_import is None:
        return
    undo_rows(people_import, job)
    _finish(people_import, ImportState.UNDONE)


def _finish(people_import: PeopleImport, state: ImportState) -> None:
    with transaction.atomic():
        _count(people_import)
        people_import.state = state
        if state == ImportState.APPLIED:
            people_import.applied_at = timezone.now()
        else:
            people_import.undone_at = timezone.now()
        people_import.save(
            update_fields=["counts", "state", "applied_at", "undone_at", "updated_at"]
        )
        import_finished.send(sender=PeopleImport, people_import=people_import)
