"""The issuer's keys: Ed25519 for credentials, ECDSA P-256 certificates for PDF signatures.

A folder holds the private keys (PKCS #8, mode 0600, one file a key; or they are in a token, see
``tokens``), the certificates, and ``history.json``, which names the keys in use and every one
before them. The history is written last and in one step, so that a kill leaves the old state or the
new one.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certificates import multibase

HISTORY, REVOCATIONS, ROOT_KID = "history.json", "root.crl", "root.kid"
ROOT_YEARS, SIGNER_YEARS = 40, 30
"""A signature outlives whoever made it: a viewer of 2050 should not call it expired."""
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336; viewers that do not know it yet look for e-mail protection."""
_DAY = timedelta(days=1)


class KeysMissing(Exception):
    """No keys in the folder; ``manage.py make_issuer_keys`` makes them."""


class KeysExist(Exception):
    """The folder holds keys already, and keys are never overwritten."""


class KeysUnreadable(Exception):
    """A file is damaged, absent, or may be read by others than its owner."""


@dataclass(frozen=True)
class PastKey:
    """A line of the history. ``public``: multibase of an Ed25519 key, or a certificate in PEM."""

    kid: str
    kind: Literal["credential", "document"]
    public: str
    made_at: str
    retired_at: str = ""


@dataclass(frozen=True, eq=False)
class Keys:
    """What is needed to sign, and the history of what was used before; the newest comes first."""

    credential: Ed25519PrivateKey
    credential_kid: str
    document: ec.EllipticCurvePrivateKey
    document_certificate: x509.Certificate
    root: x509.Certificate
    history: tuple[PastKey, ...]
    revocations: x509.CertificateRevocationList | None = None
    """What the root has revoked; None in folders older than this file, until the next rotation."""


class Keeper(Protocol):
    """Where private keys are: made and found by their name, raising KeysUnreadable."""

    def new_root_kid(self) -> str: ...
    def new_document_key(self, kid: str) -> ec.EllipticCurvePrivateKey: ...
    def new_credential_key(self, kid: str) -> Ed25519PrivateKey: ...
    def document_key(self, kid: str) -> ec.EllipticCurvePrivateKey: ...
    def credential_key(self, kid: str) -> Ed25519PrivateKey: ...


@dataclass(frozen=True)
class Files:
    """Private keys in files of a folder."""

    folder: Path

    def new_root_kid(self) -> str:
        return "root"

    def new_document_key(self, kid: str) -> ec.EllipticCurvePrivateKey:
        key = ec.generate_private_key(ec.SECP256R1())
        _write_private(self._path(kid), key)
        return key

    def new_credential_key(self, kid: str) -> Ed25519PrivateKey:
        key = Ed25519PrivateKey.generate()
        _write_private(self._path(kid), key)
        return key

    def document_key(self, kid: str) -> ec.EllipticCurvePrivateKey:
        return self._read(kid, ec.EllipticCurvePrivateKey)

    def credential_key(self, kid: str) -> Ed25519PrivateKey:
        return self._read(kid, Ed25519PrivateKey)

    def _path(self, kid: str) -> Path:
        return self.folder / f"{kid}.key.pem"

    def _read(self, kid: str, kind: type) -> Any:
        path = self._path(kid)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ValueError(f"{path.name} may be read by others: chmod 600")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, kind):
            raise ValueError(f"{path.name} is a key of another kind")
        return key


