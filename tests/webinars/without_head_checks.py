"""The platform's sockets, where only the bus tells a room in one process of lines in another.

Otherwise every room looks for itself every few seconds, and a test could not tell which it was.
"""

from __future__ import annotations

from typing import Any

from lms.asgi import application as platform
from webinars.live.hub import Tempo
from webinars.live.switchboard import Switchboard, install

_boards: list[Switchboard] = []


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if not _boards:
        _boards.append(Switchboard(tempo=Tempo(head_check=3600)))
        install(_boards[0])
    await platform(scope, receive, send)
