"""A ReportLab canvas that knows what it draws: marked content for every word and picture.

Text must be drawn inside ``content`` (or as a flowable of ``lms.pdf.flowing``) or be declared
decoration with ``artifact``; forgotten text raises UntaggedText. Lines, boxes and grounds that no
element claims become artifacts by themselves.

ReportLab keeps the operators of a page in ``_code`` and has no public way to add marked content,
hence the use of a private name; its version is pinned and the tests read the result.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from lms.pdf.structure import Element, Mark, Note

rl_config.useA85 = 0  # streams as bytes: no fifth more, and no time for letters
PAINTS_TEXT = re.compile(r"\b(?:Tj|TJ)\b")
PAINTS = re.compile(r"(?:^|\s)(?:f\*?|F|S|s|B\*?|b\*?|sh|Do|Tj|TJ|EI)(?=\s|$)")


class UntaggedText(ValueError):
    """Text was drawn that no element of the structure claims; the message holds its operators."""


class TaggedCanvas(Canvas):
    """``structure`` is the root of what was drawn; pass it to ``lms.pdf.archive.archive``."""

    def __init__(self, *args: Any, structure: Element | None = None, **more: Any):
        self.structure = Element("Document") if structure is None else structure
        self._within = [self.structure]
        self._claimed: list[tuple[int, int]] = []
        self._marks = 0
        self.label: Element | None = None
        """Whose content the bullet of a paragraph is, while one is drawn."""
        self.links: deque[Element] = deque()
        """The ``Link`` elements whose places to click come next."""
        super().__init__(*args, **more)

    def _restartAccumulators(self) -> None:
        super()._restartAccumulators()
        self._claimed, self._marks = [], 0

    @property
    def page(self) -> int:
        """The page that is drawn now, from 0."""
        return int(self._pageNumber) - 1

    def open_mark(self, element: Element) -> str:
        """The operator that begins marked content of ``element``; ``EMC`` ends it."""
        element.children.append(Mark(self.page, self._marks))
        self._marks += 1
        return f"/{element.kind} <</MCID {self._marks - 1}>> BDC"

    @contextmanager
    def group(self, kind: str, **facts: Any) -> Iterator[Element]:
        """What is drawn inside belongs to a new element that has no ink of its own."""
        element = self._within[-1].add(kind, **facts)
        self._within.append(element)
        try:
            yield element
        finally:
            self._within.pop()

    @contextmanager
    def content(self, kind: str, **facts: Any) -> Iterator[Element]:
        """What is drawn inside is the content of a new element."""
        with self.group(kind, **facts) as element, self.claim(element):
            yield element

    @contextmanager
    def claim(self, element: Element) -> Iterator[None]:
        """What is drawn inside is content of ``element``, which stands in the structure already."""
        begin = len(self._code)
        self._code.append(self.open_mark(element))
        yield
        self._code.append("EMC")
        self._claimed.append((begin, len(self._code)))

    @contextmanager
    def artifact(self, kind: str = "Layout") -> Iterator[None]:
        """What is drawn inside is decoration: ``Layout``, ``Page`` or ``Pagination``."""
        begin = len(self._code)
        self._code.append(f"/Artifact <</Type /{kind}>> BDC")
        yield
        self._code.append("EMC")
        self._claimed.append((begin, len(self._code)))

    def drawText(self, aTextObject: PDFTextObject) -> None:
        """Draw a text object; one made by ``lms.pdf.flowing.Text`` says whose content it is."""
        parts = getattr(aTextObject, "parts", None)
        if parts is None and self.label is not None:
            parts, aTextObject.owner = [(1, self.label)], self.label
        if parts is None:
            super().drawText(aTextObject)
            return
        begin = len(self._code)
        aTextObject._code = self._marked(aTextObject._code, parts, aTextObject.owner)
        super().drawText(aTextObject)
        self._claimed.append((begin, len(self._code)))

    def _marked(
        self, code: list[str], parts: list[tuple[int, Element]], owner: Element
    ) -> list[str]:
        """The operators of a text object with a mark around each part.

        ``parts``: from which operator on whose content it is, the owner's or a link's in it.
        ``BT`` stays outside, for marked content may not cross its edge (ISO 32000-1, 14.6.1).
        """
        marked = code[: parts[0][0]]
        ends = [start for start, _ in parts[1:]] + [len(code)]
        for (start, element), end in zip(parts, ends, strict=True):
            operators = code[start:end]
            if any(PAINTS_TEXT.search(operator) for operator in operators):
                if element is not owner and element not in owner.children:
                    owner.children.append(element)
                operators = [self.open_mark(element), *operators, "EMC"]
            marked += operators
        return marked

    def linkURL(self, url: str, rect: Any, relative: int = 0, *args: Any, **more: Any) -> None:
        """A place to click; belongs to the ``Link`` element that is drawn now."""
        element = self.links.popleft() if self.links else self._within[-1]
        if element.kind != "Link":
            raise UntaggedText(url)
        super().linkURL(url, rect, relative, *args, Contents=PDFString(url), **more)
        element.children.append(Note(self.page, len(self._annotationrefs) - 1))

    def showPage(self) -> None:
        self._code[:] = self._with_artifacts()
        self._claimed = []
        super().showPage()

    def _with_artifacts(self) -> list[str]:
        code: list[str] = []
        place = 0
        for begin, end in [*sorted(self._claimed), (len(self._code), len(self._code))]:
            unclaimed = self._code[place:begin]
            text = next((part for part in unclaimed if PAINTS_TEXT.search(part)), None)
            if text is not None:
                raise UntaggedText(text)
            if any(PAINTS.search(part) for part in unclaimed):
                unclaimed = ["/Artifact <</Type /Layout>> BDC", *unclaimed, "EMC"]
            code += [*unclaimed, *self._code[begin:end]]
            place = end
        return code
