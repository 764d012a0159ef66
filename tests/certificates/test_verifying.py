"""The public page: every fact, files that were brought, both languages, no logs, no listing."""

from __future__ import annotations

import json
import logging
import time

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certificates import brought_files, verification, views
from certificates.brought_files import differing_lines
from certificates.codes import grouped, new_code
from certificates.issuing import issue_certificate
from certificates.layout import Layout
from certificates.making import fonts
from certificates.models import Certificate
from certificates.render import Snapshot, draw
from tests.certificates.factories import completed
from tests.certificates.test_sealing import bomb

pytestmark = pytest.mark.django_db
PRINTED = (
    "heading",
    "name",
    "body",
    "course",
    "facts",
    "issuer",
    "signer_name",
    "signer_position",
    "number",
    "code",
)


@pytest.fixture(autouse=True)
def _forget_lookups():
    cache.clear()


@pytest.fixture
def certificate() -> Certificate:
    return issue_certificate(completed())


def file_of(certificate: Certificate) -> bytes:
    with certificate.pdf.open("rb") as file:
        return file.read()


def brought(client: Client, data: bytes, **headers):
    upload = SimpleUploadedFile("certificate.pdf", data)
    return client.post("/verify/file/", {"file": upload}, headers=headers)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_printed_fact_stands_on_the_page(client, certificate, language):
    client.cookies["django_language"] = language
    page = client.get(f"/v/{certificate.code}/").text
    for name in PRINTED:
        assert certificate.snapshot[name] in page, name
    assert ("valid" if language == "en" else "действителен") in page
    assert certificate.pdf_sha256 in page


def test_the_very_file_is_recognised(client, certificate):
    page = brought(client, file_of(certificate))
    assert page.status_code == 200
    assert "не отличается ни один байт" in page.text
    assert "подпись наша и охватывает весь файл" in page.text
    answer = brought(client, file_of(certificate), accept="application/json").json()
    assert answer["verdict"] == "authentic"
    assert answer["certificate"]["number"] == certificate.number


def test_a_changed_file_says_what_was_changed(client, certificate):
    data = bytearray(file_of(certificate))
    data[-30] ^= 1
    page = brought(client, bytes(data))
    assert "изменён после выдачи" in page.text
    place = len(data) - 29
    assert f"байт {place}:" in page.text
    assert "Сам сертификат действителен. Верьте сведениям ниже, а не файлу." in page.text
    assert "Сверьте сведения ниже с документом" not in page.text, "nobody is told to trust it"


def test_a_flipped_byte_of_the_page_breaks_the_signature(client, certificate):
    data = bytearray(file_of(certificate))
    data[5000] ^= 1
    page = brought(client, bytes(data)).text
    assert "изменён после выдачи" in page
    assert "подпись не сходится" in page
    assert "байт 5001:" in page


def test_what_was_added_after_the_signature_is_told(client, certificate):
    page = brought(client, file_of(certificate) + b"\n%more\n").text
    assert "что-то добавлено после конца" in page


def test_the_credential_is_checked_property_by_property(client, certificate):
    own = client.get(f"/v/{certificate.code}/credential.json")
    assert own.status_code == 200
    assert "Иванов" not in own.text
    page = brought(client, own.content).text
    assert "не отличается ни одно свойство" in page
    document = json.loads(own.content)
    document["credentialSubject"]["achievement"]["name"] = "Другая программа"
    page = brought(client, json.dumps(document).encode()).text
    assert "credentialSubject.achievement.name" in page
    assert "Другая программа" in page
    assert "подпись не сходится" in page


def test_another_name_in_the_file_is_told_line_by_line(client, certificate):
    words = {
        n: certificate.snapshot[n]
        for n in Snapshot.__dataclass_fields__
        if n in certificate.snapshot
    }
    forged = draw(Snapshot(**{**words, "name": "Самозванцева Инна Игоревна"}), Layout(), fonts())
    page = brought(client, forged).text
    assert "изменён после выдачи" in page
    assert "Самозванцева Инна Игоревна" in page
    assert "Иванова Мария Петровна" in page
    certificate.shows_initials = True
    certificate.save(update_fields=["shows_initials"])
    page = brought(client, forged).text
    assert "Самозванцева Инна Игоревна" in page
    assert "Иванова Мария Петровна" not in page


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"hello", 404, "ни читаемый PDF"),
        (b"%PDF-1.7 broken", 404, "ни читаемый PDF"),
        (b'{"id": "urn:uuid:00000000-0000-4000-8000-000000000000"}', 404, "не выдавали"),
        (b'{"id": 5}', 404, "не выдавали"),
        (b"[" * 100_000, 404, "ни читаемый PDF"),
        (b"", 400, "Сначала выберите файл"),
    ],
)
def test_what_is_no_file_of_ours_says_so(client, data, status, words):
    page = brought(client, data)
    assert page.status_code == status
    assert words in page.text


