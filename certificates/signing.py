"""Signing a PDF: PAdES (ETSI EN 319 142-1) with ECDSA P-256, keys loaded once.

Baseline B-B by ourselves; B-T when an authority says at what time; B-LTA when its root is known:
then all that a check needs goes into the file, and a second timestamp over that.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD, TIMESTAMP_FIELD = "Signature", "Timestamp"
DIGEST = "sha256"
ROOM, ROOM_WITH_TIMESTAMP = 3072, 12_288
"""Bytes kept free for the signature: two certificates and a signature take about 2 KB."""


class NotTimestamped(Exception):
    """The timestamp authority that is configured did not answer as it should."""


@dataclass(frozen=True, eq=False)
class Authority:
    """Who says at what time a file was signed (RFC 3161), and what its word is checked against.

    Without ``roots`` the level is B-T. ``may_fetch``: ask the addresses that the authority's own
    certificates name whether one of them was revoked.
    """

    timestamper: TimeStamper
    roots: tuple[x509.Certificate, ...] = ()
    may_fetch: bool = True


class _Update(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: what the file says of itself was written for good."""

    def _update_meta(self) -> None:
        pass


class DocumentSigner(Signer):
    """Signs with a key that stays loaded; pyHanko's own signer parses it again every time."""

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        root: x509.Certificate,
        revocations: x509.CertificateRevocationList | None = None,
    ):
        chain = SimpleCertificateStore()
        chain.register(_asn1(root))
        self.root, self.revocations = root, revocations
        super().__init__(signing_cert=_asn1(certificate), cert_registry=chain, embed_roots=True)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(72)  # the longest DER form of a P-256 signature
        assert digest_algorithm == DIGEST
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def sign_pdf(pdf: bytes, signer: DocumentSigner, *, authority: Authority | None = None) -> bytes:
    """The file with an invisible signature over all of it, as an incremental update.

    With an ``authority`` it proves when it was made. Raises NotTimestamped when that fails, also
    when the answer does not lead to a root of the authority.
    """
    if authority is None:
        return _signed(pdf, signer, None)
    try:
        signed = _signed(pdf, signer, authority.timestamper)
        return _made_lasting(signed, signer, authority) if authority.roots else signed
    except (TimestampRequestError, OSError, PathError, ValidationError, PdfError, ValueError) as no:
        raise NotTimestamped(str(no)) from no


def _signed(pdf: bytes, signer: DocumentSigner, timestamper: TimeStamper | None) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES
    )
    room = ROOM_WITH_TIMESTAMP if timestamper else ROOM
    written = PdfSigner(metadata, signer=signer, timestamper=timestamper).sign_pdf(
        _Update(io.BytesIO(pdf)),
        bytes_reserved=2 * room,  # written as hexadecimal digits
    )
    return bytes(written.getbuffer())


def _made_lasting(signed: bytes, signer: DocumentSigner, authority: Authority) -> bytes:
    """With the chains and lists of revocation of both signatures, and a timestamp over it all.

    By hand, for pyHanko's own way writes the metadata anew and loses what PDF/A asks of them.
    """
    context = _context(signer, authority)
    signature = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures[0]
    status = validate_pdf_signature(
        signature,
        signer_validation_context=context,
        ts_validation_context=context,
        skip_diff=True,
    )
    stamp = status.timestamp_validity
    if not status.trusted or stamp is None or not (stamp.intact and stamp.valid and stamp.trusted):
        raise NotTimestamped("the authority’s certificate does not lead to TIMESTAMP_ROOTS")
    update = _Update(io.BytesIO(signed))
    DocumentSecurityStore.supply_dss_in_writer(
        update,
        None,
        paths=[status.validation_path, stamp.validation_path],
        validation_context=context,
    )
    lasting = PdfTimeStamper(authority.timestamper, field_name=TIMESTAMP_FIELD).timestamp_pdf(
        update, DIGEST, bytes_reserved=2 * ROOM_WITH_TIMESTAMP
    )
    return bytes(lasting.getbuffer())


def _context(signer: DocumentSigner, authority: Authority) -> ValidationContext:
    """What is embedded: both chains, and that nothing of them was revoked, where that is known."""
    lists = []
    if signer.revocations is not None:
        encoded = signer.revocations.public_bytes(serialization.Encoding.DER)
        lists = [asn1_crl.CertificateList.load(encoded)]
    return ValidationContext(
        trust_roots=[_asn1(root) for root in (signer.root, *authority.roots)],
        crls=lists,
        allow_fetching=authority.may_fetch,
        revocation_mode="soft-fail",
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
