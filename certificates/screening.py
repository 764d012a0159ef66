"""Before a stranger's file is read: nothing that would take our memory or our time.

A few kilobytes can unfold into gigabytes, and a small graph of nameless nodes can keep the
canonical form busy for hours. No certificate of ours looks like that.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

MOST_UNFOLDED = 20_000_000
"""Bytes of all streams of a file together, once they are inflated."""
MOST_STREAMS = 1000
"""Of a file; a certificate of ours has some dozens."""
MOST_LAYERS = 3
MOST_NAMELESS = 6
"""Nodes without an address; a credential of ours has three."""
_ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
_GREEDY = (b"/LZWDecode", b"/RunLengthDecode", b"/JBIG2Decode")


def is_tame_pdf(data: bytes) -> bool:
    """Whether the streams of a PDF unfold to a reasonable size, however named their filters."""
    plain = _ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), data)
    if any(name in plain for name in _GREEDY):
        return False
    room = MOST_UNFOLDED
    streams = re.finditer(rb"(?<!end)stream\r?\n", data)
    for count, found in enumerate(streams, 1):
        room -= _unfolded(memoryview(data)[found.end() :], room, MOST_LAYERS)
        if room <= 0 or count > MOST_STREAMS:
            return False
    return True


def _unfolded(data: bytes | memoryview, most: int, layers: int) -> int:
    """Bytes that come out, counting layers that are deflated again; at most a little over most."""
    try:
        inside = zlib.decompressobj().decompress(data, most)
    except zlib.error:
        return 0
    if layers == 0 or len(inside) >= most:
        return len(inside)
    return len(inside) + _unfolded(inside, most - len(inside), layers - 1)


def is_tame_credential(credential: dict[str, Any]) -> bool:
    """Whether its canonical form is cheap: few nodes without an address, and no labels for them."""
    nameless = 0
    waiting: list[Any] = [credential]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            nameless += "id" not in node and "@id" not in node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif isinstance(node, str) and node.startswith("_:"):
            return False
        if nameless > MOST_NAMELESS:
            return False
    return True
