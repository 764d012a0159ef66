"""Documents to read on paper: headings, text, lists and boxes laid out on A4 pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.fonts import addMapping
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus import Paragraph as Text

from lms.pdf.fonts import font, width, wrapped
from lms.pdf.pieces import (
    Bullets,
    Callout,
    Document,
    Heading,
    Labels,
    Paragraph,
    PhrasePair,
    Piece,
    Quote,
    Run,
)

INK, QUIET, LINE = HexColor("#1d2b2a"), HexColor("#52615f"), HexColor("#d8d0c2")
PRIMARY, PRIMARY_SOFT = HexColor("#0f5c5c"), HexColor("#e0eeec")
ACCENT, ACCENT_SOFT = HexColor("#b5472e"), HexColor("#fbe9e3")
GOOD, GOOD_SOFT = HexColor("#1f6b3a"), HexColor("#e3f1e6")
SIDE, TOP, FOOT = 22 * mm, 20 * mm, 24 * mm
ROOM = A4[0] - 2 * SIDE


def render_document(document: Document, *, regular: Path, bold: Path) -> bytes:
    """The document as an A4 PDF; the same document gives the same bytes.

    A character that the font lacks is left out rather than printed as a box.
    """
    look = _Look(font(regular), font(bold), document.labels)
    buffer = io.BytesIO()
    layout = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=document.title,
        author=document.issuer,
        subject=document.summary,
        lang=document.language,
        invariant=True,
        pageCompression=1,
        initialFontName=look.regular,
    )
    frame = Frame(SIDE, FOOT, ROOM, A4[1] - TOP - FOOT, 0, 0, 0, 0)
    layout.addPageTemplates([PageTemplate(frames=[frame])])
    layout.build(look.story(document), canvasmaker=partial(_NumberedCanvas, document, look))
    return buffer.getvalue()


class _Look:
    """Pieces as flowables of ReportLab, in the two weights of one font."""

    def __init__(self, regular: str, bold: str, labels: Labels):
        self.regular, self.bold, self.labels = regular, bold, labels
        for is_bold, is_italic in ((0, 0), (0, 1), (1, 0), (1, 1)):  # what <b> turns into
            addMapping(regular, is_bold, is_italic, bold if is_bold else regular)
        self.text = self._style(11, leading=16.5, spaceAfter=7)
        self.lead = self._style(13, leading=19, textColor=QUIET, spaceAfter=6)
        self.small = self._style(9.5, leading=14, textColor=QUIET)
        self.label = self._style(10, bold=True, leading=15, spaceAfter=2)
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

    def story(self, document: Document) -> list[Flowable]:
        story: list[Flowable] = [Text(self._plain(document.title), self.title)]
        if document.summary:
            story.append(Text(self._plain(document.summary), self.lead))
        if document.facts:
            story.append(Text(self._plain(document.facts), self.small))
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
                return [Text(self._plain(piece.text), self.heading)]
            case Paragraph():
                return [Text(self._rich(piece.runs), self.text)]
            case Bullets():
                return [self._bullets(piece)]
            case PhrasePair():
                return [self._phrase_pair(piece), Spacer(0, 10)]
            case Callout():
                title = [Text(self._plain(piece.title), self.label)] if piece.title else []
                inner = [flowable for part in piece.content for flowable in self.piece(part)]
                return [*self._boxes([*title, *inner], PRIMARY, PRIMARY_SOFT), Spacer(0, 10)]
            case Quote():
                source = [Text(self._plain(piece.source), self.small)] if piece.source else []
                return [
                    *self._boxes(
                        [Text(self._plain(piece.text), self.words), *source], ACCENT, None
                    ),
                    Spacer(0, 10),
                ]

    def _bullets(self, piece: Bullets) -> Flowable:
        start = {"bulletType": "1", "bulletFormat": "%s."} if piece.is_numbered else {}
        return ListFlowable(
            [ListItem(Text(self._rich(item), self.text)) for item in piece.items],
            leftIndent=18,
            bulletFontName=self.bold,
            bulletFontSize=11,
            bulletColor=PRIMARY,
            **(start or {"bulletType": "bullet", "start": "•"}),
        )

    def _phrase_pair(self, piece: PhrasePair) -> Flowable:
        def side(label: str, words: str) -> list[Flowable]:
            return [Text(self._plain(label), self.label), Text(self._plain(words), self.words)]

        rows: list[list[Any]] = []
        spans = []
        if piece.situation:
            spans.append(("SPAN", (0, len(rows)), (1, len(rows))))
            rows.append([Text(self._plain(piece.situation), self.text), ""])
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
            rows.append([Text(why, self.text), ""])
        return Table(
            rows,
            colWidths=[ROOM / 2, ROOM / 2],
            splitInRow=1,
            style=TableStyle(
                [
                    *spans,
                    *_PADDING,
                    ("BOX", (0, 0), (-1, -1), 0.6, LINE),
                    ("BACKGROUND", (0, pair), (0, pair), ACCENT_SOFT),
                    ("BACKGROUND", (1, pair), (1, pair), GOOD_SOFT),
                    ("LINEABOVE", (0, pair), (0, pair), 3, ACCENT),
                    ("LINEABOVE", (1, pair), (1, pair), 3, GOOD),
                ]
            ),
        )

    def _boxes(self, content: list[Flowable], edge: Color, ground: Color | None) -> list[Flowable]:
        """One row each, so that a box longer than a page breaks between its paragraphs."""
        style = [*_PADDING, ("LINEBEFORE", (0, 0), (0, -1), 3, edge)]
        if ground is not None:
            style.append(("BACKGROUND", (0, 0), (-1, -1), ground))
        rows = [[flowable] for flowable in content]
        if not rows:
            return []
        return [Table(rows, colWidths=[ROOM], splitInRow=1, style=TableStyle(style))]

    def _plain(self, text: str) -> str:
        """Text for ReportLab's markup, without what the font cannot write."""
        known = pdfmetrics.getFont(self.regular).face.charToGlyph
        text = "".join(sign for sign in text if ord(sign) in known or sign.isspace())
        return escape(text, quote=False).replace("\n", "<br/>")

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


_PADDING = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 10),
    ("RIGHTPADDING", (0, 0), (-1, -1), 10),
    ("TOPPADDING", (0, 0), (-1, -1), 5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
]


class _NumberedCanvas(Canvas):
    """Draws the foot of each page at the end, when the number of pages is known."""

    def __init__(self, document: Document, look: _Look, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self._document, self._look = document, look
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
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
