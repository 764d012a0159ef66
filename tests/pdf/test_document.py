"""Documents of the platform: the same content gives the same bytes, and links are safe."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
from django.conf import settings
from hypothesis import strategies as st

from lms.pdf.document import render_document
from lms.pdf.pieces import Bullets, Callout, Document, Heading, Paragraph, PhrasePair, Quote, Run

FONTS = Path(settings.NPM_DIR) / "@expo-google-fonts" / "golos-text"
REGULAR = FONTS / "400Regular" / "GolosText_400Regular.ttf"
BOLD = FONTS / "700Bold" / "GolosText_700Bold.ttf"

words = st.text(max_size=120)
run_lists = st.lists(st.builds(Run, words, st.booleans(), words), max_size=4).map(tuple)
texts = st.one_of(
    st.builds(Paragraph, run_lists),
    st.builds(Bullets, st.lists(run_lists, max_size=4).map(tuple), st.booleans()),
)
pieces = st.one_of(
    texts,
    st.builds(Heading, words),
    st.builds(PhrasePair, words, words, words, words),
    st.builds(Callout, st.lists(texts, max_size=3).map(tuple), words),
    st.builds(Quote, words, words),
)


def rendered(document: Document) -> bytes:
    return render_document(document, regular=REGULAR, bold=BOLD)


def test_the_same_document_gives_the_same_bytes():
    document = Document(title="Слова", pieces=[Paragraph((Run("Одни и те же"),))])
    assert rendered(document) == rendered(document)


def test_addresses_of_programs_are_not_links():
    runs = (Run("раз", address="javascript:alert(1)"), Run("два", address='https://x.org/"<a>'))
    reader = pypdf.PdfReader(io.BytesIO(rendered(Document("Ссылки", [Paragraph(runs)]))))
    found = [note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]
    assert found == ['https://x.org/"<a>']
