"""Checking a file that somebody brings: is it ours, is it whole, and what was changed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import pikepdf
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.identity import Trust
from certificates.linked_data import DocumentError
from certificates.proof import BadProof, UnknownKey, check_proof
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
        state, covered = _pdf_state(data, trust)
        credential, credential_state = _credential_of(data, trust)
        return Findings("pdf", digest, state, covered, credential, credential_state)
    credential, credential_state = _read_credential(data, trust)
    if credential is None:
        return Findings("other", digest, "unreadable", credential_state="unreadable")
    return Findings("json", digest, credential_state, (), credential, credential_state)


def _pdf_state(data: bytes, trust: Trust) -> tuple[PdfState, tuple[tuple[int, int], ...]]:
    try:
        signatures = PdfFileReader(io.BytesIO(data), strict=False).embedded_regular_signatures
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
    except SignatureValidationError:
        return "changed", ()
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return "unreadable", ()
    if not (status.intact and status.valid):
        return "changed", covered
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return "extended", covered
    return ("intact" if status.trusted else "foreign"), covered


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
    try:
        check_proof(credential, trust.keys)
    except UnknownKey:
        return credential, "foreign"
    except (BadProof, DocumentError):
        return credential, "changed"
    return credential, "valid"


def differing_bytes(kept: bytes, given: bytes) -> tuple[int, int] | None:
    """The range, as (first, after the last), where a file differs from the one that was issued."""
    if kept == given:
        return None
    shorter = min(len(kept), len(given))
    first = next((at for at in range(shorter) if kept[at] != given[at]), shorter)
    last = next(
        (back for back in range(shorter - first) if kept[-1 - back] != given[-1 - back]),
        shorter - first,
    )
    return first, len(given) - last


def differing_properties(kept: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """Where two credentials differ, as JSON Pointers (RFC 6901), in the order of the kept one."""
    return list(_differences(kept, given, ""))


def _differences(kept: Any, given: Any, path: str) -> Iterator[str]:
    if isinstance(kept, dict) and isinstance(given, dict):
        for key in [*kept, *(key for key in given if key not in kept)]:
            step = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if key not in kept or key not in given:
                yield step
            else:
                yield from _differences(kept[key], given[key], step)
    elif isinstance(kept, list) and isinstance(given, list) and len(kept) == len(given):
        for place, (one, other) in enumerate(zip(kept, given, strict=True)):
            yield from _differences(one, other, f"{path}/{place}")
    elif kept != given or type(kept) is not type(given):
        yield path or "/"
