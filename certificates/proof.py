"""Data Integrity proofs of the suite ``eddsa-rdfc-2022`` (W3C vc-di-eddsa, 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates import multibase
from certificates.linked_data import canonical

SUITE = "eddsa-rdfc-2022"
Contexts = Mapping[str, Any]
NO_CONTEXTS: Contexts = MappingProxyType({})


class BadProof(Exception):
    """The proof does not fit the document: one of them was changed, or it is malformed."""


class UnknownKey(Exception):
    """The proof names a key that is not among the trusted ones."""


def with_proof(
    document: dict[str, Any],
    *,
    key: Ed25519PrivateKey,
    verification_method: str,
    created: str,
    further: Contexts = NO_CONTEXTS,
) -> dict[str, Any]:
    """The document with its proof in an array of one, as Open Badges 3.0 asks.

    ``created``: xsd:dateTime. Raises ``linked_data.DocumentError``.
    """
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = key.sign(_hashes(document, proof, further))
    return {**document, "proof": [{**proof, "proofValue": multibase.encode(signature)}]}


def check_proof(
    secured: dict[str, Any],
    keys: Mapping[str, Ed25519PublicKey],
    *,
    further: Contexts = NO_CONTEXTS,
) -> None:
    """Raises BadProof, UnknownKey, or ``linked_data.DocumentError``."""
    document = dict(secured)
    proofs = document.pop("proof", None)
    proof = proofs[0] if isinstance(proofs, list) and len(proofs) == 1 else proofs
    if not isinstance(proof, dict):
        raise BadProof("not one proof")
    config = dict(proof)
    value = config.pop("proofValue", None)
    expected = ("DataIntegrityProof", SUITE, "assertionMethod")
    if (config.get("type"), config.get("cryptosuite"), config.get("proofPurpose")) != expected:
        raise BadProof("not a proof of the suite eddsa-rdfc-2022")
    method = config.get("verificationMethod")
    if not isinstance(method, str) or method not in keys:
        raise UnknownKey(method)
    try:
        signature = multibase.decode(str(value))
        keys[method].verify(signature, _hashes(document, config, further))
    except (InvalidSignature, ValueError) as error:
        raise BadProof("the signature does not fit") from error


def _hashes(document: dict[str, Any], proof: dict[str, Any], further: Contexts) -> bytes:
    """What is signed: the hash of the proof's options, then the hash of the document."""
    options = {**proof, "@context": document.get("@context")}
    return b"".join(
        sha256(canonical(part, further=further).encode()).digest() for part in (options, document)
    )
