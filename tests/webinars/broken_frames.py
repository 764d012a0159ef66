"""Frames that are broken in one way each, with the answer that the table of bad input gives.

Also payloads drawn from a command's declared shape. Used by the protocol's fuzzer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.webinars.ids import new_id

CANARY = "Kanarienvogel"
"""Stands in what is broken; an answer never repeats it."""
DEEPEST = 6

plain_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40
) | st.sampled_from(["<b>жирно</b>", "\u202eназад", "а\u200bб", "e\u0301", "😀", "a\n\tb", "ſK"])


@dataclass(frozen=True)
class Broken:
    """``code`` of the answer; ``strikes``: whether only a broken or hostile client does this."""

    data: str
    code: str
    strikes: bool = False

    def __repr__(self) -> str:
        return f"{self.code}: {self.data[:60]}… ({len(self.data)})"


def frame(op: str, data: Any, **fields: Any) -> dict[str, Any]:
    return {"t": "cmd", "id": new_id(), "op": op, "d": data} | fields


def say(**fields: Any) -> dict[str, Any]:
    return frame("chat.send", {"text": "Здравствуйте"} | fields)


def without(content: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != key}


def nested(depth: int) -> Any:
    value: Any = 1
    for _level in range(depth):
        value = [value]
    return value


def not_json() -> list[str]:
    """No object, or one that JSON as it is allowed here does not know."""
    whole = json.dumps(say())
    return [
        "", "nonsense", "{", "[1]", "12", "null", '"cmd"', "\ufeff" + whole, whole + "}",
        whole[:-1],
        whole[:-1] + ',"t":"cmd"}',
        whole.replace('"text"', '"text":"a","text"'),
        whole.replace('"text"', '"x":NaN,"text"'),
        whole.replace('"text"', '"x":-Infinity,"text"'),
        whole.replace('"text"', '"x":1e999,"text"'),
        whole.replace('"text"', '"x":' + "9" * 5000 + ',"text"'),
        json.dumps(say(x=2**53 + 1)),
        json.dumps(say(x=nested(DEEPEST - 1))),
        "[" * 7000 + "]" * 7000,
        '{"a":' * 2500 + "1" + "}" * 2500,
    ]  # fmt: skip


def too_big() -> list[str]:
    return [json.dumps(say()).ljust(16 * 1024 + 1), json.dumps(say(text="щ" * 2800))[:-1] + " }"]


def unknown() -> list[dict[str, Any]]:
    return [
        without(say(), "t"), say() | {"t": 5}, say() | {"t": None}, say() | {"t": CANARY},
        say() | {"t": "welcome"}, say() | {"op": CANARY}, say() | {"op": "chat.send "},
        {"t": "send", "op": CANARY, "d": {}}, {"t": "send", "op": "chat.send", "d": {}},
    ]  # fmt: skip


def invalid() -> list[dict[str, Any]]:
    return [
        without(say(), "id"), say() | {"id": 5}, say() | {"id": CANARY}, say() | {"id": "a" * 26},
        say() | {"id": new_id() + "\n"}, say() | {"id": new_id() * 2}, say() | {"id": None},
        without(say(), "op"), say() | {"op": 5}, say() | {"op": ""}, say() | {"op": "x" * 41},
        say() | {"d": [CANARY]}, say() | {"d": None}, say() | {"d": CANARY}, without(say(), "d"),
        say() | {"exp": CANARY}, say() | {"exp": 1.5}, say() | {"exp": True},
        say() | {CANARY: 1}, say() | {CANARY * 700: 1}, say() | {f"a - at `$.{CANARY}`": 1},
        frame("chat.send", {}), say(text=5), say(text=None), say(text=[CANARY]), say(text=""),
        say(text=" \n "), say(text="a" * 2001), say(text="щ" * 2001), say(**{CANARY: 1}),
        say(**{CANARY * 700: "\x00"}), say(text="a\x00b"), say(text="\x1b[2J"), say(text="\x85"),
        say(text="\ud83d"), say(**{"\ud83d": 1}), say(reply=5), say(reply="x" * 37),
        frame("poll.vote", {"poll": 5, "choices": [0]}),
        frame("poll.vote", {"poll": CANARY, "choices": [CANARY]}),
        frame("poll.vote", {"poll": CANARY, "choices": {"0": CANARY}}),
        frame("poll.vote", {"poll": CANARY, "choices": [0] * 11}),
        {"t": "ack"}, {"t": "ack", "p": {"room": -1}}, {"t": "ack", "p": {"room": CANARY}},
        {"t": "ack", "p": [1]}, {"t": "pong"}, {"t": "pong", "ts": CANARY},
        {"t": "send", "d": {}}, {"t": "send", "op": "typing", "d": {CANARY: 1}},
        {"t": "hello"}, {"t": "hello", "v": CANARY}, {"t": "hello", "v": 1, "resume": [CANARY]},
        {"t": "hello", "v": 1, "caps": CANARY}, {"t": "hello", "v": 1, CANARY: 1},
        {"t": "hello", "v": 1, "resume": {"room": {"e": 5, "q": 1}}},
        {"t": "hello", "v": 1, "resume": {CANARY: {"e": "", "q": 1, CANARY: 1}}},
    ]  # fmt: skip


@st.composite
def broken_frames(draw: st.DrawFn) -> Broken:
    """One of them; ids are fresh in each."""
    kind = draw(st.sampled_from(["not_json", "too_big", "unknown", "invalid", "invalid"]))
    match kind:
        case "not_json":
            return Broken(draw(st.sampled_from(not_json())), "bad_json", strikes=True)
        case "too_big":
            return Broken(draw(st.sampled_from(too_big())), "too_big", strikes=True)
        case "unknown":
            return Broken(written(draw(st.sampled_from(unknown()))), "unknown_op", strikes=True)
    return Broken(written(draw(st.sampled_from(invalid()))), "invalid")


def written(content: Any) -> str:
    return json.dumps(content)


# --- Payloads in the shape that a command declares --------------------------------------------
def payloads(shape: type, ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What fits into ``shape``; texts are often ``ids``, which may name something."""
    return _fields(msgspec.inspect.type_info(shape), ids)


