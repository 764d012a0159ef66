"""Run in a process of its own: append events to a room's log, always a few ahead of the crowd.

``python -m tests.bench.live.publisher ROOM PROGRESS AHEAD SECONDS`` keeps ``AHEAD`` events on the
way, so that the server never waits for work and never drowns in it. With ``SECONDS`` 0 it appends
``AHEAD`` events at once. Prints the number of the last event.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

FRAME_BYTES = 300
AT_ONCE = 20


def main() -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from tests.bench.live.crowd import Progress
    from webinars.live import log
    from webinars.models import Room, RoomEvent, Stream

    room_uuid, progress_file, ahead, seconds = sys.argv[1:5]
    progress = Progress(Path(progress_file))
    room = Room.objects.get(uuid=room_uuid)
    stream = log.stream_of(room, Stream.Kind.ROOM)
    bare = RoomEvent(
        stream=stream, seq=1000, type="bench", data={"text": f"~{time.monotonic_ns()}~"}
    )
    padding = "x" * (FRAME_BYTES - len(log.frame_of(bare, stream.kind)))

    def append(count: int) -> int:
        with transaction.atomic():
            for _number in range(count):
                text = f"~{time.monotonic_ns()}~{padding}"
                last = log.append(stream=stream, type="bench", data={"text": text}, actor=None)
        return last.seq

    if float(seconds) == 0:
        last = append(int(ahead))
        time.sleep(1)  # the thread that publishes is a daemon: let it say what it has to
        print(last)
        return
    last, end = stream.head_seq, time.monotonic() + float(seconds)
    while time.monotonic() < end:
        if last - progress.lowest >= int(ahead):
            time.sleep(0.001)
            continue
        last = append(min(AT_ONCE, int(ahead)))
    time.sleep(0.5)
    print(last)
    connection.close()


if __name__ == "__main__":
    main()
