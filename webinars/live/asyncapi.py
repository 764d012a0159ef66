"""The description of the live protocol as AsyncAPI 3.0, made from the code that speaks it.

Frames come from the msgspec structs of ``protocol``, commands and signals from the registered
features, rights from the table of permissions.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from webinars.live import protocol
from webinars.live.events import EVENTS
from webinars.live.features.registry import Command, SignalOp, features_of
from webinars.live.permissions import PERMISSIONS
from webinars.live.protocol import RECONNECTS, CloseCode, ErrorCode
from webinars.models.room import Room

REF = "#/components/schemas/{name}"
CLIENT_FRAMES = [protocol.Hello, protocol.Cmd, protocol.Send, protocol.Ack, protocol.Pong]
SERVER_FRAMES = [
    protocol.Welcome, protocol.Snap, protocol.Ev, protocol.St, protocol.Ok, protocol.Err,
    protocol.Hb, protocol.Bye,
]  # fmt: skip
EXAMPLES: dict[str, dict[str, Any]] = {
    "Hello": {
        "t": "hello", "v": 1, "resume": {"room": {"e": "7c1f", "q": 1841}}, "caps": ["batch"],
    },
    "Cmd": {
        "t": "cmd", "id": "01KB3ZQ5V7R8W9X0Y1Z2A3B4C5", "op": "chat.send", "d": {"text": "Да"},
    },
    "Send": {"t": "send", "op": "typing", "d": {}},
    "Ack": {"t": "ack", "p": {"room": 1846}},
    "Pong": {"t": "pong", "ts": 1795431620000},
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """A command or a signal as readers of the description see it."""

    op: str
    kind: str
    says: str
    roles: list[str]
    rate: str
    payload: type[protocol.Payload]

    @property
    def schema(self) -> str:
        return "".join(part.title() for part in self.op.replace("_", ".").split(".")) + "Data"


def operations(kinds: Iterable[str] = tuple(Room.Kind)) -> list[Operation]:
    """Everything that a client may ask for in rooms of these kinds, by name."""
    found: dict[str, Operation] = {}
    for kind in kinds:
        for feature in features_of(kind):
            for command in feature.commands.values():
                found.setdefault(command.op, _operation(command, "cmd"))
            for signal in feature.signals.values():
                found.setdefault(signal.op, _operation(signal, "send"))
    return sorted(found.values(), key=lambda one: one.op)


def _operation(asked: Command | SignalOp, kind: str) -> Operation:
    says = (inspect.getdoc(asked.function) or "").split("\n\n")[0].replace("\n", " ")
    rate = f"{asked.rate.per_second:.2g}/s, {asked.rate.burst} at once" if asked.rate else ""
    roles = sorted(PERMISSIONS.get(asked.permission, ()))
    return Operation(asked.op, kind, says, roles, rate, asked.payload)


def document(*, server: str) -> dict[str, Any]:
    """The whole description; ``server`` is the host that sockets are opened on."""
    offered = operations()
    frames = [*CLIENT_FRAMES, *SERVER_FRAMES]
    _refs, schemas = msgspec.json.schema_components(frames, ref_template=REF)
    for one in offered:
        schemas[one.schema] = _payload_schema(one.payload, schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Berezhno: live rooms",
            "version": str(protocol.VERSION),
            "description": (
                "UTF-8 JSON text over one WebSocket for each page, subprotocol "
                f"{protocol.SUBPROTOCOL}. Version 1 is additive: clients ignore what they do not "
                "know, the server refuses it. A command whose `ok` was seen is committed; without "
                "an answer send it again with the same id."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {"live": {"host": server, "protocol": "wss"}},
        "channels": {
            "room": {
                "address": "/ws/live/{room}/",
                "parameters": {"room": {"description": "UUID of the room"}},
                "bindings": {"ws": {"method": "GET"}},
                "messages": {
                    frame.__name__: {"$ref": f"#/components/messages/{frame.__name__}"}
                    for frame in frames
                },
            }
        },
        "operations": {
            "say": _channel_operation("receive", CLIENT_FRAMES),
            "hear": _channel_operation("send", SERVER_FRAMES),
        },
        "components": {
            "messages": {frame.__name__: _message(frame) for frame in frames},
            "schemas": schemas,
        },
        "x-commands": [_described(one) for one in offered if one.kind == "cmd"],
        "x-signals": [_described(one) for one in offered if one.kind == "send"],
        "x-events": {name: note._asdict() for name, note in EVENTS.items()},
        "x-errors": {code.value: code in protocol.STRIKES for code in ErrorCode},
        "x-close-codes": {
            str(code.value): {"reason": code.name.lower(), "reconnect": code in RECONNECTS}
            for code in CloseCode
        },
        "x-limits": {
            "frame_bytes": protocol.MAX_FRAME_BYTES,
            "depth": protocol.MAX_DEPTH,
            "replayed_events": protocol.MAX_REPLAY,
        },
    }


def _channel_operation(action: str, frames: Iterable[type]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/room"},
        "messages": [{"$ref": f"#/channels/room/messages/{one.__name__}"} for one in frames],
    }


def _message(frame: type) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": frame.__name__.lower(),
        "payload": {"$ref": REF.format(name=frame.__name__)},
    }
    if frame.__name__ in EXAMPLES:
        message["examples"] = [{"payload": EXAMPLES[frame.__name__]}]
    return message


def _payload_schema(payload: type[protocol.Payload], schemas: dict[str, Any]) -> dict[str, Any]:
    """What a command's ``d`` holds; structs inside it become schemas of their own."""
    (_ref,), found = msgspec.json.schema_components([payload], ref_template=REF)
    own = found.pop(payload.__name__)
    schemas.update(found)
    return own


def _described(one: Operation) -> dict[str, Any]:
    return {
        "op": one.op,
        "description": one.says,
        "roles": one.roles,
        "rate": one.rate,
        "d": {"$ref": REF.format(name=one.schema)},
    }
