"""The sealed file: whole, signed, readable by tools that are not ours, and any change is caught."""

from __future__ import annotations

import asyncio
import io
import json
import resource
import zlib
from dataclasses import replace
from hashlib import sha256

import pikepdf
import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certificates.checking import MOST_BYTES, TooLarge, check_file
from certificates.credential import issue_credential
from certificates.differences import byte_ranges, property_changes
from certificates.identity import trust_of
from certificates.keys import load_keys, make_keys, rotate_keys
from certificates.linked_data import DocumentError
from certificates.sealing import CREDENTIAL_NAME
from lms.pdf.fonts import MissingGlyphs
from tests.certificates.making import CLAIMS, SNAPSHOT, URL, new_issuer, new_keys, sealed
from tests.pdf.conformance import faults
from tests.tools import told_by


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
    assert "No syntax or stream encoding errors" in told_by("qpdf", "--check", str(path))


def test_pdfsig_says_valid_and_the_whole_document_signed(path):
    said = told_by("pdfsig", str(path))
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "O=Учебная программа «Бережно»" in said


def test_pdftotext_gives_the_name(path):
    assert SNAPSHOT.name in told_by("pdftotext", "-layout", str(path), "-")


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
    assert "Verification successful" in told_by("openssl", *arguments)


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
    (told,) = byte_ranges(certificate.pdf, bytes(other))
    assert (told.start, told.end) == (at, at + 1)
    path.write_bytes(other)
    assert "Signature is Valid." not in told_by("pdfsig", str(path))


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
    (change,) = property_changes(certificate.credential, other)
    assert (change.path, change.issued, change.brought) == (
        "name",
        "Сертификат участника",
        "Диплом",
    )


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


def test_sealing_works_inside_of_a_running_loop(issuer):
    async def within() -> bytes:
        return await asyncio.to_thread(lambda: sealed(issuer).pdf)

    assert asyncio.run(within()).startswith(b"%PDF")
