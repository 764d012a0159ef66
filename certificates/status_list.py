"""Bitstring Status Lists v1.0 (W3C): one bit a certificate says whether it still holds."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from certificates.credential import moment
from certificates.identity import Issuer
from certificates.linked_data import CREDENTIALS
from certificates.proof import with_proof

LENGTH = 131_072
"""Bits of a list: the least that the standard allows, so that one bit hides among many."""


def encode_bits(indexes: Iterable[int]) -> str:
    """The list whose bits at ``indexes`` are set: gzip, base64url, multibase.

    Bit 0 is the leftmost. The same indexes give the same text. Raises ValueError for an index
    outside of the list.
    """
    bits = bytearray(LENGTH // 8)
    for index in indexes:
        if not 0 <= index < LENGTH:
            raise ValueError(f"no place {index} in a list of {LENGTH}")
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), compresslevel=9, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_bits(encoded: str) -> bytes:
    """Raises ValueError for what is not an encoded list."""
    if not encoded.startswith("u"):
        raise ValueError("not base64url")
    padded = encoded[1:] + "=" * (-(len(encoded) - 1) % 4)
    try:
        return gzip.decompress(base64.urlsafe_b64decode(padded))
    except (OSError, EOFError) as error:
        raise ValueError(str(error)) from error


def is_set(encoded: str, index: int) -> bool:
    return bool(decode_bits(encoded)[index // 8] & (0x80 >> index % 8))


def status_list_credential(
    *,
    url: str,
    purpose: Literal["revocation", "suspension"],
    set_indexes: Iterable[int],
    issuer: Issuer,
    valid_from: datetime,
) -> dict[str, Any]:
    """The signed list, to be served at ``url`` as ``application/ld+json``."""
    document = {
        "@context": [CREDENTIALS],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": moment(valid_from),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode_bits(set_indexes),
        },
    }
    return with_proof(
        document,
        key=issuer.key,
        verification_method=issuer.verification_method,
        created=moment(valid_from),
    )
