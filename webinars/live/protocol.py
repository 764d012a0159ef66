"""The wire protocol ``ls.live.v1``: its frames, limits and codes. Pure, without Django.

UTF-8 JSON text. Whatever bytes come in, ``decode`` gives a typed frame or raises a typed error;
nothing in between. Version 1 is additive: a client ignores what it does not know, the server
refuses it.
"""

from __future__ import annotations

import json
import math
import unicodedata
from enum import IntEnum, StrEnum
from typing import Annotated, Any, TypeVar

import msgspec

SUBPROTOCOL = "ls.live.v1"
VERSION = 1
MAX_FRAME_BYTES = 16 * 1024
MAX_DEPTH = 6
MAX_INTEGER = 2**53
MAX_KEY = 40
MAX_REPLAY = 500
"""A client further behind than this gets a snapshot instead of the events."""

Ulid = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}\Z")]
Op = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]


class CloseCode(IntEnum):
    """Why the server closes; those from 4000 on are ours."""

    GOING_AWAY = 1001
    RESTART = 1012
    BUSY = 1013
    RESYNC = 4003
    TOO_SLOW = 4008
    PROTOCOL = 4400
    NO_SESSION = 4401
    FORBIDDEN = 4403
    NO_ROOM = 4404
    HELLO_LATE = 4408
    OPENED_ELSEWHERE = 4409
    ROOM_CLOSED = 4410
    VERSION = 4426
    TOO_MANY = 4429


RECONNECTS = frozenset(
    {
        CloseCode.RESTART,
        CloseCode.BUSY,
        CloseCode.RESYNC,
        CloseCode.TOO_SLOW,
        CloseCode.HELLO_LATE,
        CloseCode.TOO_MANY,
    }
)
"""Codes after which a client comes back by itself."""


class ErrorCode(StrEnum):
    BAD_JSON = "bad_json"
    TOO_BIG = "too_big"
    UNKNOWN_OP = "unknown_op"
    INVALID = "invalid"
    ID_REUSED = "id_reused"
    FORBIDDEN = "forbidden"
    STATE = "state"
    RATE = "rate"
    BUSY = "busy"
    INTERNAL = "internal"


STRIKES = frozenset(
    {ErrorCode.BAD_JSON, ErrorCode.TOO_BIG, ErrorCode.UNKNOWN_OP, ErrorCode.ID_REUSED}
)
"""What only a broken or hostile client does; too many of them close the socket."""


class BadFrame(Exception):
    """What came in is no frame. ``field`` is a JSON pointer; the value is never repeated."""

    def __init__(self, code: ErrorCode, *, field: str = "", cmd_id: str = ""):
        super().__init__(f"{code} {field}")
        self.code = code
        self.field = field
        self.cmd_id = cmd_id


