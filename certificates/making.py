"""From facts to a file, and from a file to a row: the only place where certificates are made."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.facts import Facts, Identity, claims_of, kept_snapshot, snapshot_of
from certificates.issuer import current_issuer
from certificates.looks import layout_of
from certificates.models import (
    Certificate,
    CertificateEvent,
    CertificateTemplate,
    RegisterEntry,
)
from certificates.names import MOST_LETTERS
from certificates.numbering import reserve
from certificates.problems import NameMissing, NameTooLong, UnknownLetters
from certificates.render import Fonts, Snapshot, check_text, draw
from certificates.sealing import CertificateContent, seal
from courses.models import Cohort, Enrollment
from lms.pdf.fonts import MissingGlyphs
from lms.people.models import User

_one_at_a_time = threading.Lock()
"""asn1crypto reads the issuer's certificate bit by bit as it is asked, and two threads that ask at
once can find half of it. Drawing holds the interpreter's lock anyway: nothing is lost."""


class ReplacedMeanwhile(Exception):
    """While the new file was drawn, the old certificate ceased to be valid."""

    words = _("The state of the certificate has changed meanwhile; this step is not possible now.")


@dataclass(frozen=True)
class Holder:
    """Whose the certificate is, and what it was earned with."""

    learner: User
    cohort: Cohort | None = None
    enrollment: Enrollment | None = None


def fonts() -> Fonts:
    """Golos Text from the npm package."""
    base = settings.NPM_DIR / "@expo-google-fonts" / "golos-text"
    return Fonts(
        regular=base / "400Regular" / "GolosText_400Regular.ttf",
        bold=base / "700Bold" / "GolosText_700Bold.ttf",
    )


def check_printable(facts: Facts, template: CertificateTemplate) -> None:
    """Whether all of it can be printed. Raises NameMissing, NameTooLong or UnknownLetters."""
    if not facts.name.strip():
        raise NameMissing
    if max(len(facts.name), len(facts.name_dative)) > MOST_LETTERS:
        raise NameTooLong
    sample = Identity(number="БК-0000-000000", code="0" * 12, issued_at=timezone.now())
    try:
        check_text(snapshot_of(facts, template, sample), fonts())
    except MissingGlyphs as error:
        raise UnknownLetters(error.characters) from error


def make_certificate(
    *,
    purpose: str,
    holder: Holder,
    facts: Facts,
    template: CertificateTemplate,
    actor: User | None,
    reason_class: str = "",
    reason: str = "",
    is_duplicate: bool = False,
    replaces: Certificate | None = None,
) -> Certificate:
    """Draw the file and record the certificate; a kill at any moment leaves the whole or none.

    ``purpose`` names this one certificate: asked for again after a kill, it gets the number that
    was taken for it. ``replaces`` is superseded in the same transaction. Raises what drawing and
    storing raise; then nothing is recorded and no file is left.
    """
    check_printable(facts, template)
    entry = reserve(purpose)
    identity = Identity(number=entry.number, code=entry.code, issued_at=entry.taken_at)
    snapshot = snapshot_of(facts, template, identity, is_duplicate=is_duplicate)
    claims = claims_of(
        facts,
        snapshot,
        template,
        entry,
        learner=holder.learner,
        achievement_url=_achievement_url(holder),
    )
    content, layout, issuer = (
        CertificateContent(snapshot, claims),
        layout_of(template),
        current_issuer(),
    )
    with _one_at_a_time:
        sealed = seal(content, layout, issuer, fonts())
    certificate = Certificate(
        uuid=entry.uuid,
        number=entry.number,
        code=entry.code,
        learner=holder.learner,
        cohort=holder.cohort,
        enrollment=holder.enrollment,
        template=template,
        snapshot=kept_snapshot(snapshot, facts, template),
        pdf_sha256=sealed.sha256,
        credential=json.dumps(sealed.credential, ensure_ascii=False, indent=1),
        status_list=entry.status_list,
        status_index=entry.status_index,
        is_replacement=replaces is not None,
        is_duplicate=is_duplicate,
        issued_at=entry.taken_at,
    )
    name = _stored(sealed.pdf, entry)
    certificate.pdf.name = name
    try:
        with transaction.atomic():
            _record(certificate, actor, reason_class, reason, replaces)
    except BaseException:
        _forget_file(name, certificate)
        raise
    return certificate


def _forget_file(name: str, certificate: Certificate) -> None:
    """Delete the file of a certificate that was not recorded.

    When the connection breaks at the COMMIT, it may have been: then the file stays. It stays as
    well while the database cannot be asked, for a file too many harms nobody.
    """
    try:
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        is_recorded = Certificate.objects.filter(uuid=certificate.uuid).exists()
    except DatabaseError:
        return
    if not is_recorded:
        storages["private"].delete(name)


def drawn(snapshot: Snapshot, template: CertificateTemplate) -> bytes:
    """The unsigned page, as a preview shows it. Raises MissingGlyphs."""
    return draw(snapshot, layout_of(template), fonts())


def _achievement_url(holder: Holder) -> str:
    """The programme's page, or the board of honour: where one reads what it was given for."""
    path = holder.cohort.course.get_url() if holder.cohort else None
    return settings.PUBLIC_URL + (path or reverse("certificates:boards"))


def _stored(pdf: bytes, entry: RegisterEntry) -> str:
    """Write the file under a name that nobody else writes, so that a failure can take it away."""
    storage = storages["private"]
    name = f"certificates/{entry.taken_at:%Y/%m}/{entry.uuid}-{secrets.token_hex(4)}.pdf"
    try:
        return storage.save(name, ContentFile(pdf))
    except BaseException:
        storage.delete(name)
        raise


def _record(
    certificate: Certificate,
    actor: User | None,
    reason_class: str,
    reason: str,
    replaces: Certificate | None,
) -> None:
    now = timezone.now()
    if replaces is not None:
        replaces = Certificate.objects.select_for_update().get(pk=replaces.pk)
        if replaces.state != Certificate.State.ISSUED:
            raise ReplacedMeanwhile
    certificate.save()
    CertificateTemplate.objects.filter(pk=certificate.template_id, locked_at=None).update(
        locked_at=now
    )
    CertificateEvent.objects.create(
        certificate=certificate, action=CertificateEvent.Action.ISSUED, actor=actor, at=now
    )
    if replaces is None:
        return
    replaces.state = Certificate.State.SUPERSEDED
    replaces.superseded_by = certificate
    replaces.changed_at = now
    replaces.reason_class = reason_class
    replaces.save(update_fields=["state", "superseded_by", "changed_at", "reason_class"])
    CertificateEvent.objects.create(
        certificate=replaces,
        action=(
            CertificateEvent.Action.DUPLICATED
            if certificate.is_duplicate
            else CertificateEvent.Action.REPLACED
        ),
        reason_class=reason_class,
        reason=reason,
        actor=actor,
        at=now,
    )