def make_keys(
    folder: Path, *, organisation: str, now: datetime | None = None, token: Keeper | None = None
) -> None:
    """The first keys of an installation. Raises KeysExist, or KeysUnreadable of a token."""
    now = now or datetime.now(UTC)
    if (folder / HISTORY).exists():
        raise KeysExist(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".keys-", dir=folder.parent))  # mode 0700
    try:
        keeper = token or Files(fresh)
        root_kid = keeper.new_root_kid()
        (fresh / ROOT_KID).write_text(root_kid)
        root_key = keeper.new_document_key(root_kid)
        name = _name(organisation, "Certificates root")
        root = _certificate(name, name, root_key, root_key, now=now, years=ROOT_YEARS)
        (fresh / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
        history = _fresh_keys(fresh, keeper, organisation, now)
        _write_history(fresh, history)
        try:
            fresh.rename(folder)  # replaces an empty folder, never a full one
        except OSError as error:
            raise KeysExist(folder) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def rotate_keys(folder: Path, *, now: datetime | None = None, token: Keeper | None = None) -> None:
    """New keys for what is signed from now on; the old stay known for what they signed.

    Raises KeysMissing or KeysUnreadable.
    """
    now = now or datetime.now(UTC)
    keeper = token or Files(folder)
    keys = load_keys(folder, token=token)
    subject = keys.document_certificate.subject
    organisation = str(subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)
    moment = _moment(now)
    retired = [
        PastKey(**{**asdict(key), "retired_at": key.retired_at or moment}) for key in keys.history
    ]
    _write_history(folder, [*_fresh_keys(folder, keeper, organisation, now), *retired])


def load_keys(folder: Path, *, token: Keeper | None = None) -> Keys:
    """``token``: where the private keys are, if not in files.

    Raises KeysMissing or KeysUnreadable.
    """
    if not (folder / HISTORY).exists():
        raise KeysMissing(folder)
    try:
        history = tuple(PastKey(**line) for line in json.loads((folder / HISTORY).read_text()))
        credential = next(key for key in history if key.kind == "credential")
        document = next(key for key in history if key.kind == "document")
        keeper = token or Files(folder)
        credential_key = keeper.credential_key(credential.kid)
        document_key = keeper.document_key(document.kid)
        root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
        certificate = x509.load_pem_x509_certificate(document.public.encode())
        revocations = _revocations(folder)
    except (OSError, ValueError, TypeError, StopIteration) as error:
        raise KeysUnreadable(f"{folder}: {error}") from error
    if (
        _public(credential_key) != credential.public
        or certificate.public_key() != document_key.public_key()
    ):
        raise KeysUnreadable(f"{folder}: a private key does not belong to its public key")
    return Keys(
        credential=credential_key,
        credential_kid=credential.public,
        document=document_key,
        document_certificate=certificate,
        root=root,
        history=history,
        revocations=revocations,
    )


def _revocations(folder: Path) -> x509.CertificateRevocationList | None:
    path = folder / REVOCATIONS
    return x509.load_pem_x509_crl(path.read_bytes()) if path.exists() else None


def _fresh_keys(folder: Path, keeper: Keeper, organisation: str, now: datetime) -> list[PastKey]:
    credential_kid, document_kid = _kid("credential", now), _kid("document", now)
    credential = keeper.new_credential_key(credential_kid)
    document = keeper.new_document_key(document_kid)
    named = folder / ROOT_KID
    root_key = keeper.document_key(named.read_text() if named.exists() else "root")
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    name = _name(organisation, f"Certificates {now.year}")
    certificate = _certificate(name, root.subject, document, root_key, now=now, years=SIGNER_YEARS)
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    none_revoked = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(now - _DAY)
        .next_update(now + 365 * SIGNER_YEARS * _DAY)
        .add_extension(x509.CRLNumber(int(now.timestamp())), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False
        )
        .sign(root_key, hashes.SHA256())
    )
    _write_whole(folder / REVOCATIONS, none_revoked.public_bytes(serialization.Encoding.PEM))
    return [
        PastKey(credential_kid, "credential", _public(credential), _moment(now)),
        PastKey(document_kid, "document", pem, _moment(now)),
    ]


def _kid(kind: str, now: datetime) -> str:
    return f"{kind}-{now:%Y%m%dT%H%M%S}-{os.urandom(3).hex()}"


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")


def _public(key: Ed25519PrivateKey) -> str:
    return multibase.encode(multibase.ED25519_PUBLIC + key.public_key().public_bytes_raw())


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    now: datetime,
    years: int,
) -> x509.Certificate:
    """The root when ``key`` signs itself, else a certificate for signing documents."""
    is_root = key is signer
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 365 * years * _DAY)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root,
                content_commitment=not is_root,
                key_cert_sign=is_root,
                crl_sign=is_root,
                **usage,
            ),
            True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
    )
    if not is_root:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING])
        built = built.add_extension(purposes, False)
    return built.sign(signer, hashes.SHA256())


def _write_private(path: Path, key: Any) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _write_history(folder: Path, history: list[PastKey]) -> None:
    lines = json.dumps([asdict(key) for key in history], ensure_ascii=False, indent=1)
    _write_whole(folder / HISTORY, lines.encode())


def _write_whole(path: Path, data: bytes) -> None:
    """The old content or the new, whenever we are killed."""
    fresh = path.with_name(f".{path.name}.new")
    with open(fresh, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
