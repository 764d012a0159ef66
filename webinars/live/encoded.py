"""A frame encoded once for all the sockets that it goes to. Pure."""

from __future__ import annotations

import struct


class Encoded:
    """A frame encoded once: its text, and its WebSocket framing (RFC 6455, 5.2) when asked for."""

    __slots__ = ("_framed", "size", "text")

    def __init__(self, text: str):
        self.text = text
        self._framed: bytes | None = None
        self.size = len(text.encode()) if not text.isascii() else len(text)

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
