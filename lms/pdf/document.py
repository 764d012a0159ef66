"""Documents to read on paper: headings, text, lists and boxes laid out on A4 pages."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.fonts import addMapping
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from lms.pdf.archive import archive
from lms.pdf.canvas import TaggedCanvas
from lms.pdf.charts import ChartDrawing, words_of
from lms.pdf.flowing import Drawing, Text
from lms.pdf.fonts import font, width, wrapped
from lms.pdf.metadata import About
from lms.pdf.pieces import (
    Bullets,
    Callout,
    Chart,
    Document,
    Heading,
    Labels,
    Paragraph,
    PhrasePair,
    Picture,
    Piece,
    Quote,
    Run,
    Table,
)
from lms.pdf.structure import Element

INK, QUIET, LINE = HexColor("#1d2b2a"), HexColor("#52615f"), HexColor("#d8d0c2")
PRIMARY, PRIMARY_SOFT = HexColor("#0f5c5c"), HexColor("#e0eeec")
ACCENT, ACCENT_SOFT = HexColor("#b5472e"), HexColor("#fbe9e3")
GOOD, GOOD_SOFT = HexColor("#1f6b3a"), HexColor("#e3f1e6")
SIDE, TOP, FOOT = 22 * mm, 20 * mm, 24 * mm
ROOM = A4[0] - 2 * SIDE
CELL_SIZE, CELL_SIDES = 10, 21
LONGEST_LINE = 30
"""Signs of a cell that count when columns share the room; longer cells take more lines."""


def render_document(document: Document, *, regular: Path, bold: Path) -> bytes:
    """The document as tagged A4 pages (PDF/A-3a, PDF/UA-1); the same document, the same bytes.

    A character that the font lacks is left out rather than printed as a box. Raises
    ``lms.pdf.archive.IncompleteStructure`` for a picture without alternative text.
    """
    look = _Look(font(regular), font(bold), document.labels)
    buffer = io.BytesIO()
    layout = BaseDocTemplate(
        buffer,
        pagesize=A4,
        lang=document.language,
        invariant=True,
        pageCompression=1,
        initialFontName=look.regular,
    )
    frame = Frame(SIDE, FOOT, ROOM, A4[1] - TOP - FOOT, 0, 0, 0, 0)
    layout.addPageTemplates([PageTemplate(frames=[frame])])
    layout.build(look.story(document), canvasmaker=partial(_NumberedCanvas, document, look))
    about = About(
        title=document.title,
        language=document.language,
        author=document.issuer,
        subject=document.summary,
    )
    return archive(buffer.getvalue(), look.root, about)


class _Look:
    """Pieces as flowables of ReportLab, in the two weights of one font, and as elements."""

    def __init__(self, regular: str, bold: str, labels: Labels):
        self.regular, self.bold, self.labels = regular, bold, labels
        self.root = Element("Document")
        self._at = self.root
        self._grid: list[Any] = [
            ("FONTNAME", (0, 0), (-1, -1), regular),  # else ReportLab refers to its own font
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("RIGHTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
        for is_bold, is_italic in ((0, 0), (0, 1), (1, 0), (1, 1)):  # what <b> turns into
            addMapping(regular, is_bold, is_italic, bold if is_bold else regular)
        self.text = self._style(11, leading=16.5, spaceAfter=7)
        self.item = self._style(
            11,
            leading=16.5,
            spaceAfter=5,
            leftIndent=18,
            bulletFontName=bold,
            bulletFontSize=11,
            bulletColor=PRIMARY,
        )
        self.lead = self._style(13, leading=19, textColor=QUIET, spaceAfter=6)
        self.small = self._style(9.5, leading=14, textColor=QUIET)
        self.cell = self._style(9.5, leading=13)
        self.number = self._style(9.5, leading=13, alignment=TA_RIGHT)
        self.label = self._style(10, bold=True, leading=15, spaceAfter=2)
        self.caption = self._style(10, bold=True, leading=15, spaceAfter=2, keepWithNext=1)
        self.words = self._style(11.5, leading=17)
        self.heading = self._style(
            15, bold=True, leading=19, textColor=PRIMARY, spaceBefore=12, spaceAfter=6
        )
        self.title = self._style(24, bold=True, leading=29, textColor=PRIMARY, spaceAfter=8)

    def _style(self, size: float, *, bold: bool = False, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(
            f"{size}{bold}",
            **{
                "fontName": self.bold if bold else self.regular,
                "fontSize": size,
                "textColor": INK,
                "allowWidows": 0,
                "allowOrphans": 0,
                "splitLongWords": 1,
                **more,
            },
        )

    @contextmanager
    def _inside(self, kind: str, **facts: Any) -> Iterator[None]:
        """What is made inside stands in a new element."""
        outer = self._at
        self._at = outer.add(kind, **facts)
        try:
            yield
        finally:
            self._at = outer

    def _say(self, markup: str, style: ParagraphStyle, kind: str = "P", **facts: Any) -> Text:
        return Text(markup, style, element=self._at.add(kind, **facts))

    def story(self, document: Document) -> list[Flowable]:
        story: list[Flowable] = [self._say(self._plain(document.title), self.title, "H1")]
        if document.summary:
            story.append(self._say(self._plain(document.summary), self.lead))
        if document.facts:
            story.append(self._say(self._plain(document.facts), self.small))
        story.append(Spacer(0, 8))
        waiting: list[Flowable] = []  # headings, which go with what follows them
        for piece in document.pieces:
            drawn = self.piece(piece)
            if isinstance(piece, Heading):
                waiting += drawn
                continue
            if waiting:
                story.append(KeepTogether([*waiting, *drawn[:1]]))
                drawn, waiting = drawn[1:], []
            story += drawn
        return [*story, *waiting]

    def piece(self, piece: Piece) -> list[Flowable]:
        match piece:
            case Heading():
                return [self._say(self._plain(piece.text), self.heading, "H2")]
            case Paragraph():
                return [self._say(self._rich(piece.runs), self.text)]
            case Bullets():
                return self._bullets(piece)
            case PhrasePair():
                return [self._phrase_pair(piece), Spacer(0, 10)]
            case Callout():
                with self._inside("Sect"):
                    title = [self._say(self._plain(piece.title), self.label)] if piece.title else []
                    inner = [flowable for part in piece.content for flowable in self.piece(part)]
                return [*self._boxes([*title, *inner], PRIMARY, PRIMARY_SOFT), Spacer(0, 10)]
            case Quote():
                with self._inside("BlockQuote"):
                    words = [self._say(self._plain(piece.text), self.words)]
                    if piece.source:
                        words.append(self._say(self._plain(piece.source), self.small))
                return [*self._boxes(words, ACCENT, None), Spacer(0, 10)]
            case Table():
                return self._table(piece)
            case Picture():
                return self._picture(piece)
            case Chart():
                return self._chart(piece)

    def _bullets(self, piece: Bullets) -> list[Flowable]:
        drawn: list[Flowable] = []
        with self._inside("L", numbering="Decimal" if piece.is_numbered else "Disc"):
            for number, item in enumerate(piece.items, start=1):
                with self._inside("LI"):
                    drawn.append(
                        Text(
                            self._rich(item),
                            self.item,
                            bulletText=f"{number}." if piece.is_numbered else "•",
                            label=self._at.add("Lbl"),
                            element=self._at.add("LBody"),
                        )
                    )
        return drawn

    def _phrase_pair(self, piece: PhrasePair) -> Flowable:
        def side(label: str, words: str) -> list[Flowable]:
            with self._inside("Div"):
                return [
                    self._say(self._plain(label), self.label),
                    self._say(self._plain(words), self.words),
                ]

        rows: list[list[Any]] = []
        spans = []
        with self._inside("Sect"):
            if piece.situation:
                spans.append(("SPAN", (0, len(rows)), (1, len(rows))))
                rows.append([self._say(self._plain(piece.situation), self.text), ""])
            pair = len(rows)
            rows.append(
                [
                    side(self.labels.careless, piece.careless),
                    side(self.labels.careful, piece.careful),
                ]
            )
            if piece.why:
                spans.append(("SPAN", (0, len(rows)), (1, len(rows))))
                why = f"<b>{self._plain(self.labels.why)}</b> {self._plain(piece.why)}"
                rows.append([self._say(why, self.text), ""])
        return Grid(
            rows,
            colWidths=[ROOM / 2, ROOM / 2],
            splitInRow=1,
            style=TableStyle(
                [
                    *spans,
                    *self._grid,
                    ("BOX", (0, 0), (-1, -1), 0.6, LINE),
                    ("BACKGROUND", (0, pair), (0, pair), ACCENT_SOFT),
                    ("BACKGROUND", (1, pair), (1, pair), GOOD_SOFT),
                    ("LINEABOVE", (0, pair), (0, pair), 3, ACCENT),
                    ("LINEABOVE", (1, pair), (1, pair), 3, GOOD),
                ]
            ),
        )

    def _table(self, piece: Table) -> list[Flowable]:
        """A grid whose head is drawn again on each page; a caption stands above it."""
        with self._inside("Table"):
            caption: list[Flowable] = []
            if piece.caption:
                caption = [self._say(self._plain(piece.caption), self.caption, "Caption")]
            rows = [self._row(piece, piece.header, is_head=True)]
            rows += [self._row(piece, row) for row in piece.rows]
        style = [
            *self._grid,
            ("BACKGROUND", (0, 0), (-1, 0), PRIMARY_SOFT),
            ("LINEBELOW", (0, 0), (-1, -1), 0.6, LINE),
        ]
        grid = Grid(
            rows,
            colWidths=_column_widths(piece, font_name=self.bold),
            repeatRows=1,
            splitInRow=1,
            style=TableStyle(style),
            spaceAfter=12,
        )
        return [*caption, grid]

    def _row(self, piece: Table, cells: Sequence[str], *, is_head: bool = False) -> list[Text]:
        row = []
        with self._inside("TR"):
            for column, words in enumerate(cells):
                style = self.number if column in piece.numeric else self.cell
                text = self._plain(words)
                if is_head:
                    row.append(self._say(f"<b>{text}</b>", style, "TH", scope="Column"))
                elif column == 0:
                    row.append(self._say(text, style, "TH", scope="Row"))
                else:
                    row.append(self._say(text, style, "TD"))
        return row

    def _picture(self, piece: Picture) -> list[Flowable]:
        drawn: list[Flowable] = [
            Drawing(piece.image, ROOM, element=self._at.add("Figure", alt=piece.alt))
        ]
        if piece.caption:
            drawn.append(self._say(self._plain(piece.caption), self.small, "Caption"))
        return [KeepTogether(drawn), Spacer(0, 10)]

    def _chart(self, piece: Chart) -> list[Flowable]:
        drawing = ChartDrawing(
            piece.svg,
            element=self._at.add("Figure", alt=words_of(piece.svg)),
            regular=self.regular,
            bold=self.bold,
            write=self._writable,
        )
        return [drawing]

    def _boxes(self, content: list[Flowable], edge: Color, ground: Color | None) -> list[Flowable]:
        """One row each, so that a box longer than a page breaks between its paragraphs."""
        style = [*self._grid, ("LINEBEFORE", (0, 0), (0, -1), 3, edge)]
        if ground is not None:
            style.append(("BACKGROUND", (0, 0), (-1, -1), ground))
        rows = [[flowable] for flowable in content]
        if not rows:
            return []
        return [Grid(rows, colWidths=[ROOM], splitInRow=1, style=TableStyle(style))]

    def _plain(self, text: str) -> str:
        """Text for ReportLab's markup, without what the font cannot write."""
        return escape(self._writable(text), quote=False).replace("\n", "<br/>")

    def _writable(self, text: str) -> str:
        known = pdfmetrics.getFont(self.regular).face.charToGlyph
        return "".join(sign for sign in text if ord(sign) in known or sign.isspace())

    def _rich(self, runs: Sequence[Run]) -> str:
        """Markup of runs; addresses other than of pages and letters are left out."""
        pieces = []
        for run in runs:
            text = self._plain(run.text)
            if run.is_bold:
                text = f"<b>{text}</b>"
            if run.address.startswith(("http://", "https://", "mailto:", "tel:")):
                text = f'<a href="{escape(run.address)}" color="#0f5c5c"><u>{text}</u></a>'
            pieces.append(text)
        return "".join(pieces)


