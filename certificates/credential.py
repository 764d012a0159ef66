"""A certificate as an Open Badges 3.0 credential (1EdTech; W3C VC Data Model 2.0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from certificates.identity import Issuer
from certificates.linked_data import CREDENTIALS, OPEN_BADGES
from certificates.proof import with_proof

SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)


@dataclass(frozen=True)
class Achievement:
    """What the certificate is for. ``kind``: a word of the Open Badges list, as ``Certificate``."""

    id: str
    name: str
    description: str
    criteria: str
    """What the person did for it, hours included."""
    kind: str = "Certificate"


@dataclass(frozen=True)
class StatusEntry:
    """Where to look whether it still holds: a place in a Bitstring Status List."""

    purpose: Literal["revocation", "suspension"]
    list_url: str
    index: int


@dataclass(frozen=True)
class Claims:
    """What the credential says. ``id``: ``urn:uuid:…``; ``valid_from``: aware.

    The holder's name is not in it, but in the PDF and on the certificate's page: the credential
    knows the person by ``hashed_recipient``, so that it can be shown to anybody.
    """

    id: str
    valid_from: datetime
    achievement: Achievement
    name: str
    issuer_name: str = ""
    recipient_hash: str = ""
    recipient_salt: str = ""
    language: str = "ru"
    status: tuple[StatusEntry, ...] = ()


def hashed_recipient(email: str, salt: str) -> str:
    """``sha256$…`` of the address and the salt (Open Badges 3.0, IdentityHash)."""
    return "sha256$" + sha256((email.strip().casefold() + salt).encode()).hexdigest()


def issue_credential(claims: Claims, issuer: Issuer) -> dict[str, Any]:
    """The signed credential. Raises ``linked_data.DocumentError`` for an address that is none."""
    return with_proof(
        credential_of(claims, issuer),
        key=issuer.key,
        verification_method=issuer.verification_method,
        created=moment(claims.valid_from),
    )


def credential_of(claims: Claims, issuer: Issuer) -> dict[str, Any]:
    """The credential before it is signed."""
    subject: dict[str, Any] = {"id": f"{claims.id}#holder"} if not claims.recipient_hash else {}
    subject["type"] = ["AchievementSubject"]
    if claims.recipient_hash:
        subject["identifier"] = [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": claims.recipient_hash,
                "identityType": "emailAddress",
                "salt": claims.recipient_salt,
            }
        ]
    achievement = claims.achievement
    subject["achievement"] = {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": achievement.kind,
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"narrative": achievement.criteria},
        "inLanguage": claims.language,
    }
    credential: dict[str, Any] = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": claims.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": claims.name,
        "issuer": {
            "id": issuer.did,
            "type": ["Profile"],
            "name": claims.issuer_name or issuer.name,
            "url": issuer.url,
        },
        "validFrom": moment(claims.valid_from),
        "credentialSubject": subject,
        "credentialSchema": [{"id": SCHEMA, "type": "JsonSchema"}],
    }
    if claims.status:
        credential["credentialStatus"] = [_status(entry) for entry in claims.status]
    return credential


def _status(entry: StatusEntry) -> dict[str, str]:
    return {
        "id": f"{entry.list_url}#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }


def moment(at: datetime) -> str:
    """xsd:dateTime in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
