"""Charts on paper: the shapes of the page, a figure with words, and nothing unknown."""

import io

import pypdf
import pytest

from frontend.charts import Dot, bar_rows, before_after_chart, curve, dot_intervals
from lms.pdf.charts import LOOKS, words_of
from lms.pdf.document import render_document
from lms.pdf.pieces import Chart, Document, Heading
from tests.pdf.conformance import faults
from tests.pdf.test_document import BOLD, REGULAR

CHARTS = [
    bar_rows([("Записаны", 20), ("Ответили", 12)], total=20, title="Путь", description="20 и 12"),
    before_after_chart(
        [("Слышу чувства", 1.0, 3.5)], minimum=0, maximum=4, title="До и после",
        description="было 1,0, стало 3,5", before_label="до", after_label="после", bands=[0.4],
        band_label="▮ погрешность",
    ),
    curve([0, 5, 9, 4], first="10:00", last="11:00", title="В комнате", description="до девяти"),
    dot_intervals(
        [("Томск", [Dot(2.0, (1.0, 3.0)), Dot(1.5, (0.5, 2.0), is_hollow=True)])],
        title="Регионы", description="Томск: 2,0", dotted=0.4, dotted_label="среднее",
        legend="● прямая ○ сжатая",
    ),
]  # fmt: skip


def test_every_chart_of_ours_is_a_figure_with_its_words_in_an_archive_proof_file():
    document = Document("Отчёт", [Heading("Рисунки"), *map(Chart, CHARTS)])
    pdf = render_document(document, regular=REGULAR, bold=BOLD)
    assert faults(pdf) == []
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    for words in ("Слышу чувства", "3,5", "Томск", "2,0", "10:00", "погрешность"):
        assert words in text
    assert words_of(CHARTS[0]) == "Путь. 20 и 12"


def test_a_shape_that_paper_does_not_know_is_refused():
    strange = '<svg viewBox="0 0 9 9"><path class="chart__axis" d="M0 0"/></svg>'
    with pytest.raises(ValueError, match="no path"):
        render_document(Document("Отчёт", [Chart(strange)]), regular=REGULAR, bold=BOLD)
    assert "chart__band" in LOOKS
