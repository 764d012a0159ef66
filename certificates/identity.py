"""Who issues: a ``did:web`` identity with the history of its keys, and whom a checker trusts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates import multibase
from certificates.keys import Keys, PastKey
from certificates.signing import Authority, DocumentSigner


@dataclass(frozen=True)
class Issuer:
    """All that signing needs, loaded once. ``kid``: the key in use, as multibase."""

    did: str
    name: str
    url: str
    key: Ed25519PrivateKey
    kid: str
    signer: DocumentSigner
    authority: Authority | None = None

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.kid}"


@dataclass(frozen=True)
class Trust:
    """Whose signatures count: keys by verification method, and the roots of PDF signatures."""

    keys: Mapping[str, Ed25519PublicKey]
    roots: Sequence[x509.Certificate]


def did_web(url: str) -> str:
    """``https://host:port`` as ``did:web:host%3Aport`` (W3C did:web, 3.1)."""
    return "did:web:" + quote(urlsplit(url).netloc, safe=".-")


def issuer_of(keys: Keys, *, url: str, name: str, authority: Authority | None = None) -> Issuer:
    return Issuer(
        did=did_web(url),
        name=name,
        url=url,
        key=keys.credential,
        kid=keys.credential_kid,
        signer=DocumentSigner(
            keys.document, keys.document_certificate, keys.root, keys.revocations
        ),
        authority=authority,
    )


def trust_of(keys: Keys, *, url: str) -> Trust:
    did = did_web(url)
    return Trust(
        keys={
            f"{did}#{key.public}": public_key(key.public)
            for key in keys.history
            if key.kind == "credential"
        },
        roots=(keys.root,),
    )


def did_document(history: Sequence[PastKey], *, url: str) -> dict[str, Any]:
    """The document at ``/.well-known/did.json``: every key there ever was, the newest first.

    A retired key stays: what it signed remains valid.
    """
    did = did_web(url)
    keys = [key.public for key in history if key.kind == "credential"]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {
                "id": f"{did}#{public}",
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": public,
            }
            for public in keys
        ],
        "assertionMethod": [f"{did}#{public}" for public in keys],
    }


def public_key(text: str) -> Ed25519PublicKey:
    """Raises ValueError for anything but an Ed25519 key in multibase."""
    data = multibase.decode(text)
    if not data.startswith(multibase.ED25519_PUBLIC):
        raise ValueError("not an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(data[len(multibase.ED25519_PUBLIC) :])


def root_pem(keys: Keys) -> bytes:
    return keys.root.public_bytes(serialization.Encoding.PEM)
