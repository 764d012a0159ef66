"""A frame encoded once for all the sockets that it goes to. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable


class Encoded:
    """A frame encoded once: its text, and its WebSocket framing (RFC 6455, 5.2) when asked for."""

    __slots__ = ("_framed", "size", "text")

    def __init__(self, text: str):
        self.text = text
        self._framed: bytes | None = None
        self.size = len(text.encode()) if not text.isascii() else len(text)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text,)

    @property
    def framed(self) -> bytes:
        if self._framed is None:
            body = self.text.encode()
            length = len(body)
            if length < 126:
                head = struct.pack("!BB", 0x81, length)
            elif length < 65_536:
                head = struct.pack("!BBH", 0x81, 126, length)
            else:
                head = struct.pack("!BBQ", 0x81, 127, length)
            self._framed = head + body
        return self._framed


class Run:
    """Several frames, one behind the other: for a server's transport they are one write."""

    __slots__ = ("framed", "texts")

    def __init__(self, frames: Iterable[Encoded]):
        frames = list(frames)
        self.texts = tuple(frame.text for frame in frames)
        self.framed = b"".join(frame.framed for frame in frames)