def _fields(info: msgspec.inspect.StructType, ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    required = {f.encode_name: _values(f.type, ids) for f in info.fields if f.required}
    optional = {f.encode_name: _values(f.type, ids) for f in info.fields if not f.required}
    return st.fixed_dictionaries(required, optional=optional)


def _values(info: msgspec.inspect.Type, ids: list[str]) -> st.SearchStrategy[Any]:
    match info:
        case msgspec.inspect.StrType(pattern=str(pattern)):
            return st.from_regex(pattern.replace(r"\Z", "$"), fullmatch=True).map(str.strip)
        case msgspec.inspect.StrType(min_length=least, max_length=most):
            texts = plain_text.map(lambda text: text[: most or 40])
            texts = texts.filter(lambda text: len(text) >= (least or 0))
            known = [known for known in ids if len(known) <= (most or 40)]
            return st.sampled_from(known) | texts if known else texts
        case msgspec.inspect.IntType(ge=least, le=most):
            lowest, highest = (least if least is not None else -(2**53)), most or 2**53
            return st.integers(lowest, highest) | st.integers(lowest, min(highest, lowest + 4))
        case msgspec.inspect.FloatType(ge=least, le=most):
            return st.floats(least or 0, most or 2**40, allow_nan=False)
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.NoneType():
            return st.none()
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case msgspec.inspect.ListType(item_type=item, min_length=least, max_length=most):
            return st.lists(_values(item, ids), min_size=least or 0, max_size=min(most or 4, 4))
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_values(key, ids), _values(value, ids), max_size=3)
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([_values(one, ids) for one in types])
        case msgspec.inspect.StructType():
            return _fields(info, ids)
    raise NotImplementedError(info)
