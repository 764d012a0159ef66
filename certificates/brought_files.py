"""A file that somebody brought to be checked: whose it is, and what differs from the issued one."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pypdfium2

from certificates.checking import MOST_BYTES, Findings, TooLarge, check_file
from certificates.codes import LENGTH, MalformedCode, read_code
from certificates.differences import (
    MOST,
    ByteRange,
    PropertyChange,
    byte_ranges,
    property_changes,
)
from certificates.issuer import current_trust
from certificates.keys import KeysMissing, KeysUnreadable
from certificates.models import Certificate
from certificates.screening import is_tame_pdf
from lms.pdf.pdfium import opened_pdf

LARGEST = 5 * 1024 * 1024
"""Bytes; a certificate has about 40 thousand."""
MOST_CODES = 3
"""Of a page that are looked up; ours prints one."""
_CODE = re.compile(rf"[0-9A-Z]{{4}}-[0-9A-Z]{{4}}-[0-9A-Z]{{{LENGTH - 8}}}")
_UUID = re.compile(r"urn:uuid:([0-9a-f-]{36})")


@dataclass(frozen=True)
class Brought:
    """The answer to a brought file.

    kind: pdf | json | other. verdict: authentic | changed | unknown | unreadable.
    """

    kind: str
    verdict: str
    sha256: str
    certificate: Certificate | None = None
    ranges: list[ByteRange] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    """Printed lines that differ: as issued, as brought; one of them may be empty."""
    properties: list[PropertyChange] = field(default_factory=list)
    signature: str = ""
    """Of a PDF: intact | changed | extended | unsigned | foreign | unreadable; empty: not checked.
    Of a JSON: the state of its proof, valid | changed | foreign."""


def check_brought(data: bytes) -> Brought:
    """Compare the file with what was issued; nothing of it is kept."""
    sha256 = hashlib.sha256(data).hexdigest()
    certificates = Certificate.objects.select_related("superseded_by", "learner")
    if data.startswith(b"%PDF-"):
        exact = certificates.filter(pdf_sha256=sha256).first()
        if exact is not None:
            findings = _findings(data)
            state = findings.state if findings else ""
            return Brought("pdf", "authentic", sha256, exact, signature=state)
        return _changed_pdf(data, sha256)
    document = _json_of(data)
    if document is None:
        return Brought("other", "unreadable", sha256)
    uuid = _uuid_of(document)
    found = certificates.filter(uuid=uuid).first() if uuid else None
    if found is None or not found.credential:
        return Brought("json", "unknown", sha256)
    changes = property_changes(json.loads(found.credential), document)
    verdict = "changed" if changes else "authentic"
    proof = _findings(data)
    return Brought(
        "json",
        verdict,
        sha256,
        found,
        properties=changes,
        signature=proof.credential_state if proof else "",
    )


def _findings(data: bytes) -> Findings | None:
    """What the signature says; None when this installation has no keys to check it with."""
    try:
        return check_file(data, trust=current_trust())
    except (KeysMissing, KeysUnreadable, TooLarge):
        return None


def _json_of(data: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _uuid_of(document: dict[str, Any]) -> UUID | None:
    found = _UUID.fullmatch(str(document.get("id", "")))
    try:
        return UUID(found[1]) if found else None
    except ValueError:
        return None


def _changed_pdf(data: bytes, sha256: str) -> Brought:
    text = text_of(data) if len(data) <= MOST_BYTES and is_tame_pdf(data) else None
    if text is None:
        return Brought("pdf", "unreadable", sha256)
    findings = _findings(data)
    certificate = _named_in(text) or _attached_to(findings)
    if certificate is None:
        return Brought("pdf", "unknown", sha256)
    with certificate.pdf.open("rb") as file:
        issued = file.read()
    lines = differing_lines(text_of(issued) or "", text)
    if certificate.shows_initials:  # a file with a mere code in it must not fetch the name
        lines = [("", brought) for _issued, brought in lines if brought]
    ranges = byte_ranges(issued, data)
    return Brought(
        "pdf",
        "changed",
        sha256,
        certificate,
        ranges=ranges,
        lines=lines,
        signature=findings.state if findings else "",
    )


def _attached_to(findings: Findings | None) -> Certificate | None:
    """The certificate whose credential travels in the file."""
    uuid = _uuid_of(findings.credential) if findings and findings.credential else None
    found = Certificate.objects.select_related("superseded_by", "learner")
    return found.filter(uuid=uuid).first() if uuid else None


def text_of(pdf: bytes) -> str | None:
    """The words of the first page; None for what is no readable PDF."""
    try:
        with opened_pdf(pdf) as document:
            return document[0].get_textpage().get_text_bounded()
    except (pypdfium2.PdfiumError, IndexError, UnicodeError):
        return None


def _named_in(text: str) -> Certificate | None:
    """The certificate whose code the page prints; a page full of codes is no way to guess."""
    codes: dict[str, None] = {}
    for typed in _CODE.findall(text):
        with suppress(MalformedCode):
            codes[read_code(typed)] = None
    for code in list(codes)[:MOST_CODES]:
        found = (
            Certificate.objects.select_related("superseded_by", "learner").filter(code=code).first()
        )
        if found is not None:
            return found
    return None


def differing_lines(issued: str, brought: str) -> list[tuple[str, str]]:
    """Lines of the page that are not the same: as issued, as brought.

    Nothing where a font was damaged and its letters have lost their meaning: no words to compare.
    """
    if any(unicodedata.category(sign) in ("Cc", "Co", "Cn") for sign in "".join(brought.split())):
        return []
    before = [" ".join(line.split()) for line in issued.splitlines() if line.strip()]
    after = [" ".join(line.split()) for line in brought.splitlines() if line.strip()]
    pairs: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        for place in range(max(b - a, d - c)):
            one = before[a + place] if a + place < b else ""
            other = after[c + place] if c + place < d else ""
            pairs.append((one[:300], other[:300]))
    return pairs[:MOST]
