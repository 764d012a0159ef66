"""A memo on paper: what stands in the file, and how it looks to a program that reads it."""

from __future__ import annotations

import io
import re

import pypdf
import pypdfium2
import pytest
from django.core.cache import cache
from wagtail.rich_text import RichText

from courses.memo_pdf import document_of, make_pdf, pdf_of
from courses.models import KnowledgeBasePage, Memo
from courses.site_tree import ensure_site_tree
from lms.demo.content.memos import MEMOS
from lms.demo.pages import build_memos
from lms.pdf.pieces import Bullets, Callout, Heading, Paragraph, Run
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import UserFactory, make_memo


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def test_the_memos_of_the_demo_print_every_word(db):
    ensure_site_tree()
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    build_memos(KnowledgeBasePage.objects.get(), MEMOS, trainer)
    for memo in Memo.objects.all():
        pdf = make_pdf(memo)
        printed = words(text_of(pdf))
        missing = words(memo.search_text) - {word.replace("ё", "е") for word in printed}
        assert missing == set()
        for page in pypdfium2.PdfDocument(pdf):
            picture = page.render(scale=0.3).to_pil().convert("L")
            assert picture.getextrema()[0] < 128  # there is ink on it


def test_the_file_says_what_it_is_in_which_language_and_where_it_is_from(db):
    memo = make_memo("Слова у порога")
    reader = pypdf.PdfReader(io.BytesIO(make_pdf(memo)))
    assert reader.metadata.title == "Слова у порога"
    assert reader.metadata.subject == memo.summary
    assert reader.root_object["/Lang"] == "ru-RU"
    text = " ".join(reader.pages[0].extract_text().split())
    assert "/memos/слова-у-порога/" in text
    assert "1 из 1" in text


def test_rich_text_keeps_bold_lists_and_links(db):
    memo = make_memo(
        body=[
            ("heading", "Шаги & слова"),
            (
                "paragraph",
                RichText(
                    '<p>Один <b>важный</b> шаг<br/>и <a href="https://example.org/?a=1&amp;b=2">'
                    "ссылка</a>.</p><ol><li>Первый<ul><li>внутри</li></ul></li><li>Второй</li></ol>"
                ),
            ),
            ("callout", {"title": "Если тревожно", "text": RichText("<p>Выйдите.</p>")}),
            ("quote", {"text": "Слова <с углами>", "source": "Анна"}),
        ]
    )
    heading, paragraph, steps, callout, _quote = document_of(memo).pieces
    assert heading == Heading("Шаги & слова")
    assert Run("важный", is_bold=True) in paragraph.runs
    assert Run("ссылка", address="https://example.org/?a=1&b=2") in paragraph.runs
    assert steps == Bullets(
        ((Run("Первый"),), (Run("внутри"),), (Run("Второй"),)), is_numbered=True
    )
    assert callout == Callout(title="Если тревожно", content=(Paragraph((Run("Выйдите."),)),))
    pdf = make_pdf(memo)
    assert "Слова <с углами>" in text_of(pdf)
    links = [
        annotation.get_object()["/A"]["/URI"]
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for annotation in page.get("/Annots", [])
    ]
    assert links == ["https://example.org/?a=1&b=2"]


def test_a_long_memo_takes_several_numbered_pages(db):
    paragraph = RichText("<p>" + "Длинный разговор о бережности. " * 120 + "</p>")
    body = [("heading", "Начало")] + [("callout", {"text": paragraph, "title": "Врезка"})] * 4
    pages = pypdf.PdfReader(io.BytesIO(make_pdf(make_memo(body=body)))).pages
    assert len(pages) > 2
    assert f"{len(pages)} из {len(pages)}" in pages[-1].extract_text()


@pytest.mark.parametrize("body", [[], [("paragraph", RichText(""))], [("heading", "😀 Один")]])
def test_strange_content_is_printed_all_the_same(body, db):
    assert make_pdf(make_memo(body=body)).startswith(b"%PDF")


def test_very_long_words_of_a_phrase_pair_stay_on_the_page(db):
    pair = {"careless": "а" * 3000, "careful": "Слышу вас. " * 700}
    assert make_pdf(make_memo(body=[("phrase_pair", pair)])).startswith(b"%PDF")


def test_a_file_is_made_once_for_a_revision(db, monkeypatch):
    cache.clear()
    memo = make_memo()
    memo.save_revision().publish()
    memo.refresh_from_db()
    first = pdf_of(memo)
    made = []
    monkeypatch.setattr("courses.memo_pdf.make_pdf", lambda memo: made.append(memo) or b"new")
    assert pdf_of(memo) == first
    assert not made
    memo.title = "Другая"
    memo.save_revision().publish()
    memo.refresh_from_db()
    assert pdf_of(memo) == b"new"
