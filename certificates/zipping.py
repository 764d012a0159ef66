"""Many certificates as one ZIP, written while it is sent: nothing is kept twice."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from certificates.models import Certificate

_UNSAFE = re.compile(r"[^\w\- ().]+")


class _Outbox(io.RawIOBase):
    """What ``zipfile`` writes, until it is taken."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        written, self._written = bytes(self._written), bytearray()
        return written


def file_name(certificate: Certificate) -> str:
    """«БК-2026-000001 Иванова Мария Петровна.pdf», of letters that every system takes."""
    holder = _UNSAFE.sub("", certificate.snapshot.get("holder", certificate.snapshot["name"]))
    return f"{certificate.number} {holder[:80].strip()}.pdf"


def zipped(certificates: Iterable[Certificate]) -> Iterator[bytes]:
    """The archive in pieces, one file in memory at a time. PDFs are compressed already."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            with certificate.pdf.open("rb") as file:
                archive.writestr(file_name(certificate), file.read())
            yield outbox.taken()
    yield outbox.taken()
