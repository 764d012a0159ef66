"""Files of people: what a file really is, and its lines one after another. Pure, without Django.

A file is read as a stream: neither 50,000 lines nor a hostile archive fill the memory.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

MAX_BYTES = 20 * 2**20
MAX_ROWS = 50_000
MAX_UNPACKED_BYTES = 400 * 2**20
"""What a workbook may unpack to: more than 50,000 full rows, less than an archive bomb."""
MAX_BLANK_LINES = 10_000
_CHUNK = 2**16

Cell = Any
"""Text, or whatever JSON and spreadsheets hold; ``rows`` says what fits."""


class FileKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"


_SUFFIXES = {
    "csv": FileKind.CSV,
    "txt": FileKind.CSV,
    "xlsx": FileKind.XLSX,
    "ndjson": FileKind.NDJSON,
    "jsonl": FileKind.NDJSON,
}


class UnreadableFile(Exception):
    """The file as a whole cannot be read; ``code`` says why (see ``problems``)."""

    def __init__(self, code: str, **params: Any):
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Line:
    """One line: its number in the file as a person counts it, and its cells as they stand."""

    number: int
    cells: list[Cell]
    problem: str = ""
    """Why its cells cannot be told apart, if so."""


@dataclass
class Table:
    """``headings`` and the lines below them; lines that are empty are left out."""

    headings: list[str]
    lines: Iterator[Line]
    expected: int
    """About how many lines there are: for a progress bar."""
    encoding: str = ""
    delimiter: str = ""
    unknown: list[str] = field(default_factory=list)


def kind_of(file: BinaryIO, *, name: str = "", declared: str = "") -> FileKind:
    """What the file is by its content, told at once and without reading all of it.

    Raises UnreadableFile where it is nothing of ours, or not what its name or sender says.
    """
    file.seek(0)
    head = file.read(8192)
    found = _sniffed(head, file)
    said = _SUFFIXES.get(declared.lower()) or _SUFFIXES.get(name.rpartition(".")[2].lower())
    if said and said is not found and FileKind.XLSX in (said, found):
        raise UnreadableFile("not-what-it-says", said=said.value, found=found.value)
    return said or found


def _sniffed(head: bytes, file: BinaryIO) -> FileKind:
    if not head.strip():
        raise UnreadableFile("empty-file")
    if head.startswith(b"PK\x03\x04"):
        if _is_workbook(file):
            return FileKind.XLSX
        raise UnreadableFile("not-a-table")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("old-excel")
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")) or (
        b"\0" in head and not is_wide
    ):
        raise UnreadableFile("not-a-table")
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"<"):
        raise UnreadableFile("markup")
    if text.startswith(b"["):
        raise UnreadableFile("json-array")
    return FileKind.NDJSON if text.startswith(b"{") else FileKind.CSV


def _is_workbook(file: BinaryIO) -> bool:
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnreadableFile("broken-workbook") from None
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableFile("too-large-inside")
    return any(entry.filename == "xl/workbook.xml" for entry in entries)


def open_table(path: Path, kind: FileKind, *, fields: list[str]) -> Table:
    """The table in the file. ``fields``: the names that objects of NDJSON may have.

    Raises UnreadableFile, also while the lines are read.
    """
    if kind is FileKind.XLSX:
        return _workbook(path)
    encoding = encoding_of(path)
    if kind is FileKind.NDJSON:
        return _objects(path, encoding, fields)
    return _separated(path, encoding)


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, else Windows-1251 if it reads as Russian."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _decodes(path, "utf-8"):
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    if _decodes(path, "cp1251") and _reads_as_russian(path):
        return "cp1251"
    raise UnreadableFile("unknown-encoding")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _reads_as_russian(path: Path) -> bool:
    foreign = russian = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            beyond = [char for char in chunk.decode("cp1251") if char > "\x7f"]
            foreign += len(beyond)
            russian += sum("А" <= char <= "я" or char in "ёЁ№«»–—\xa0" for char in beyond)
    return russian >= 0.9 * foreign


def _line_count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))


def _separated(path: Path, encoding: str) -> Table:
    file = path.open(encoding=encoding, newline="")
    first = file.readline(_CHUNK)
    delimiter = max(";,\t", key=first.count)
    file.seek(0)
    reader = csv.reader(file, delimiter=delimiter)
    try:
        headings = [heading.strip() for heading in next(reader)]
    except (StopIteration, csv.Error, UnicodeError):
        raise UnreadableFile("no-headings") from None
    return Table(
        headings=headings,
        lines=_separated_lines(file, reader),
        expected=_line_count(path),
        encoding=encoding.removesuffix("-sig"),
        delimiter=delimiter,
    )


def _separated_lines(file: io.TextIOWrapper, reader: Any) -> Iterator[Line]:
    with file:
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Line(number, [], "broken-line")
                continue
            except UnicodeError:
                raise UnreadableFile("unknown-encoding") from None
            if any(cells):
                yield Line(number, cells)


def _objects(path: Path, encoding: str, fields: list[str]) -> Table:
    table = Table(list(fields), iter(()), _line_count(path) + 1, encoding=encoding)
    table.lines = _object_lines(path, encoding, fields)
    return table


def _object_lines(path: Path, encoding: str, fields: list[str]) -> Iterator[Line]:
    known = set(fields)
    with path.open(encoding=encoding) as file:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                yield Line(number, [], "broken-line")
                continue
            if not isinstance(found, dict):
                yield Line(number, [], "broken-line")
            else:
                problem = "unknown-field" if found.keys() - known else ""
                yield Line(number, [found.get(name) for name in fields], problem)


def _workbook(path: Path) -> Table:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        headings = [_as_text(cell).strip() for cell in next(rows)]
    except StopIteration:
        raise UnreadableFile("no-headings") from None
    except Exception:  # the library raises whatever a broken file makes it stumble over
        raise UnreadableFile("broken-workbook") from None
    while headings and not headings[-1]:
        headings.pop()
    return Table(headings=headings, lines=_workbook_lines(book, rows), expected=0)


def _workbook_lines(book: Any, rows: Iterator[tuple]) -> Iterator[Line]:
    number, blank = 1, 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            break
        except Exception:
            raise UnreadableFile("broken-workbook") from None
        if any(cell not in (None, "") for cell in cells):
            blank = 0
            yield Line(number, [_as_text(cell) for cell in cells])
            continue
        blank += 1
        if blank > MAX_BLANK_LINES:  # formatting below the last row
            break
    book.close()


def _as_text(cell: Cell) -> str:
    """A cell as a person sees it: a personnel number is no 1001.0, a formula stays one."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.strftime("%d.%m.%Y")
    if isinstance(cell, bool | int | float):
        return str(cell)
    return "="  # a formula over several cells
