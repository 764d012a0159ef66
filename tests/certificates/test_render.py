"""The page of a certificate: what it says, how it looks to machines and to those who cannot see."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import product

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from certificates.layout import BadLayout, Layout, check_layout
from certificates.making import fonts
from certificates.render import Snapshot, draw
from lms.pdf.fonts import MissingGlyphs
from tests.certificates.making import SNAPSHOT
from tests.pdf.conformance import elements, faults, spoken


def picture(size: tuple[int, int] = (300, 120), kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, size, (15, 92, 92)).save(written, kind)
    return written.getvalue()


LAYOUTS = [
    Layout(orientation=orientation, border=border)
    for orientation, border in product(("landscape", "portrait"), ("band", "frame", "plain"))
] + [
    Layout(border="frame", emblem=picture(), signature=picture(), seal=picture(), emblem_alt="Герб")
]


def text_of(pdf: bytes) -> str:
    return " ".join(in_lines(pdf).split())


def in_lines(pdf: bytes) -> str:
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    return "\n".join(line.strip() for line in text.splitlines())


def drawn(layout: Layout = LAYOUTS[0], **changes: str) -> bytes:
    return draw(replace(SNAPSHOT, **changes), layout, fonts())


def test_the_same_snapshot_gives_the_same_bytes():
    assert drawn() == drawn()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_keeps_the_clauses_of_pdf_a_and_pdf_ua(layout):
    check_layout(layout)
    assert faults(drawn(layout)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_fact_can_be_read_and_searched(layout):
    text = text_of(drawn(layout))
    facts = (SNAPSHOT.name, SNAPSHOT.course, SNAPSHOT.number, SNAPSHOT.code, SNAPSHOT.facts)
    for fact in (*facts, SNAPSHOT.region, SNAPSHOT.issued_on):
        assert fact in text


def test_it_is_read_aloud_in_the_order_of_its_sense(tmp_path):
    told = spoken(drawn(), tmp_path)
    order = (SNAPSHOT.issuer, SNAPSHOT.heading, SNAPSHOT.name, SNAPSHOT.body, SNAPSHOT.course)
    order += (SNAPSHOT.facts, SNAPSHOT.signer_name, SNAPSHOT.number, SNAPSHOT.code)
    places = [told.index(fact) for fact in order]
    assert places == sorted(places)


def test_the_heading_the_pictures_and_the_link_are_what_they_are():
    kinds = elements(drawn(LAYOUTS[-1]))
    assert kinds.count("H1") == 1
    assert kinds.count("Figure") == 2  # the QR code and the arms; the others are decoration
    assert kinds.count("Link") == 1


@pytest.mark.parametrize("layout", [LAYOUTS[0], LAYOUTS[4]])
@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_the_qr_code_leads_to_the_check_page(scale, layout):
    page = pypdfium2.PdfDocument(drawn(layout))[0]
    shown = page.render(scale=scale * 150 / 72).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(shown)] == [SNAPSHOT.url]


def test_it_can_be_read_in_black_and_white():
    page = pypdfium2.PdfDocument(drawn())[0]
    shown = page.render(scale=2).to_pil().convert("L").point(lambda tone: 255 * (tone > 140))
    assert [found.text for found in zxingcpp.read_barcodes(shown)] == [SNAPSHOT.url]


LONG = {
    "body": "Настоящий документ подтверждает участие в программе для специалистов. " * 8,
    "course": "Бережная коммуникация в работе специалиста: разговор, отказ и забота о себе. " * 3,
    "signer_position": "Заместитель директора по учебной работе учреждения социальной защиты",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["Ли", "Оглы " * 40, "Констант" * 25])
def test_long_words_stay_on_the_page_and_off_each_other(name, layout):
    pdf = drawn(layout, name=name.strip(), **LONG)
    document = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(document.pages) == 1
    assert name.strip()[:8] in text_of(pdf)
    lines: list[tuple[float, str]] = []

    def note(text, _matrix, place, _font, _size):
        if text.strip():
            lines.append((place[5], text))

    document.pages[0].extract_text(visitor_text=note)
    signer = next(y for y, text in lines if SNAPSHOT.signer_name.split()[0] in text)
    facts = next(y for y, text in lines if SNAPSHOT.facts[:8] in text)
    assert facts > signer + 40  # the words end above the foot
    assert min(y for y, _ in lines) > 20
    assert max(y for y, _ in lines) < float(document.pages[0].mediabox.height) - 40


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Иванова Мария Петровна", ["Иванова Мария Петровна"]),
        (
            "Салтыкова-Щедрина Александра Константиновна",
            ["Салтыкова-Щедрина", "Александра Константиновна"],
        ),
        (
            "Александре Константиновне Салтыковой-Щедриной",
            ["Александре Константиновне", "Салтыковой-Щедриной"],
        ),
    ],
)
def test_a_long_name_is_divided_between_the_family_name_and_the_rest(name, lines):
    text = in_lines(drawn(Layout(orientation="portrait", border="frame"), name=name))
    assert "\n".join(lines) in text


def test_no_line_ends_with_a_short_word():
    text = in_lines(
        drawn(
            Layout(orientation="portrait", border="frame"),
            heading="Удостоверение о повышении квалификации",
            course="Разговор с человеком в остром состоянии, отказ без обиды и забота о себе " * 2,
        )
    )
    assert "Удостоверение\nо повышении" in text
    assert not re.search(r"(?m) (с|в|и|о|№)$", text)


def test_what_is_empty_is_left_out():
    bare = dict.fromkeys(("course", "facts", "body", "signer_name", "region"), "")
    pdf = drawn(**bare)
    assert faults(pdf) == []
    assert "«" not in text_of(pdf).replace(SNAPSHOT.issuer, "")


def test_letters_that_the_font_lacks_are_named_before_anything_is_issued():
    with pytest.raises(MissingGlyphs) as caught:
        drawn(name="Иванова 漢字 Мария")
    assert caught.value.characters == "漢字"


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"primary": "teal"}, "primary", "colour"),
        ({"primary": "#cccccc"}, "primary", "contrast"),
        ({"ground": "#336699"}, "primary", "contrast"),
        ({"primary": "#000000", "ground": "#999999"}, "ground", "contrast"),
        ({"seal": b"no picture"}, "seal", "picture"),
        ({"emblem": picture()[:60]}, "emblem", "picture"),
        ({"signature": bytes(3_000_000)}, "signature", "size"),
    ],
)
def test_a_layout_that_cannot_be_read_is_refused(changes, field, reason):
    with pytest.raises(BadLayout) as caught:
        check_layout(Layout(**changes))
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_a_jpeg_is_a_picture_too():
    assert faults(drawn(Layout(emblem=picture(kind="JPEG"), emblem_alt="Герб"))) == []


def test_a_snapshot_that_was_kept_is_read_again():
    kept = dict(vars(SNAPSHOT))
    for later in ("region", "qr_alt", "language"):
        kept.pop(later)
    assert Snapshot(**kept).name == SNAPSHOT.name