# --- Client → server --------------------------------------------------------------------------
class Position(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The last event of a stream that a client has.

    ``q`` may be nonsense: whoever says so gets a snapshot, not an error (live.md 4.3). What is no
    whole number is -1 here, which no client has seen either.
    """

    e: Annotated[str, msgspec.Meta(max_length=40)]
    q: Any

    def __post_init__(self) -> None:
        if type(self.q) is not int:
            msgspec.structs.force_setattr(self, "q", -1)


class _ClientFrame(
    msgspec.Struct, tag_field="t", tag=str.lower, forbid_unknown_fields=True, frozen=True
):
    pass


class Hello(_ClientFrame, frozen=True):
    v: int
    resume: dict[str, Position] = {}
    caps: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    client: Annotated[str, msgspec.Meta(max_length=100)] = ""
    ticket: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Cmd(_ClientFrame, frozen=True):
    id: Ulid
    op: Op
    d: dict[str, Any] = {}
    exp: int | None = None


class Send(_ClientFrame, frozen=True):
    op: Op
    d: dict[str, Any] = {}


class Ack(_ClientFrame, frozen=True):
    p: dict[str, Seq]


class Pong(_ClientFrame, frozen=True):
    ts: int


ClientFrame = Hello | Cmd | Send | Ack | Pong
_CLIENT_TAGS = {"hello", "cmd", "send", "ack", "pong"}


class Payload(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Base of what a command carries; a field that it does not name is refused."""


P = TypeVar("P", bound=Payload)


# --- Server → client --------------------------------------------------------------------------
class _ServerFrame(
    msgspec.Struct, tag_field="t", tag=str.lower, omit_defaults=True, frozen=True, kw_only=True
):
    pass


class StreamState(msgspec.Struct, frozen=True, kw_only=True):
    e: str
    q: int
    recovered: bool


class Welcome(_ServerFrame, frozen=True, kw_only=True):
    sid: str
    me: str
    role: str
    perms: list[str]
    streams: dict[str, StreamState]
    hb_ms: int
    ts: int


class Snap(_ServerFrame, frozen=True, kw_only=True):
    s: dict[str, Position]
    d: dict[str, Any]


class Actor(msgspec.Struct, frozen=True):
    """Who did it: ``n`` is the name that others see, ``r`` the role at that moment."""

    id: str
    n: str
    r: str


class Ev(_ServerFrame, frozen=True, kw_only=True):
    s: str
    q: int
    y: str
    ts: int
    d: dict[str, Any]
    a: Actor | None = None
    c: str = ""


class St(_ServerFrame, frozen=True, kw_only=True):
    y: str
    n: int
    d: dict[str, Any]
    k: str = ""


class Ok(_ServerFrame, frozen=True, kw_only=True):
    id: str
    d: dict[str, Any] = {}
    p: dict[str, int] = {}


class Err(_ServerFrame, frozen=True, kw_only=True):
    code: str
    temp: bool
    id: str = ""
    retry_ms: int = 0
    field: str = ""
    msg: str = ""
    d: dict[str, Any] = {}


class Hb(_ServerFrame, frozen=True, kw_only=True):
    ts: int
    h: dict[str, int]
    deg: bool = False


class Bye(_ServerFrame, frozen=True, kw_only=True):
    code: int
    reason: str
    reconnect: bool
    retry_in: int = 0


ServerFrame = Welcome | Snap | Ev | St | Ok | Err | Hb | Bye


def encode(frame: ServerFrame) -> str:
    return msgspec.json.encode(frame).decode()


def batch(frames: list[str]) -> str:
    """Several encoded frames as one; they are not encoded again."""
    return '{"t":"batch","f":[' + ",".join(frames) + "]}"


# --- Decoding ---------------------------------------------------------------------------------
def decode(data: str | bytes) -> ClientFrame:
    """A client's frame. Raises BadFrame: ``too_big``, ``bad_json``, ``unknown_op``, ``invalid``."""
    content = _parse(data)
    kind = content.get("t")
    if not isinstance(kind, str) or kind not in _CLIENT_TAGS:
        raise BadFrame(ErrorCode.UNKNOWN_OP, field="/t")
    try:
        return msgspec.convert(content, ClientFrame)
    except msgspec.ValidationError as error:
        raise BadFrame(
            ErrorCode.INVALID, field=pointer(error), cmd_id=_claimed_id(content)
        ) from None


def payload(content: dict[str, Any], shape: type[P], *, under: str = "/d") -> P:
    """The content of a command in its declared shape. Raises BadFrame ``invalid``."""
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        raise BadFrame(ErrorCode.INVALID, field=under + pointer(error)) from None


def pointer(error: msgspec.ValidationError) -> str:
    """Where the fault is, as a JSON pointer (RFC 6901); empty for the whole."""
    _said, found, path = str(error).rpartition(" - at `$")
    if not found:
        return ""
    return (
        path.rstrip("`").replace("[...]", "/-").replace("[", "/").replace("]", "").replace(".", "/")
    )


def _claimed_id(content: dict[str, Any]) -> str:
    """The id of a broken command, so that its sender knows which one it was."""
    claimed = content.get("id")
    return claimed if isinstance(claimed, str) and len(claimed) <= 26 and claimed.isalnum() else ""


def _parse(data: str | bytes) -> dict[str, Any]:
    """JSON as it is allowed here: an object, no key twice, no NaN, depth ≤ 6, sane text."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        if len(text) > MAX_FRAME_BYTES or len(text.encode()) > MAX_FRAME_BYTES:
            raise BadFrame(ErrorCode.TOO_BIG)
        content = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # UnicodeError and JSONDecodeError are ValueErrors
        raise BadFrame(ErrorCode.BAD_JSON) from None
    if not isinstance(content, dict):
        raise BadFrame(ErrorCode.BAD_JSON)
    return _checked(content, 1, "")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a key stands twice")
    return content


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _checked(value: Any, depth: int, path: str) -> Any:
    """The value with its texts in NFC. Numbers and texts that are not plain are refused."""
    if isinstance(value, str):
        return _plain_text(value, path)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        if abs(value) > MAX_INTEGER or not math.isfinite(value):
            raise BadFrame(ErrorCode.BAD_JSON)
        return value
    if depth > MAX_DEPTH:
        raise BadFrame(ErrorCode.BAD_JSON)
    if isinstance(value, list):
        return [_checked(item, depth + 1, f"{path}/{i}") for i, item in enumerate(value)]
    return {
        _plain_key(key, path): _checked(item, depth + 1, f"{path}/{_step(key)}")
        for key, item in value.items()
    }


def _plain_key(key: str, path: str) -> str:
    """No key of ours has a backtick; in one msgspec's words would name a place that is not."""
    if "`" in key:
        raise BadFrame(ErrorCode.INVALID, field=path)
    return _plain_text(key, path)


def _step(key: str) -> str:
    """A key in a pointer; one that cannot be ours is not repeated."""
    return key if len(key) <= MAX_KEY and key.isascii() and key.isidentifier() else "-"


def _plain_text(text: str, path: str) -> str:
    """NFC without control characters and lone surrogates; a line break and a tab may stand."""
    for character in text:
        if character < " " and character not in "\n\t":
            raise BadFrame(ErrorCode.INVALID, field=path)
        if "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff":
            raise BadFrame(ErrorCode.INVALID, field=path)
    return unicodedata.normalize("NFC", text)
