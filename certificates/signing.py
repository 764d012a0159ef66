"""Signing a PDF: PAdES baseline B (ETSI EN 319 142-1) with ECDSA P-256, keys loaded once."""

from __future__ import annotations

import io

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Signature"
DIGEST = "sha256"
ROOM, ROOM_WITH_TIMESTAMP = 3072, 12_288
"""Bytes kept free for the signature: two certificates and a signature take about 2 KB."""


class NotTimestamped(Exception):
    """The timestamp authority that is configured did not answer as it should."""


class _Update(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: what the file says of itself was written for good."""

    def _update_meta(self) -> None:
        pass


class DocumentSigner(Signer):
    """Signs with a key that stays loaded; pyHanko's own signer parses it again every time."""

    def __init__(
        self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, root: x509.Certificate
    ):
        chain = SimpleCertificateStore()
        chain.register(_asn1(root))
        super().__init__(signing_cert=_asn1(certificate), cert_registry=chain, embed_roots=True)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(72)  # the longest DER form of a P-256 signature
        assert digest_algorithm == DIGEST
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def sign_pdf(
    pdf: bytes, signer: DocumentSigner, *, timestamper: TimeStamper | None = None
) -> bytes:
    """The file with an invisible signature over all of it, as an incremental update.

    With a ``timestamper`` the signature is of level B-T: it proves when it was made. Raises
    NotTimestamped when the authority fails.
    """
    metadata = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES
    )
    pen = PdfSigner(metadata, signer=signer, timestamper=timestamper)
    room = ROOM_WITH_TIMESTAMP if timestamper else ROOM
    try:
        signed = pen.sign_pdf(
            _Update(io.BytesIO(pdf)),
            bytes_reserved=2 * room,  # written as hexadecimal digits
        )
    except (TimestampRequestError, OSError) as error:
        raise NotTimestamped(str(error)) from error
    return bytes(signed.getbuffer())


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
