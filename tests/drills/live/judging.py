"""The verdict: everybody's record against the log in the database."""

from __future__ import annotations

from collections import defaultdict
from itertools import zip_longest

import psycopg

from tests.drills.live.talker import Heard, Talker, written

Log = dict[tuple[str, int | None], list[Heard]]
"""By kind and owner of the stream: its events in order."""


def read_log(database_url: str, room: str) -> Log:
    log: Log = defaultdict(list)
    with psycopg.connect(database_url) as database:
        rows = database.execute(
            "SELECT s.kind, s.owner_id, e.seq, e.type, e.cmd_id, e.data"
            " FROM webinars_roomevent e JOIN webinars_stream s ON s.id = e.stream_id"
            " JOIN webinars_room r ON r.id = s.room_id WHERE r.uuid = %s ORDER BY s.id, e.seq",
            [room],
        )
        for kind, owner, seq, type, cmd_id, data in rows:
            log[kind, owner].append(Heard(seq, type, cmd_id, written(data)))
    return log


def room_head(database_url: str, room: str) -> int:
    with psycopg.connect(database_url) as database:
        found = database.execute(
            "SELECT head_seq FROM webinars_stream s JOIN webinars_room r ON r.id = s.room_id"
            " WHERE r.uuid = %s AND s.kind = 'room'",
            [room],
        ).fetchone()
    return found[0]


def violations(log: Log, talkers: list[Talker]) -> list[str]:
    """Everything that is not as promised; empty when all is well."""
    found = _gaps(log)
    committed: dict[str, list[tuple[str, Heard]]] = defaultdict(list)
    for (kind, _owner), events in log.items():
        for event in events:
            committed[event.cmd_id].append((kind, event))
    for talker in talkers:
        name = f"client {talker.number}"
        found += [f"{name}: {complaint}" for complaint in talker.complaints]
        for cmd_id, positions in talker.confirmed.items():
            written = committed[cmd_id]
            types = [event.type for _kind, event in written]
            is_once = types and len(types) == len(set(types))
            if not is_once or {kind: event.seq for kind, event in written} != positions:
                found.append(f"{name}: {cmd_id} was confirmed as {positions}, is {written}")
        found += [f"{name}: never answered: {cmd_id}" for cmd_id in talker.pending]
        for kind, record in talker.records.items():
            events = log.get((kind, talker.user_id if kind == "me" else None), [])
            missed = [event for event in events if event.seq > talker.began[kind]]
            found += _difference(f"{name}, {kind}", record, missed)
    return found


def _gaps(log: Log) -> list[str]:
    return [
        f"the log of {stream} has gaps"
        for stream, events in log.items()
        if [event.seq for event in events] != list(range(1, len(events) + 1))
    ]


def _difference(name: str, record: list[Heard], events: list[Heard]) -> list[str]:
    """The first place where a record and the log part."""
    for heard, event in zip_longest(record, events):
        if heard != event:
            return [f"{name}: heard {heard}, the log has {event}"]
    return []
