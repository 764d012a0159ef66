import io
from dataclasses import replace

import pypdf
import pypdfium2
import pytest
import zxingcpp

from certificates.making import fonts
from certificates.render import Snapshot, render
from lms.pdf.fonts import MissingGlyphs

SNAPSHOT = Snapshot(
    heading="Сертификат участника",
    body="Настоящий сертификат подтверждает участие в программе",
    name="Салтыкова-Щедрина Ёлка Ильинична",
    course="Бережная коммуникация",
    facts="6 часов · завершено 23 ноября 2026 года",
    issuer="Учебная программа «Бережно»",
    signer_name="Организатор программы",
    signer_position="Подпись заменяет запись в реестре",
    number="БК-2026-000001",
    issued_on="Выдан 23 ноября 2026",
    code="0000-0000-0000",
    url="https://berezhno.example.org/v/0000-0000-0000/",
    number_label="№",
    check_label="Проверить: berezhno.example.org/verify/",
)


def text_of(pdf: bytes) -> str:
    return " ".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_the_same_snapshot_gives_the_same_bytes():
    assert render(SNAPSHOT, fonts()) == render(SNAPSHOT, fonts())


def test_every_fact_can_be_read_and_searched():
    text = text_of(render(SNAPSHOT, fonts()))
    for fact in (SNAPSHOT.name, SNAPSHOT.course, SNAPSHOT.number, SNAPSHOT.code, SNAPSHOT.facts):
        assert fact in text


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_the_qr_code_leads_to_the_check_page(scale):
    page = pypdfium2.PdfDocument(render(SNAPSHOT, fonts()))[0]
    picture = page.render(scale=scale * 150 / 72).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [SNAPSHOT.url]


@pytest.mark.parametrize("name", ["Ли", "Оглы " * 40, "Констант" * 25])
def test_long_names_stay_on_one_page(name):
    pdf = render(replace(SNAPSHOT, name=name.strip()), fonts())
    document = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(document.pages) == 1
    assert name.strip()[:8] in text_of(pdf)


def test_letters_that_the_font_lacks_are_named_before_anything_is_issued():
    with pytest.raises(MissingGlyphs) as caught:
        render(replace(SNAPSHOT, name="Иванова 漢字 Мария"), fonts())
    assert caught.value.characters == "漢字"


def test_no_font_is_left_outside_the_file():
    reader = pypdf.PdfReader(io.BytesIO(render(SNAPSHOT, fonts())))
    for found in reader.pages[0]["/Resources"]["/Font"].values():
        font = found.get_object()
        descriptor = font.get("/FontDescriptor") or font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in descriptor.get_object()
