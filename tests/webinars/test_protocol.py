"""Whatever comes in becomes a typed frame or a typed error."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webinars.factories import new_id
from webinars.live import protocol
from webinars.live.protocol import Ack, BadFrame, Cmd, ErrorCode, Hello, Payload, Pong, Send

FRAMES = (Hello, Cmd, Send, Ack, Pong)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
commands = st.fixed_dictionaries(
    {
        "t": st.just("cmd"),
        "id": st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26),
        "op": st.text("abcdefgh.", min_size=1, max_size=40),
    },
    optional={"d": st.dictionaries(st.text("abc"), st.integers(-5, 5)), "exp": st.integers(0, 9)},
)


def said(data: str | bytes):
    """What decoding gives: a frame, or the code of the error."""
    try:
        return protocol.decode(data)
    except BadFrame as bad:
        return bad.code


@given(st.binary(max_size=400))
def test_any_bytes_are_a_frame_or_an_error(data):
    assert isinstance(said(data), (*FRAMES, ErrorCode))


@given(st.text(max_size=400))
def test_any_text_is_a_frame_or_an_error(text):
    assert isinstance(said(text), (*FRAMES, ErrorCode))


@given(json_values)
def test_any_json_is_a_frame_or_an_error(value):
    assert isinstance(said(json.dumps(value)), (*FRAMES, ErrorCode))


@given(commands)
def test_a_valid_command_is_read_as_it_was_written(content):
    frame = protocol.decode(json.dumps(content))
    assert isinstance(frame, Cmd)
    assert frame.id == content["id"]
    assert frame.d == content.get("d", {})


@given(commands, st.sampled_from(["t", "id", "op", "d", "exp", "more"]), json_values)
def test_one_mutation_of_a_command_never_escapes(content, field, value):
    assert isinstance(said(json.dumps(content | {field: value})), (*FRAMES, ErrorCode))


def command(**changes) -> str:
    return json.dumps({"t": "cmd", "id": new_id(), "op": "chat.send", "d": {}} | changes)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", ErrorCode.BAD_JSON),
        ("[]", ErrorCode.BAD_JSON),
        ("null", ErrorCode.BAD_JSON),
        ("{", ErrorCode.BAD_JSON),
        (b"\xff\xfe", ErrorCode.BAD_JSON),
        ('{"t":"pong","ts":NaN}', ErrorCode.BAD_JSON),
        ('{"t":"pong","ts":1e999}', ErrorCode.BAD_JSON),
        ('{"t":"pong","ts":9007199254740993}', ErrorCode.BAD_JSON),
        ('{"t":"pong","t":"pong","ts":1}', ErrorCode.BAD_JSON),
        ("[" * 5000, ErrorCode.BAD_JSON),
        ('{"a":' * 7 + "1" + "}" * 7, ErrorCode.BAD_JSON),
        ("{}", ErrorCode.UNKNOWN_OP),
        ('{"t":"shout"}', ErrorCode.UNKNOWN_OP),
        ('{"t":["cmd"]}', ErrorCode.UNKNOWN_OP),
        ('{"t":"pong"}', ErrorCode.INVALID),
        ('{"t":"pong","ts":"1"}', ErrorCode.INVALID),
        ('{"t":"pong","ts":true}', ErrorCode.INVALID),
        ('{"t":"ack","p":{"room":-1}}', ErrorCode.INVALID),
        (command(more=1), ErrorCode.INVALID),
        (command(id="01kb4000000000000000000000"), ErrorCode.INVALID),
        (command(id=new_id() + "\n"), ErrorCode.INVALID),
        (command(op="x" * 41), ErrorCode.INVALID),
        (command(d={"text": "\x00"}), ErrorCode.INVALID),
        (command(d={"text": "\x9b"}), ErrorCode.INVALID),
        (command(d={"text": "\ud800"}), ErrorCode.INVALID),
        (command(d={"text": "я" * 9000}), ErrorCode.TOO_BIG),
        ("x" * 16_385, ErrorCode.TOO_BIG),
    ],
)
def test_every_row_of_bad_input_has_its_code(data, code):
    assert said(data) is code


def test_text_is_normalised_and_line_breaks_stay():
    frame = protocol.decode(command(d={"text": "и\u0306\nда"}))
    assert frame.d == {"text": "й\nда"}


def test_an_error_points_at_the_field_and_never_repeats_the_value():
    class Say(Payload):
        text: str

    with pytest.raises(BadFrame) as caught:
        protocol.payload({"text": 15}, Say)
    assert caught.value.field == "/d/text"
    with pytest.raises(BadFrame) as caught:
        protocol.decode(command(op=7))
    assert caught.value.field == "/op"
    assert len(caught.value.cmd_id) == 26


def test_empty_fields_are_left_out_on_the_wire():
    assert protocol.encode(protocol.Ok(id="1")) == '{"t":"ok","id":"1"}'
    event = protocol.Ev(s="room", q=1, y="chat.sent", ts=2, d={"text": "да"})
    assert json.loads(protocol.encode(event)) == {
        "t": "ev", "s": "room", "q": 1, "y": "chat.sent", "ts": 2, "d": {"text": "да"},
    }  # fmt: skip


def test_a_batch_is_made_of_frames_that_are_encoded_already():
    frames = [protocol.encode(protocol.Ok(id=str(number))) for number in range(3)]
    assert msgspec.json.decode(protocol.batch(frames)) == {
        "t": "batch",
        "f": [{"t": "ok", "id": "0"}, {"t": "ok", "id": "1"}, {"t": "ok", "id": "2"}],
    }