def test_a_large_file_is_not_read(client, monkeypatch):
    monkeypatch.setattr(views, "LARGEST", 10)
    assert brought(client, b"%PDF-1.7 much more").status_code == 413


def test_a_file_is_screened_before_anything_opens_it(client, monkeypatch):
    def opened(_pdf):
        raise AssertionError("was opened")

    monkeypatch.setattr(brought_files, "opened_pdf", opened)
    page = brought(client, bomb(layers=1))
    assert page.status_code == 404
    assert "ни читаемый PDF" in page.text


def test_a_file_of_a_million_streams_costs_little(client):
    began = time.process_time()
    assert brought(client, b"%PDF-1.7\n" + b"stream\n" * 600_000).status_code == 404
    assert time.process_time() - began < 20  # it took minutes


def test_a_page_full_of_codes_is_no_way_to_guess(client, certificate, monkeypatch):
    """The limit of look-ups would be none if one file could ask for thousands of codes."""
    codes = [grouped(new_code()) for _ in range(60)]
    page = "\n".join([*codes, grouped(certificate.code)])
    monkeypatch.setattr(brought_files, "text_of", lambda _pdf: page)
    with CaptureQueriesContext(connection) as captured:
        answer = brought(client, b"%PDF-1.7 of many codes")
    assert answer.status_code == 404
    looked_up = [found for found in captured if '"code" =' in found["sql"]]
    assert len(looked_up) == brought_files.MOST_CODES


def test_visitors_behind_our_own_proxy_are_counted_apart(client, settings, monkeypatch):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr(verification, "LOOKUPS_PER_MINUTE", 1)
    code = grouped(new_code())
    statuses = [
        client.get(f"/v/{code}/", headers={"x-forwarded-for": visitor}).status_code
        for visitor in ("192.0.2.1", "192.0.2.2", "192.0.2.2")
    ]
    assert statuses == [404, 404, 429]


def test_a_registration_number_is_not_looked_up(client, certificate):
    page = client.get("/verify/", {"code": certificate.number})
    assert page.status_code == 400
    assert "регистрационный номер" in page.text
    assert 'role="alert" tabindex="-1" autofocus' in page.text, "it is read out at once"
    assert "Иванова" not in page.text


def test_the_holder_chooses_initials(client, client_of, certificate):
    owner = client_of(certificate.learner)
    owner.post(f"/certificates/{certificate.uuid}/shown/", {"show": "initials"})
    page = client.get(f"/v/{certificate.code}/").text
    assert "И. М. П." in page
    assert "Иванова" not in page
    answer = client.get(f"/v/{certificate.code}/", headers={"accept": "application/json"}).json()
    assert "Иванова" not in str(answer)
    own = owner.get(f"/certificates/{certificate.uuid}/").text
    assert "Иванова Мария Петровна" in own
    assert certificate.snapshot["url"] in own


def test_files_count_as_lookups_too(client, monkeypatch):
    monkeypatch.setattr(verification, "LOOKUPS_PER_MINUTE", 2)
    assert [brought(client, b"hello").status_code for _ in range(3)] == [404, 404, 429]


def test_nothing_personal_is_logged(client, certificate, caplog):
    with caplog.at_level(logging.DEBUG):
        client.get(f"/v/{certificate.code}/")
        client.get("/v/0000-0000-0000/")
        brought(client, file_of(certificate))
    for secret in (certificate.code, certificate.snapshot["code"], "Иванов", certificate.number):
        assert not [
            r for r in caplog.records if r.name != "django.db.backends" and secret in r.getMessage()
        ]


def test_there_is_no_list(client):
    assert client.get("/v/").status_code == 404


def test_letters_that_have_lost_their_meaning_are_not_shown_as_lines():
    assert differing_lines("Иванова Мария", "Петрова Мария") == [("Иванова Мария", "Петрова Мария")]
    assert differing_lines("Иванова Мария", "\x01\x02 \x03") == []
