"""What differs between a file as it was issued and the one that somebody brought.

Pure, without Django: bytes and JSON values in, places out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST = 20
"""How many differences are told; a file that differs everywhere is simply another file."""
_NEAR = 16
"""Changed bytes this close to each other are told as one place."""
_CHUNK = 4096
_OBJECT = re.compile(rb"(?:^|[\r\n ])(\d+) 0 obj\b")


@dataclass(frozen=True)
class ByteRange:
    """Bytes ``start`` to ``end`` (exclusive, from 0) of the brought file; ``part`` says of what."""

    start: int
    end: int
    part: str
    """added | missing | signature | metadata | credential | picture | font | text | structure"""


@dataclass(frozen=True)
class PropertyChange:
    """A property of a JSON document: its path, and its value here and there (None: absent)."""

    path: str
    issued: str | None
    brought: str | None


def byte_ranges(issued: bytes, brought: bytes) -> list[ByteRange]:
    """Where ``brought`` differs from ``issued``: the places in order, at most MOST of them.

    Files of one length are compared byte by byte; otherwise what they begin and end with alike is
    left out, and what remains between is the one place.
    """
    if issued == brought:
        return []
    if brought.startswith(issued):
        return [ByteRange(len(issued), len(brought), "added")]
    if issued.startswith(brought):
        return [ByteRange(len(brought), len(brought), "missing")]
    if len(issued) == len(brought):
        return [
            ByteRange(start, end, part_at(issued, start)) for start, end in _runs(issued, brought)
        ][:MOST]
    start = _alike(issued, brought)
    tail = min(_alike(issued[::-1], brought[::-1]), min(len(issued), len(brought)) - start)
    return [ByteRange(start, len(brought) - tail, part_at(issued, start))]


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    length = min(len(one), len(other))
    for at in range(0, length, _CHUNK):
        if one[at : at + _CHUNK] != other[at : at + _CHUNK]:
            for place in range(at, min(at + _CHUNK, length)):
                if one[place] != other[place]:
                    return place
    return length


def _runs(one: bytes, other: bytes) -> Iterator[tuple[int, int]]:
    start = end = -1
    for at in range(0, len(one), _CHUNK):
        if one[at : at + _CHUNK] == other[at : at + _CHUNK]:
            continue
        for place in range(at, min(at + _CHUNK, len(one))):
            if one[place] == other[place]:
                continue
            if start >= 0 and place - end <= _NEAR:
                end = place + 1
                continue
            if start >= 0:
                yield start, end
            start, end = place, place + 1
    if start >= 0:
        yield start, end


def part_at(pdf: bytes, offset: int) -> str:
    """Which part of a PDF the byte belongs to, by the object that it stands in."""
    before = None
    for found in _OBJECT.finditer(pdf, 0, offset + 1):
        before = found
    if before is None:
        return "structure"
    end = pdf.find(b"endobj", before.end())
    if 0 <= end < offset:
        return "structure"
    head = pdf[before.end() : before.end() + 600]
    stream = head.find(b"stream")
    words = head[:stream] if stream >= 0 else head
    for part, marks in (
        ("signature", (b"/ByteRange", b"/Contents<", b"/Contents <", b"/Type/Sig")),
        ("metadata", (b"/Metadata", b"/Title", b"/Producer")),
        ("credential", (b"/EmbeddedFile",)),
        ("picture", (b"/Image",)),
        ("font", (b"/Font", b"/Length1", b"/CIDInit")),
    ):
        if any(mark in words for mark in marks):
            return part
    return "text" if stream >= 0 else "structure"


def property_changes(issued: Any, brought: Any) -> list[PropertyChange]:
    """Properties that differ, each with both values, at most MOST of them."""
    return list(_changes("", issued, brought))[:MOST]


def _changes(path: str, issued: Any, brought: Any) -> Iterator[PropertyChange]:
    if isinstance(issued, dict) and isinstance(brought, dict):
        for name in dict.fromkeys([*issued, *brought]):
            inner = f"{path}.{name}" if path else str(name)
            yield from _changes(inner, issued.get(name, _ABSENT), brought.get(name, _ABSENT))
    elif isinstance(issued, list) and isinstance(brought, list):
        for place in range(max(len(issued), len(brought))):
            one = issued[place] if place < len(issued) else _ABSENT
            other = brought[place] if place < len(brought) else _ABSENT
            yield from _changes(f"{path}[{place}]", one, other)
    elif issued != brought or type(issued) is not type(brought):
        yield PropertyChange(path, _shown(issued), _shown(brought))


class _Absent:
    pass


_ABSENT = _Absent()


def _shown(value: Any) -> str | None:
    if value is _ABSENT:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
