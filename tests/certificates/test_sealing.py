"""The sealed file: whole, signed, readable by tools that are not ours, and any change is caught."""

from __future__ import annotations

import asyncio
import io
import json
import resource
import shutil
import subprocess
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper, TimestampRequestError

from certificates.checking import (
    MOST_BYTES,
    TooLarge,
    check_file,
    differing_bytes,
    differing_properties,
)
from certificates.credential import issue_credential
from certificates.identity import trust_of
from certificates.keys import load_keys, make_keys, rotate_keys
from certificates.linked_data import DocumentError
from certificates.sealing import CREDENTIAL_NAME
from certificates.signing import NotTimestamped
from lms.pdf.fonts import MissingGlyphs
from tests.certificates.making import CLAIMS, SNAPSHOT, URL, new_issuer, new_keys, sealed
from tests.pdf.conformance import faults


def tool(name: str, *arguments: str) -> str:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    run = subprocess.run([name, *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


@pytest.fixture
def path(certificate, tmp_path):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(certificate.pdf)
    return file


def test_the_hash_and_the_size_are_as_promised(certificate):
    assert certificate.sha256 == sha256(certificate.pdf).hexdigest()
    assert len(certificate.pdf) <= 45_000


def test_the_signed_file_still_keeps_the_clauses(certificate):
    assert faults(certificate.pdf) == []


def test_qpdf_finds_no_error(path):
    assert "No syntax or stream encoding errors" in tool("qpdf", "--check", str(path))


def test_pdfsig_says_valid_and_the_whole_document_signed(path):
    said = tool("pdfsig", str(path))
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "O=Учебная программа «Бережно»" in said


def test_pdftotext_gives_the_name(path):
    assert SNAPSHOT.name in tool("pdftotext", "-layout", str(path), "-")


def test_openssl_verifies_the_signature_with_our_root(certificate, keys, tmp_path):
    with pikepdf.open(io.BytesIO(certificate.pdf)) as file:
        field = file.Root.AcroForm.Fields[0].V
        contents = bytes(field.Contents)
        ranges = [int(number) for number in field.ByteRange]
    covered = b"".join(
        certificate.pdf[start : start + length]
        for start, length in zip(ranges[::2], ranges[1::2], strict=True)
    )
    (tmp_path / "signed").write_bytes(covered)
    (tmp_path / "cms").write_bytes(contents)
    (tmp_path / "root").write_bytes(keys.root.public_bytes(serialization.Encoding.PEM))
    arguments = ["cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any"]
    arguments += ["-in", str(tmp_path / "cms"), "-content", str(tmp_path / "signed")]
    arguments += ["-CAfile", str(tmp_path / "root"), "-out", "/dev/null"]
    assert "Verification successful" in tool("openssl", *arguments)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_flipped_byte_is_caught_and_named(certificate, trust, path, share):
    at = int(len(certificate.pdf) * share)
    start, end = next(  # not among the digits of the signature itself
        (first, last)
        for first, last in check_file(certificate.pdf, trust=trust).covered
        if first <= at < last or first > at
    )
    at = min(max(at, start), end - 1)
    other = bytearray(certificate.pdf)
    other[at] ^= 0x01
    assert check_file(bytes(other), trust=trust).state in ("changed", "unreadable", "unsigned")
    assert differing_bytes(certificate.pdf, bytes(other)) == (at, at + 1)
    path.write_bytes(other)
    assert "Signature is Valid." not in tool("pdfsig", str(path))


def test_an_untouched_file_is_intact_and_gives_its_credential(certificate, trust):
    found = check_file(certificate.pdf, trust=trust)
    assert (found.kind, found.state, found.credential_state) == ("pdf", "intact", "valid")
    assert found.credential == certificate.credential
    assert found.sha256 == certificate.sha256
    assert found.covered[0][0] == 0
    assert found.covered[-1][1] == len(certificate.pdf)


def test_what_is_added_after_the_signature_is_told(certificate, trust):
    writer = IncrementalPdfFileWriter(io.BytesIO(certificate.pdf))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    written = io.BytesIO()
    writer.write(written)
    assert check_file(written.getvalue(), trust=trust).state == "extended"


def test_a_file_that_somebody_else_signed_is_foreign(certificate, tmp_path):
    stranger = new_keys(tmp_path / "keys")
    found = check_file(certificate.pdf, trust=trust_of(stranger, url=URL))
    assert (found.state, found.credential_state) == ("foreign", "foreign")


def test_the_credential_alone_can_be_checked(certificate, trust):
    found = check_file(json.dumps(certificate.credential).encode(), trust=trust)
    assert (found.kind, found.state) == ("json", "valid")
    other = {**certificate.credential, "name": "Диплом"}
    found = check_file(json.dumps(other).encode(), trust=trust)
    assert found.state == "changed"
    assert differing_properties(certificate.credential, other) == ["/name"]


def test_differences_are_told_by_their_place():
    kept = {"a": {"b/c": [1, 2], "d": 1}, "e": 1}
    given = {"a": {"b/c": [1, 3]}, "e": "1", "f": 0}
    assert differing_properties(kept, given) == ["/a/b~1c/1", "/a/d", "/e", "/f"]


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"%PDF-1.7\nnothing", b"[1, 2]", b"{}", b'{"proof": []}', b"[" * 100_000],
)
def test_anything_at_all_may_be_brought(trust, data):
    assert check_file(data, trust=trust).state in ("unreadable", "unsigned", "changed")


