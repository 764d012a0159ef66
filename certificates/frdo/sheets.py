"""From issued documents to the sheet of the federal register, and its confirmation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from io import BytesIO

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from certificates.frdo import columns
from certificates.frdo.checks import problems_of, shared_snils
from certificates.frdo.columns import Paper, Person, Replacement, Training, name_in_parts, row_of
from certificates.models import (
    Certificate,
    CertificateTemplate,
    FrdoDetails,
    FrdoSheet,
    Provider,
    ReasonClass,
)
from lms.people.models import User

TERM = timedelta(days=60)
"""From the issue to the register (Government decree 825 of 31.05.2021)."""


class NotSheeted(Exception):
    """Nothing to send: every chosen document lacks something, or has been accepted already."""


@dataclass(frozen=True)
class Line:
    """One document on its way to the register, and what is in the way."""

    certificate: Certificate
    paper: Paper
    person: Person
    problems: Sequence[str]

    @property
    def is_ready(self) -> bool:
        return not self.problems

    @property
    def due_on(self) -> date:
        return self.paper.issued_on + TERM

    @property
    def is_late(self) -> bool:
        return timezone.localdate() > self.due_on


def licensed_providers() -> QuerySet[Provider]:
    """Those whose licence is recorded: nobody else reports to the register."""
    return Provider.objects.filter(licensed_on__isnull=False)


def documents() -> QuerySet[Certificate]:
    """Valid documents of further training that the register has not accepted yet."""
    accepted = FrdoSheet.objects.filter(certificates=OuterRef("pk"), accepted_at__isnull=False)
    return (
        Certificate.objects.valid()
        .filter(
            ~Exists(accepted),
            template__kind=CertificateTemplate.Kind.QUALIFICATION,
            template__provider__licensed_on__isnull=False,
            learner__is_synthetic=False,
        )
        .select_related("learner__frdo_details", "cohort", "supersedes__learner")
    )


def documents_of(
    provider: Provider, *, since: date | None = None, until: date | None = None
) -> QuerySet[Certificate]:
    found = documents().filter(template__provider=provider)
    if since:
        found = found.filter(issued_at__date__gte=since)
    if until:
        found = found.filter(issued_at__date__lte=until)
    return found.order_by("issued_at", "pk")


def lines_of(certificates: Iterable[Certificate]) -> list[Line]:
    """The dry run: every document with what the register would refuse. Nothing is written."""
    rows = [(each, paper_of(each), person_of(each.learner)) for each in certificates]
    shared = shared_snils((each.learner_id, person.snils) for each, _paper, person in rows)
    lines = []
    for certificate, paper, person in rows:
        problems = problems_of(paper, person)
        if person.snils in shared:
            problems.append(_("The same SNILS stands with another person of this list."))
        lines.append(Line(certificate, paper, person, problems))
    return lines


def paper_of(certificate: Certificate) -> Paper:
    snapshot, learner = certificate.snapshot, certificate.learner
    issued_on = timezone.localtime(certificate.issued_at).date()
    completed_on = snapshot.get("completed_on", "")
    ended = date.fromisoformat(completed_on).year if completed_on else issued_on.year
    started = timezone.localtime(certificate.cohort.starts_at).year if certificate.cohort else ended
    old = _replaced(certificate)
    return Paper(
        number=certificate.number,
        issued_on=issued_on,
        programme=snapshot.get("programme") or snapshot["course"],
        hours=int(snapshot.get("hours") or 0),
        started=started,
        ended=ended,
        holder=name_in_parts(
            snapshot.get("holder", snapshot["name"]),
            family=learner.family_name,
            given=learner.given_name,
            patronymic=learner.patronymic,
        ),
        replaces=paper_of(old) if old else None,
        replacement=_replacement(certificate, old),
    )


def _replaced(certificate: Certificate) -> Certificate | None:
    if not certificate.is_replacement:
        return None
    return getattr(certificate, "supersedes", None)


def _replacement(certificate: Certificate, old: Certificate | None) -> Replacement:
    if not certificate.is_replacement:
        return ""
    if not certificate.is_duplicate:
        return "corrected"
    return "lost" if old and old.reason_class == ReasonClass.LOST else "exchanged"


def person_of(learner: User) -> Person:
    details: FrdoDetails | None = getattr(learner, "frdo_details", None)
    if details is None:
        return Person()
    values = {name: getattr(details, name) for name in asdict(Person())}
    values["birth_date"] = date.fromisoformat(details.birth_date) if details.birth_date else None
    return Person(**values)


def keep_details(learner: User, person: Person, *, by: User) -> FrdoDetails:
    """Keep what the register asks about ``learner``, encrypted."""
    values = asdict(person)
    values["birth_date"] = person.birth_date.isoformat() if person.birth_date else ""
    values["changed_by"] = by
    details, _made = FrdoDetails.objects.update_or_create(learner=learner, defaults=values)
    return details


def waits_for_details(learner: User) -> bool:
    """Whether a document of this person has still to go to the register."""
    return documents().filter(learner=learner).exists()


@transaction.atomic
def take_sheet(
    provider: Provider, lines: Sequence[Line], training: Training, *, actor: User
) -> tuple[FrdoSheet, bytes]:
    """The workbook of the lines that are ready, and the record of who took it.

    Raises NotSheeted when none is ready.
    """
    ready = [line for line in lines if line.is_ready]
    if not ready:
        raise NotSheeted(provider)
    sheet = FrdoSheet.objects.create(provider=provider, made_by=actor)
    sheet.certificates.set([line.certificate for line in ready])
    return sheet, workbook(row_of(line.paper, line.person, training) for line in ready)


def workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet «Шаблон», headings and rows, every cell text: nothing is taken for a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(columns.SHEET)
    sheet.freeze_panes = "A2"
    for row in (columns.COLUMNS, *rows):
        cells = [WriteOnlyCell(sheet, value=text) for text in row]
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
        sheet.append(cells)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@transaction.atomic
def accept(sheet: FrdoSheet, *, actor: User) -> int:
    """The register has taken the sheet: erase what it was asked for. How many people's details.

    Who has another document on its way keeps them until that one is accepted too.
    """
    sheet = FrdoSheet.objects.select_for_update().get(pk=sheet.pk)
    if sheet.accepted_at is None:
        sheet.accepted_at, sheet.accepted_by = timezone.now(), actor
        sheet.save(update_fields=["accepted_at", "accepted_by"])
    return _erase_unneeded(FrdoDetails.objects.filter(learner__certificates__frdo_sheets=sheet))


def erase_unneeded_details() -> int:
    """Erase the details of people of whom no document waits any more: it was revoked meanwhile."""
    return _erase_unneeded(FrdoDetails.objects.all())


def _erase_unneeded(details: QuerySet[FrdoDetails]) -> int:
    still_needed = documents().filter(learner=OuterRef("learner"))
    done = details.filter(~Q(Exists(still_needed.order_by()))).distinct()
    ids = list(done.values_list("pk", flat=True))
    FrdoDetails.objects.filter(pk__in=ids).delete()
    return len(ids)
