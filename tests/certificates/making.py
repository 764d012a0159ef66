"""An issuer and a certificate for the tests of the file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from certificates.credential import Achievement, Claims, StatusEntry, hashed_recipient
from certificates.identity import Issuer, issuer_of
from certificates.issuing import fonts
from certificates.keys import Keys, load_keys, make_keys
from certificates.layout import Layout
from certificates.render import Snapshot
from certificates.sealing import CertificateContent, SealedCertificate, seal

URL = "https://berezhno.example.org"
ISSUED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SNAPSHOT = Snapshot(
    heading="Сертификат участника",
    body="Настоящий сертификат подтверждает участие в программе",
    name="Салтыкова-Щедрина Ёлка Ильинична",
    course="Бережная коммуникация",
    facts="16 часов · завершено 23 ноября 2026 года",
    issuer="Учебная программа «Бережно»",
    signer_name="Организатор программы",
    signer_position="Руководитель учебного центра",
    number="БК-2026-000001",
    issued_on="Выдан 23 ноября 2026",
    code="0000-0000-0000",
    url=f"{URL}/v/0000-0000-0000/",
    number_label="№",
    check_label="Проверить: berezhno.example.org/verify/",
    region="Томская область",
    qr_alt="QR-код ведёт на страницу проверки сертификата",
)
CLAIMS = Claims(
    id="urn:uuid:0192f0c5-7d5e-7a3b-9c1d-2e4f6a8b0c1d",
    valid_from=ISSUED,
    achievement=Achievement(
        id=f"{URL}/courses/1/",
        name="Бережная коммуникация",
        description="Программа повышения коммуникативной культуры",
        criteria="Пройдены все обязательные занятия, 16 часов",
    ),
    name="Сертификат участника",
    recipient_hash=hashed_recipient("elka@example.org", "соль"),
    recipient_salt="соль",
    status=(
        StatusEntry("revocation", f"{URL}/certificates/status/1/", 94567),
        StatusEntry("suspension", f"{URL}/certificates/status/2/", 94567),
    ),
)


def new_keys(folder: Path) -> Keys:
    make_keys(folder, organisation="Учебная программа «Бережно»")
    return load_keys(folder)


def new_issuer(keys: Keys) -> Issuer:
    return issuer_of(keys, url=URL, name="Учебная программа «Бережно»")


def sealed(issuer: Issuer, *, snapshot: Snapshot = SNAPSHOT) -> SealedCertificate:
    return seal(CertificateContent(snapshot, CLAIMS), Layout(), issuer, fonts())
