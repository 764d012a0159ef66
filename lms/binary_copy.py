"""Rows as PostgreSQL's COPY takes them in binary form (its documentation, COPY, “Binary Format”).

Pure. Column by column: what comes again in a column is packed once, and the database has no text
to read numbers, moments and ids from.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, repeat
from typing import Any
from uuid import UUID

import msgspec

AT_ONCE = 2000
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_LENGTH = struct.Struct("!i").pack
_SIXTEEN = _LENGTH(16)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_as_json = msgspec.json.Encoder().encode

Pack = Callable[[Any], bytes]


def _fixed(form: str) -> Pack:
    size, pack = struct.calcsize(f"!{form}"), struct.Struct(f"!i{form}").pack
    return lambda value: pack(size, value)


def _bytes(value: bytes) -> bytes:
    return _LENGTH(len(value)) + value


def _text(value: str) -> bytes:
    raw = value.encode()
    return _LENGTH(len(raw)) + raw


def _json(value: Any) -> bytes:
    raw = _as_json(value)
    return _LENGTH(len(raw) + 1) + b"\x01" + raw


def _uuid(value: UUID | str) -> bytes:
    if isinstance(value, UUID):
        return _SIXTEEN + value.bytes
    return _SIXTEEN + bytes.fromhex(value.replace("-", ""))


_bigint = _fixed("q")


def _moment(value: datetime) -> bytes:
    return _bigint((value - _EPOCH) // _MICROSECOND)


_PACKS: dict[str, Pack] = {
    "bigint": _bigint,
    "boolean": _fixed("?"),
    "bytea": _bytes,
    "double precision": _fixed("d"),
    "integer": _fixed("i"),
    "jsonb": _json,
    "smallint": _fixed("h"),
    "text": _text,
    "timestamp with time zone": _moment,
    "uuid": _uuid,
    "varchar": _text,
}


def packed(
    kinds: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    constants: Sequence[tuple[str, Any]] = (),
) -> Iterator[bytes]:
    """What to send for ``rows``, piece by piece.

    ``kinds``: the types of the columns as the database names them; JSON comes as Python values.
    ``constants``: type and value of further columns that are the same in all rows.
    Raises TypeError for a type that is not known here, ValueError where a row is too short or long.
    """
    packs = [_pack_of(kind) for kind in kinds]
    count = struct.pack("!h", len(kinds) + len(constants))
    tail = b"".join(_or_null(_pack_of(kind))(value) for kind, value in constants)
    left = iter(rows)
    yield _SIGNATURE
    while some := list(islice(left, AT_ONCE)):
        columns = [
            _column(pack, column)
            for pack, column in zip(packs, zip(*some, strict=True), strict=True)
        ]
        yield b"".join(chain.from_iterable(zip(repeat(count), *columns, repeat(tail))))
    yield _END


def _pack_of(kind: str) -> Pack:
    try:
        return _PACKS[kind.partition("(")[0]]
    except KeyError:
        raise TypeError(f"Columns of type {kind} are not written in bulk.") from None


def _or_null(pack: Pack) -> Pack:
    return lambda value: _NULL if value is None else pack(value)


def _column(pack: Pack, values: Sequence[Any]) -> Iterator[bytes]:
    key: Callable[[Any], Hashable] | None = id if pack is _json else None
    keys = list(map(key, values)) if key else values
    one_of_each = dict(zip(keys, values, strict=True))
    made = {name: _NULL if one is None else pack(one) for name, one in one_of_each.items()}
    return map(made.__getitem__, keys)