def test_a_file_without_a_signature_is_unsigned(certificate, trust):
    with pikepdf.open(io.BytesIO(certificate.pdf)) as file:
        del file.Root.AcroForm
        del file.pages[0].obj.Annots[-1]
        written = io.BytesIO()
        file.save(written)
    found = check_file(written.getvalue(), trust=trust)
    assert (found.state, found.credential_state) == ("unsigned", "valid")


def bomb(layers: int) -> bytes:
    """A PDF whose one stream would take a gigabyte and more."""
    packed = bytes(1_000_000)
    for _ in range(layers):
        packed = zlib.compress(packed * 40, 9)
    filters = "/FlateDecode " * layers
    return (
        f"%PDF-1.7\n1 0 obj\n<</Length {len(packed)}/Filter[{filters}]>>stream\n".encode()
        + packed
        + b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
    )


@pytest.mark.parametrize("layers", [1, 2])
def test_a_file_that_would_unfold_into_gigabytes_is_not_read(trust, layers):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert check_file(bomb(layers), trust=trust).state == "unreadable"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize(
    "subject",
    [
        {"type": ["AchievementSubject"], "result": [{"type": ["Result"]} for _ in range(12)]},
        {"type": ["AchievementSubject"], "source": "_:b0", "image": "_:b1"},
    ],
)
def test_a_credential_made_to_keep_us_busy_is_called_changed_at_once(certificate, trust, subject):
    other = {**certificate.credential, "credentialSubject": subject}
    assert check_file(json.dumps(other).encode(), trust=trust).state == "changed"


def test_a_huge_file_is_refused(trust):
    with pytest.raises(TooLarge):
        check_file(bytes(MOST_BYTES + 1), trust=trust)


def test_what_was_signed_before_a_rotation_remains_valid(tmp_path):
    folder = tmp_path / "keys"
    make_keys(folder, organisation="Бережно")
    old = sealed(new_issuer(load_keys(folder)))
    rotate_keys(folder)
    fresh = load_keys(folder)
    trust = trust_of(fresh, url=URL)
    new = sealed(new_issuer(fresh))
    for made in (old, new):
        found = check_file(made.pdf, trust=trust)
        assert (found.state, found.credential_state) == ("intact", "valid")
    assert (
        old.credential["proof"][0]["verificationMethod"]
        != (new.credential["proof"][0]["verificationMethod"])
    )


def test_the_credential_travels_as_a_file_of_the_document(certificate):
    with pikepdf.open(io.BytesIO(certificate.pdf)) as file:
        kept = file.attachments[CREDENTIAL_NAME].get_file().read_bytes()
        assert str(file.Root.AF[0].AFRelationship) == "/Data"
    assert json.loads(kept) == certificate.credential


def test_nothing_is_half_done_when_a_letter_or_an_address_is_impossible(issuer):
    with pytest.raises(MissingGlyphs):
        sealed(issuer, snapshot=replace(SNAPSHOT, name="漢字"))
    with pytest.raises(DocumentError):
        issue_credential(replace(CLAIMS, id="no address"), issuer)


class BrokenAuthority(TimeStamper):
    async def async_request_tsa_response(self, req):
        raise TimestampRequestError("the authority is away")


def test_a_timestamp_authority_that_is_away_is_told(issuer):
    with pytest.raises(NotTimestamped):
        sealed(replace(issuer, timestamper=BrokenAuthority()))


@pytest.fixture(scope="module")
def authority() -> DummyTimeStamper:
    """An authority inside of the process; it can sign with RSA only."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Time")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        .sign(key, hashes.SHA256())
    )
    return DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
    )


def test_with_a_timestamp_authority_the_time_is_proven(issuer, trust, authority, tmp_path):
    made = sealed(replace(issuer, timestamper=authority))
    signature = PdfFileReader(io.BytesIO(made.pdf)).embedded_regular_signatures[0]
    attributes = [attribute["type"].native for attribute in signature.signer_info["unsigned_attrs"]]
    assert attributes == ["signature_time_stamp_token"]
    assert check_file(made.pdf, trust=trust).state == "intact"
    (tmp_path / "timed.pdf").write_bytes(made.pdf)
    assert "Signature is Valid." in tool("pdfsig", str(tmp_path / "timed.pdf"))


def test_sealing_works_inside_of_a_running_loop(issuer):
    async def within() -> bytes:
        return await asyncio.to_thread(lambda: sealed(issuer).pdf)

    assert asyncio.run(within()).startswith(b"%PDF")
