"""Checking a file that somebody brings: is it ours, is it whole, and what was changed."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import pikepdf
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.identity import Trust
from certificates.linked_data import DocumentError
from certificates.proof import BadProof, UnknownKey, check_proof
from certificates.screening import is_tame_credential, is_tame_pdf
from certificates.sealing import CREDENTIAL_NAME

MOST_BYTES = 5_000_000
MOST_CREDENTIAL_BYTES = 200_000
PdfState = Literal["intact", "changed", "extended", "unsigned", "foreign", "unreadable"]
CredentialState = Literal["valid", "changed", "foreign", "absent", "unreadable"]


@dataclass(frozen=True)
class Findings:
    """What a file is.

    ``state`` of a PDF: *intact* (our signature covers all of it), *changed* (bytes that were signed
    are others now), *extended* (something was added after the signature), *unsigned*, *foreign*
    (signed by somebody else), *unreadable*. A JSON file has the state of its credential.
    ``covered``: the byte ranges that the signature covers, as (first, after the last).
    """

    kind: Literal["pdf", "json", "other"]
    sha256: str
    state: str
    covered: tuple[tuple[int, int], ...] = ()
    credential: dict[str, Any] | None = None
    credential_state: CredentialState = "absent"


class TooLarge(ValueError):
    """No certificate of ours is as large as this file."""


def check_file(data: bytes, *, trust: Trust) -> Findings:
    """Never asks the network. Raises TooLarge."""
    if len(data) > MOST_BYTES:
        raise TooLarge(len(data))
    digest = sha256(data).hexdigest()
    if data[:1024].lstrip().startswith(b"%PDF-"):
        if not is_tame_pdf(data):
            return Findings("pdf", digest, "unreadable", credential_state="unreadable")
        state, covered = _pdf_state(data, trust)
        credential, credential_state = _credential_of(data, trust)
        return Findings("pdf", digest, state, covered, credential, credential_state)
    credential, credential_state = _read_credential(data, trust)
    if credential is None:
        return Findings("other", digest, "unreadable", credential_state="unreadable")
    return Findings("json", digest, credential_state, (), credential, credential_state)


def _pdf_state(data: bytes, trust: Trust) -> tuple[PdfState, tuple[tuple[int, int], ...]]:
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return "unsigned", ()
        signature = signatures[0]
        numbers = [int(number) for number in signature.byte_range]
        covered = tuple(
            (start, start + length)
            for start, length in zip(numbers[::2], numbers[1::2], strict=True)
        )
        roots = [
            asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER))
            for root in trust.roots
        ]
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = validate_pdf_signature(signature, context, skip_diff=True)
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        whole = whole or _is_only_made_lasting(reader, signature)
    except SignatureValidationError:
        return "changed", ()
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return "unreadable", ()
    if not (status.intact and status.valid):
        return "changed", covered
    if not whole:
        return "extended", covered
    return ("intact" if status.trusted else "foreign"), covered


def _is_only_made_lasting(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> bool:
    """Whether nothing but evidence for later checks follows the signature (PAdES B-LTA).

    That is a document timestamp over the whole file; pyHanko finds no other change before it.
    """
    stamps = reader.embedded_timestamp_signatures
    if not stamps:
        return False
    stamps[-1].compute_integrity_info()
    if stamps[-1].coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return False
    signature.compute_integrity_info()
    level = getattr(signature.diff_result, "modification_level", ModificationLevel.OTHER)
    if level > ModificationLevel.LTA_UPDATES:
        return False
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    stamped = validate_pdf_timestamp(stamps[-1], context)
    return bool(stamped.intact and stamped.valid)


def _credential_of(data: bytes, trust: Trust) -> tuple[dict[str, Any] | None, CredentialState]:
    try:
        with pikepdf.open(io.BytesIO(data)) as file:
            if CREDENTIAL_NAME not in file.attachments:
                return None, "absent"
            attached = file.attachments[CREDENTIAL_NAME].get_file().read_bytes()
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, RuntimeError):
        return None, "unreadable"
    return _read_credential(attached, trust)


def _read_credential(data: bytes, trust: Trust) -> tuple[dict[str, Any] | None, CredentialState]:
    if len(data) > MOST_CREDENTIAL_BYTES:
        return None, "unreadable"
    try:
        credential = json.loads(data)
    except (ValueError, RecursionError):
        return None, "unreadable"
    if not isinstance(credential, dict) or "proof" not in credential:
        return None, "unreadable"
    if not is_tame_credential(credential):
        return credential, "changed"
    try:
        check_proof(credential, trust.keys)
    except UnknownKey:
        return credential, "foreign"
    except (BadProof, DocumentError):
        return credential, "changed"
    return credential, "valid"
