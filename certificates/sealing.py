"""A certificate's file, whole or not at all: drawn, its credential attached, tagged, signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from certificates.credential import Claims, issue_credential
from certificates.identity import Issuer
from certificates.layout import Layout
from certificates.render import Fonts, Snapshot, draw
from certificates.signing import sign_pdf
from lms.pdf.archive import Attachment

CREDENTIAL_NAME = "credential.json"
CREDENTIAL_TYPE = "application/ld+json"


@dataclass(frozen=True)
class CertificateContent:
    """What people read and what machines read; both say the same."""

    snapshot: Snapshot
    claims: Claims


@dataclass(frozen=True)
class SealedCertificate:
    """``sha256``: of the PDF, in hexadecimal."""

    pdf: bytes
    credential: dict[str, Any]
    sha256: str


def seal(
    content: CertificateContent, layout: Layout, issuer: Issuer, fonts: Fonts
) -> SealedCertificate:
    """The signed PDF (PDF/A-3a, PDF/UA-1, PAdES) with its credential inside.

    Raises ``lms.pdf.fonts.MissingGlyphs``, ``linked_data.DocumentError`` or
    ``signing.NotTimestamped``; then there is nothing to clean up.
    """
    credential = issue_credential(content.claims, issuer)
    attachment = Attachment(
        name=CREDENTIAL_NAME,
        data=json.dumps(credential, ensure_ascii=False, indent=1).encode(),
        mime_type=CREDENTIAL_TYPE,
        description="Open Badges 3.0",
    )
    page = draw(
        content.snapshot,
        layout,
        fonts,
        created=content.claims.valid_from,
        attachments=[attachment],
    )
    pdf = sign_pdf(page, issuer.signer, authority=issuer.authority)
    return SealedCertificate(pdf, credential, sha256(pdf).hexdigest())
