"""What is kept of a person's training: the present walk and what was tried before. No Django."""

from __future__ import annotations

from dataclasses import dataclass, replace

from courses.dialogues.graph import Graph, Node, version_of
from courses.dialogues.playing import NotPossible, Walk, retry_from, walk


@dataclass(frozen=True)
class Record:
    """``taken`` and ``endings`` gather over all attempts; ``version`` is the graph's when begun."""

    choices: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    attempts: int = 1
    version: str = ""


@dataclass(frozen=True)
class Place:
    """A line on the map of the path: the replies tried there, how many are left untried."""

    node: Node
    tried: tuple[str, ...]
    left: int
    is_here: bool


def answered(graph: Graph, record: Record, reply_key: str) -> Record:
    """The record after one more reply. Raises NotPossible if this line does not offer it."""
    choices = (*record.choices, reply_key)
    now = walk(graph, choices)
    endings = record.endings
    if now.ending is not None:
        endings = _with(endings, now.here.key)
    return replace(
        record,
        choices=choices,
        taken=_with(record.taken, reply_key),
        endings=endings,
        version=version_of(graph),
    )


def taken_back(record: Record, step: int) -> Record:
    """Before the reply number ``step``, to try another there; what was tried is remembered."""
    return replace(record, choices=tuple(retry_from(record.choices, step)))


def begun_again(record: Record) -> Record:
    return replace(record, choices=(), attempts=record.attempts + 1)


def replayed(graph: Graph, record: Record) -> tuple[Record, Walk, bool]:
    """The record, where it stands, and whether an edit of the conversation has undone it.

    An edit that leaves the walk possible leaves it alone; otherwise the walk begins again.
    """
    try:
        return record, walk(graph, record.choices), False
    except NotPossible:
        fresh = begun_again(record)
        return fresh, walk(graph, ()), True


def path_map(graph: Graph, record: Record, here: Node) -> list[Place]:
    """The lines that the person has met, in the order of the graph, with what they tried there."""
    taken = set(record.taken)
    met = {graph.start, here.key}
    for node in graph.nodes:
        met |= {reply.next_key for reply in node.replies if reply.key in taken}
    return [
        Place(
            node,
            tuple(reply.text for reply in node.replies if reply.key in taken),
            sum(reply.key not in taken for reply in node.replies),
            node.key == here.key,
        )
        for node in graph.by_key().values()
        if node.key in met and node.ending is None
    ]


def _with(known: tuple[str, ...], key: str) -> tuple[str, ...]:
    return known if key in known else (*known, key)
