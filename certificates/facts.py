"""What a certificate says: facts of a person and a course, put into a template's words."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from dataclasses import replace as changed
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.codes import grouped
from certificates.credential import Achievement, Claims, hashed_recipient
from certificates.models import CertificateTemplate, RegisterEntry
from certificates.names import Name
from certificates.render import Snapshot
from certificates.status import entries_for
from certificates.wording import filled
from courses.models import Enrollment
from lms.people.models import User

ACHIEVEMENTS: dict[str, str] = {
    CertificateTemplate.Kind.PARTICIPATION: "Certificate",
    CertificateTemplate.Kind.COMPLETION: "CertificateOfCompletion",
    CertificateTemplate.Kind.QUALIFICATION: "Certificate",
    CertificateTemplate.Kind.HONOUR: "Award",
}
"""Our kinds in the words of Open Badges 3.0 (AchievementType)."""


@dataclass(frozen=True)
class Facts:
    """What is known of the person and of what they did; plain values, kept with the snapshot."""

    name: str
    name_dative: str
    programme: str = ""
    hours: int = 0
    completed_on: str = ""
    """ISO 8601 date, or empty."""
    cohort: str = ""
    region: str = ""
    organisation: str = ""
    position: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Identity:
    """What tells one certificate from all others."""

    number: str
    code: str
    issued_at: datetime


def facts_of(enrollment: Enrollment, template: CertificateTemplate, name: Name) -> Facts:
    course, completed_at = enrollment.cohort.course, enrollment.completed_at
    return changed(
        _of_person(enrollment.learner, name),
        programme=template.programme or course.title,
        hours=course.hours if template.hours is None else template.hours,
        completed_on=timezone.localtime(completed_at).date().isoformat() if completed_at else "",
        cohort=enrollment.cohort.title,
    )


def facts_of_award(learner: User, name: Name, *, reason: str) -> Facts:
    return changed(_of_person(learner, name), reason=reason)


def _of_person(learner: User, name: Name) -> Facts:
    return Facts(
        name=name.nominative,
        name_dative=name.dative,
        region=learner.region.name if learner.region else "",
        organisation=learner.organisation.name if learner.organisation else "",
        position=learner.position,
    )


def snapshot_of(
    facts: Facts,
    template: CertificateTemplate,
    identity: Identity,
    *,
    is_duplicate: bool = False,
) -> Snapshot:
    """What the certificate will say for ever, in the language of the programme (Russian)."""
    with translation.override(settings.LANGUAGE_CODE), timezone.override(settings.TIME_ZONE):
        is_dative = template.name_case == CertificateTemplate.NameCase.DATIVE
        heading = template.heading
        if is_duplicate:
            heading = _("%(heading)s. Duplicate") % {"heading": heading}
        return Snapshot(
            heading=heading,
            body=filled(template.body, _variables(facts)),
            name=facts.name_dative if is_dative else facts.name,
            course=facts.programme,
            facts=_facts_in_words(facts),
            issuer=_issuer_in_words(template),
            signer_name=template.signer_name,
            signer_position=template.signer_position,
            number=identity.number,
            issued_on=_("Issued on %(date)s") % {"date": _day(identity.issued_at)},
            code=grouped(identity.code),
            url=settings.PUBLIC_URL + reverse("certificates:verify", args=[grouped(identity.code)]),
            number_label="№",
            check_label=_("Check it: %(address)s")
            % {"address": settings.PUBLIC_URL.split("//")[-1] + reverse("certificates:check")},
            region=facts.region,
            qr_alt=_("QR code that leads to the check of this certificate"),
        )


def claims_of(
    facts: Facts,
    snapshot: Snapshot,
    template: CertificateTemplate,
    entry: RegisterEntry,
    *,
    learner: User,
    achievement_url: str,
) -> Claims:
    """What the credential says: no name, but a salted hash of the holder's address."""
    criteria = snapshot.facts or facts.reason or snapshot.body
    salt = secrets.token_hex(16)
    number, index = entry.status_list, entry.status_index
    return Claims(
        id=f"urn:uuid:{entry.uuid}",
        valid_from=entry.taken_at,
        achievement=Achievement(
            id=achievement_url,
            name=facts.programme or template.heading,
            description=snapshot.body,
            criteria=criteria,
            kind=ACHIEVEMENTS[template.kind],
        ),
        name=snapshot.heading,
        issuer_name=template.provider.name,
        recipient_hash=hashed_recipient(learner.email, salt) if learner.email else "",
        recipient_salt=salt if learner.email else "",
        status=() if number is None or index is None else entries_for(number, index),
    )


def kept_snapshot(
    snapshot: Snapshot, facts: Facts, template: CertificateTemplate
) -> dict[str, Any]:
    """The printed words and the plain facts behind them, as they are kept in the register."""
    printed = {name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}
    plain = {name: value for name, value in asdict(facts).items() if name != "name"}
    return {**plain, **printed, "holder": facts.name, "kind": template.kind}


def facts_in(snapshot: dict[str, Any]) -> Facts:
    """The plain facts of a kept snapshot; those of early certificates lack some."""
    known = {name: snapshot[name] for name in Facts.__dataclass_fields__ if name in snapshot}
    known["name"] = snapshot.get("holder", snapshot["name"])
    known.setdefault("name_dative", "")
    known.setdefault("programme", snapshot["course"])
    return Facts(**known)


def _variables(facts: Facts) -> dict[str, str]:
    return {
        **{name: str(value) for name, value in asdict(facts).items()},
        "hours": _hours(facts.hours),
        "completed_on": _day_of(facts.completed_on),
    }


def _facts_in_words(facts: Facts) -> str:
    done = facts.completed_on and _("completed on %(date)s") % {"date": _day_of(facts.completed_on)}
    return " · ".join(filter(None, [_hours(facts.hours), done]))


def _hours(hours: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else ""


def _day_of(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j E Y") if iso else ""


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j E Y")


def _issuer_in_words(template: CertificateTemplate) -> str:
    """The provider; on documents of further training with the licence that allows them."""
    provider = template.provider
    if template.kind != CertificateTemplate.Kind.QUALIFICATION or provider.licensed_on is None:
        return provider.name
    licence = _("licence No. %(number)s of %(date)s, %(authority)s") % {
        "number": provider.licence_number,
        "date": date_format(provider.licensed_on, "d.m.Y"),
        "authority": provider.licence_authority,
    }
    return f"{provider.name} · {licence}"
