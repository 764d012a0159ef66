"""Signatures that prove their time: B-T and B-LTA with an authority inside of the process."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper, TimestampRequestError
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from certificates import issuer as issuer_module
from certificates.batches import progress_of, start_batch
from certificates.checking import check_file
from certificates.identity import Issuer
from certificates.issuer import current_issuer
from certificates.lifecycle import Action
from certificates.models import Certificate
from certificates.signing import Authority, NotTimestamped
from lms.jobs.models import Job
from lms.jobs.queue import run
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.certificates.factories import completed, make_template
from tests.certificates.making import sealed
from tests.factories import UserFactory
from tests.pdf.conformance import faults
from tests.tools import told_by


class AuthorityAway(TimeStamper):
    async def async_request_tsa_response(self, req):
        raise TimestampRequestError("the authority is away")


def trusting(*roots: x509.Certificate) -> PdfSignatureValidationSpec:
    """What pyHanko's validation by the standard (ETSI EN 319 102-1) goes by."""
    anchors = [
        asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)) for root in roots
    ]
    policy = CertValidationPolicySpec(
        SimpleTrustManager.build(trust_roots=anchors),
        CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("soft-fail")),
    )
    return PdfSignatureValidationSpec(SignatureValidationSpec(policy))


@pytest.fixture(scope="module")
def authority() -> Authority:
    """A root and its service of time; it can sign with RSA only."""
    root_key = rsa.generate_private_key(65537, 2048)
    key = rsa.generate_private_key(65537, 2048)
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Root", "Time")
    ]
    now = datetime.now(UTC)
    start, end = now - timedelta(days=1), now + timedelta(days=25 * 365)
    root = (
        x509.CertificateBuilder(names[0], names[0], root_key.public_key(), 1, start, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(root_key, hashes.SHA256())
    )
    certificate = (
        x509.CertificateBuilder(names[0], names[1], key.public_key(), 2, start, end)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        .sign(root_key, hashes.SHA256())
    )
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
    )
    return Authority(stamper, (root,), may_fetch=False)


@pytest.fixture(scope="module")
def lasting(issuer: Issuer, authority: Authority):
    return sealed(replace(issuer, authority=authority))


def test_with_an_authority_the_time_is_proven(issuer, trust, authority, tmp_path):
    made = sealed(replace(issuer, authority=replace(authority, roots=())))
    signature = PdfFileReader(io.BytesIO(made.pdf)).embedded_regular_signatures[0]
    attributes = [attribute["type"].native for attribute in signature.signer_info["unsigned_attrs"]]
    assert attributes == ["signature_time_stamp_token"]
    assert check_file(made.pdf, trust=trust).state == "intact"
    (tmp_path / "timed.pdf").write_bytes(made.pdf)
    assert "Signature is Valid." in told_by("pdfsig", str(tmp_path / "timed.pdf"))


def test_with_its_root_the_file_holds_all_that_a_later_check_needs(
    lasting, keys, authority, trust, tmp_path
):
    reader = PdfFileReader(io.BytesIO(lasting.pdf))
    store = reader.root["/DSS"]
    assert len(store["/CRLs"]) == 1
    assert len(store["/Certs"]) >= 3
    (stamp,) = reader.embedded_timestamp_signatures
    assert stamp.field_name == "Timestamp"
    in_2046 = simulate_future_ades_lta_validation(
        reader.embedded_regular_signatures[0],
        trusting(keys.root, *authority.roots),
        future_validation_time=datetime.now(UTC) + timedelta(days=20 * 365),
    )
    assert asyncio.run(in_2046).ades_subindic == AdESPassed.OK
    assert check_file(lasting.pdf, trust=trust).state == "intact"
    assert faults(lasting.pdf) == []
    (tmp_path / "lasting.pdf").write_bytes(lasting.pdf)
    assert "Signature is Valid." in told_by("pdfsig", str(tmp_path / "lasting.pdf"))
    assert "No syntax" in told_by("qpdf", "--check", str(tmp_path / "lasting.pdf"))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.45, 0.6])
def test_a_flipped_byte_of_a_lasting_file_is_caught(lasting, trust, share):
    """Also within the first signature; the digits of the last one cover all but themselves."""
    other = bytearray(lasting.pdf)
    other[int(len(other) * share)] ^= 0x01
    assert check_file(bytes(other), trust=trust).state != "intact"


def test_what_is_added_to_a_lasting_file_is_told(lasting, trust):
    writer = IncrementalPdfFileWriter(io.BytesIO(lasting.pdf))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    written = io.BytesIO()
    writer.write(written)
    assert check_file(written.getvalue(), trust=trust).state == "extended"


def test_an_authority_that_is_away_or_not_who_it_should_be_is_told(issuer, authority, keys):
    away = Authority(AuthorityAway())
    stranger = replace(authority, roots=(keys.root,))
    for each in (away, stranger):
        with pytest.raises(NotTimestamped):
            sealed(replace(issuer, authority=each))


@pytest.mark.django_db
def test_while_the_authority_is_away_nothing_is_half_issued_and_it_is_tried_again(
    monkeypatch, authority, client_of
):
    person = completed()
    template = make_template()
    batch = start_batch(
        cohort=person.cohort, template=template, enrollments=[person], actor=UserFactory()
    )
    job = batch.jobs.get()
    monkeypatch.setattr(issuer_module, "_authority", lambda: Authority(AuthorityAway()))
    issuer_module._issuer.cache_clear()
    run(job.pk)
    ((_enrollment, item),) = progress_of(batch).rows
    assert "Служба меток времени не отвечает" in item.message
    assert progress_of(batch).tried_again_at
    assert not Certificate.objects.exists()
    monkeypatch.setattr(issuer_module, "_authority", lambda: authority)
    issuer_module._issuer.cache_clear()
    Job.objects.update(not_before=None)
    run(job.pk)
    certificate = Certificate.objects.get()
    assert certificate.number.endswith("-000001")
    with certificate.pdf.open("rb") as file:
        assert PdfFileReader(file).embedded_timestamp_signatures
    monkeypatch.setattr(issuer_module, "_authority", lambda: Authority(AuthorityAway()))
    issuer_module._issuer.cache_clear()
    methodologist = UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    answer = client_of(methodologist).post(
        f"/cms/certificates/{certificate.uuid}/",
        {
            "action": Action.DUPLICATED,
            "duplicated-reason_class": "lost",
            "duplicated-reason": "потерян",
        },
    )
    assert "Служба меток времени не отвечает" in answer.text
    assert Certificate.objects.get() == certificate
    monkeypatch.undo()
    issuer_module._issuer.cache_clear()


def test_the_settings_name_the_authority_and_its_roots(settings, keys, tmp_path):
    settings.TIMESTAMP_URL = "https://time.example.org/"
    issuer_module._issuer.cache_clear()
    issuer = current_issuer()
    assert issuer.authority is not None
    assert issuer.authority.roots == ()
    settings.TIMESTAMP_ROOTS = str(tmp_path / "roots.pem")
    issuer_module._issuer.cache_clear()
    with pytest.raises(NotTimestamped, match="TIMESTAMP_ROOTS"):
        current_issuer()
    (tmp_path / "roots.pem").write_bytes(keys.root.public_bytes(serialization.Encoding.PEM))
    found = current_issuer()
    assert found.authority is not None
    assert found.authority.roots == (keys.root,)
    issuer_module._issuer.cache_clear()