def _column_widths(piece: Table, *, font_name: str) -> list[float]:
    """Every column holds its longest word; the rest of the room goes where there is much to say."""
    least, wanted = [], []
    for cells in zip(piece.header, *piece.rows, strict=True):
        words = {word for cell in cells for word in cell.split()}
        longest = [width(word, font_name=font_name, size=CELL_SIZE) for word in words]
        least.append(min(max(longest, default=0.0), ROOM / 2) + CELL_SIDES)
        wanted.append(max(len(cell) for cell in cells))
    left = ROOM - sum(least)
    if left <= 0:
        return [ROOM * share / sum(least) for share in least]
    wanted = [min(length, LONGEST_LINE) for length in wanted]
    return [
        base + left * length / max(sum(wanted), 1)
        for base, length in zip(least, wanted, strict=True)
    ]


class _NumberedCanvas(TaggedCanvas):
    """Draws the foot of each page at the end, when the number of pages is known."""

    def __init__(self, document: Document, look: _Look, *args: Any, **more: Any):
        super().__init__(*args, structure=look.root, **more)
        self._document, self._look = document, look
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            with self.artifact("Pagination"):
                self._draw_foot(number, len(self._pages))
            super().showPage()
        super().save()

    def _draw_foot(self, number: int, total: int) -> None:
        regular, base = self._look.regular, FOOT - 10 * mm
        self.setStrokeColor(LINE)
        self.setLineWidth(0.6)
        self.line(SIDE, base + 5 * mm, A4[0] - SIDE, base + 5 * mm)
        self.setFillColor(QUIET)
        self.setFont(regular, 9)
        count = self._look.labels.page.format(number=number, total=total)
        self.drawRightString(A4[0] - SIDE, base, count)
        room = ROOM - width(count, font_name=regular, size=9) - 6 * mm
        source = " · ".join(filter(None, [self._document.issuer, self._document.source]))
        for line, words in enumerate(wrapped(source, font_name=regular, size=9, room=room)[:2]):
            self.drawString(SIDE, base - line * 12, words)
