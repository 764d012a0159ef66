"""Run in a process of its own: ``group_send`` to the stock room, a little ahead of the crowd.

``python -m tests.bench.live.stock_publisher ROOM PROGRESS AHEAD SECONDS``, as ``publisher``. The
frame is encoded once here, which the tutorial does in every consumer.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

FRAME_BYTES = 300


def frame(number: int) -> str:
    text = f"~{time.monotonic_ns()}~"
    shell = f'{{"t":"ev","s":"room","q":{number},"y":"bench","d":{{"text":"{text}'
    return shell + "x" * (FRAME_BYTES - len(shell) - 3) + '"}}'


async def publish(progress_file: Path, ahead: int, seconds: float) -> None:
    from channels.layers import get_channel_layer

    from tests.bench.live.crowd import Progress

    progress = Progress(progress_file)
    layer = get_channel_layer()
    number, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        if number - progress.lowest >= ahead:
            await asyncio.sleep(0.002)
            continue
        number += 1
        await layer.group_send("bench", {"type": "event", "text": frame(number)})


if __name__ == "__main__":
    import django

    django.setup()
    asyncio.run(publish(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
