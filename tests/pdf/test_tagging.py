"""What a screen reader, an archive and a validator find in the files that we make."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pikepdf
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pagesizes import A4

from lms.pdf.archive import Attachment, IncompleteStructure, archive
from lms.pdf.canvas import TaggedCanvas, UntaggedText
from lms.pdf.fonts import font
from lms.pdf.metadata import About
from lms.pdf.pieces import (
    Bullets,
    Callout,
    Document,
    Heading,
    Paragraph,
    PhrasePair,
    Picture,
    Quote,
    Run,
    Table,
)
from tests.pdf.conformance import elements, faults, spoken
from tests.pdf.test_document import REGULAR, pieces, rendered, words
from tests.tools import told_by

ABOUT = About("Проверка", created=datetime(2026, 11, 29, 18, 0, tzinfo=UTC))
LONG = "памятку о том, как слушать человека до конца и не перебивать, даже если очень хочется"


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (400, 120), "#0f5c5c").save(written, "PNG")
    return written.getvalue()


EVERYTHING = Document(
    "Памятка & «слова»",
    [
        Heading("Шаги"),
        Paragraph(
            (
                Run("Начните с "),
                Run("важного", is_bold=True),
                Run(", прочтите "),
                Run(LONG, address="https://example.org/памятка"),
                Run(" и отдохните."),
            )
        ),
        Paragraph((Run("Только ссылка", address="https://example.org/one"),)),
        Bullets(
            ((Run("Раз"),), (Run("Два "), Run("там", address="https://x.org/"))), is_numbered=True
        ),
        Bullets(((Run("точка"),),)),
        PhrasePair("Вам говорили.", "Вижу, как вы устали.", "Третий отказ", "Чувство названо."),
        Callout((Paragraph((Run("Выйдите. " * 300),)),), "Если тревожно"),
        Quote("Меня выслушали", "Анна"),
        Picture(picture(), "Зелёная полоса", "Рисунок 1"),
        Table(
            ("Показатель", "Доля"),
            tuple((f"Строка {number}", f"{number / 7:.2f}") for number in range(60)),
            "Сколько чего",
            frozenset({1}),
        ),
    ],
    summary="Кратко",
    facts="Для специалистов",
    source="https://example.org/memo",
    issuer="Бережно",
)


@pytest.fixture(scope="module")
def everything() -> bytes:
    return rendered(EVERYTHING)


def test_a_document_of_every_piece_keeps_the_clauses(everything):
    assert faults(everything) == []


def test_the_reading_order_is_the_order_of_the_pieces(everything, tmp_path):
    told = spoken(everything, tmp_path)
    order = ["слова", "Кратко", "Шаги", "важного", LONG[:9], "отдохните", "Раз", "Третий отказ"]
    order += ["Небрежно", "Бережно", "Если тревожно", "Меня выслушали", "Рисунок 1"]
    order += ["Показатель", "Строка 0", "Строка 59"]
    places = [told.index(words) for words in order]
    assert places == sorted(places)
    assert told.count("Показатель") == 1  # the head of the next pages is decoration
    assert "1 из" not in told  # and so is the foot


def test_lists_tables_quotes_and_links_are_what_they_are(everything):
    kinds = elements(everything)
    assert kinds[:2] == ["Document", "H1"]
    assert kinds.count("L") == 2
    assert kinds.count("LI") == kinds.count("Lbl") == kinds.count("LBody") == 3
    assert kinds.count("Link") == 3  # one over two lines is one link
    assert kinds.count("TR") == 61
    assert kinds.count("TH") == 2 + 60
    assert {"BlockQuote", "Figure", "Caption"} <= set(kinds)


def test_qpdf_finds_no_error(everything, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(everything)
    assert "No syntax or stream encoding errors" in told_by("qpdf", "--check", str(path))


@hypothesis_settings(max_examples=25)
@given(st.lists(pieces, max_size=4), words)
def test_whatever_stands_in_a_document_it_becomes_pages_whose_every_mark_has_its_element(
    found, title
):
    problems = faults(rendered(Document(f"Т{title}", found)))
    assert [problem for problem in problems if "title" not in problem] == []


@pytest.fixture
def canvas():
    return TaggedCanvas(io.BytesIO(), pagesize=A4, initialFontName=font(REGULAR), lang="ru-RU")


def test_forgotten_text_is_an_error(canvas):
    canvas.setFont(font(REGULAR), 12)
    canvas.drawString(50, 50, "забыли")
    with pytest.raises(UntaggedText):
        canvas.showPage()


def test_a_figure_needs_words(canvas):
    with canvas.content("Figure"):
        canvas.rect(10, 10, 50, 50)
    canvas.showPage()
    canvas.save()
    with pytest.raises(IncompleteStructure):
        archive(canvas._filename.getvalue(), canvas.structure, ABOUT)


def test_attachments_are_found_and_the_same_arguments_give_the_same_bytes(canvas):
    with canvas.content("P"):
        canvas.setFont(font(REGULAR), 12)
        canvas.drawString(50, 50, "Текст")
    canvas.line(50, 45, 90, 45)  # decoration by itself
    canvas.showPage()
    canvas.save()
    drawn = canvas._filename.getvalue()
    attachment = Attachment("a.json", b'{"a": 1}', "application/ld+json", "Данные")
    made = archive(drawn, canvas.structure, ABOUT, [attachment])
    assert made == archive(drawn, canvas.structure, ABOUT, [attachment])
    assert faults(made) == []
    with pikepdf.open(io.BytesIO(made)) as file:
        assert file.attachments["a.json"].get_file().read_bytes() == b'{"a": 1}'
        assert file.attachments["a.json"].get_file().mime_type == "application/ld+json"


@pytest.mark.parametrize(
    ("damage", "clause"),
    [
        (lambda file: file.Root.__delitem__("/MarkInfo"), "A 6.7.2.2"),
        (lambda file: file.Root.__delitem__("/OutputIntents"), "A 6.2.3"),
        (lambda file: file.Root.StructTreeRoot.K[0].K.__delitem__(0), "A 6.7.3"),
        (lambda file: file.pages[0].obj.Annots[0].__delitem__("/Contents"), "UA 7.18.5"),
        (
            lambda file: file.pages[0].contents_add(pikepdf.Stream(file, b"0 0 9 9 re f")),
            "UA 7.1",
        ),
    ],
)
def test_the_check_itself_notices_damage(everything, damage, clause):
    with pikepdf.open(io.BytesIO(everything)) as file:
        damage(file)
        written = io.BytesIO()
        file.save(written)
    assert any(fault.startswith(clause) for fault in faults(written.getvalue()))
