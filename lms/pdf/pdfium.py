"""PDFium, which must not be used by two threads at once (pypdfium2 says so, and crashes)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import pypdfium2

_AT_WORK = RLock()


@contextmanager
def opened_pdf(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The document, while no other thread of this process uses PDFium.

    Raises pypdfium2.PdfiumError for what is no PDF.
    """
    with _AT_WORK, pypdfium2.PdfDocument(pdf) as document:
        yield document
