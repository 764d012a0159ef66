"""The graph of a trained conversation, and what can be wrong with it. No Django here."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

METER_TOP = 5


class Tone(StrEnum):
    """How a conversation came out."""

    GOOD = "good"
    MIXED = "mixed"
    HARD = "hard"


@dataclass(frozen=True)
class Ending:
    title: str
    text: str
    tone: Tone
    to_try: str = ""


@dataclass(frozen=True)
class Reply:
    """What the specialist may say; ``key`` is unique in the whole conversation."""

    key: str
    text: str
    next_key: str
    trust_change: int = 0
    tension_change: int = 0
    feedback: str = ""


@dataclass(frozen=True)
class Node:
    """A line of the client with the replies to it, or an ending."""

    key: str
    client_says: str
    replies: tuple[Reply, ...] = ()
    ending: Ending | None = None


@dataclass(frozen=True)
class Graph:
    start: str
    nodes: tuple[Node, ...]
    trust: int = 2
    tension: int = 3

    def by_key(self) -> Mapping[str, Node]:
        """Nodes by key; of several with one key the first counts."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            found.setdefault(node.key, node)
        return found


def version_of(graph: Graph) -> str:
    """A mark of the content: another mark says that the conversation has been edited."""
    return hashlib.sha256(repr(graph).encode()).hexdigest()[:16]


class Kind(StrEnum):
    MISSING_START = "missing_start"
    DUPLICATE_KEY = "duplicate_key"
    UNKNOWN_TARGET = "unknown_target"
    DEAD_END = "dead_end"
    ENDING_WITH_REPLIES = "ending_with_replies"
    UNREACHABLE = "unreachable"
    NO_WAY_OUT = "no_way_out"
    LOOP = "loop"


WARNINGS = frozenset({Kind.LOOP})


@dataclass(frozen=True)
class Problem:
    """``node`` is the key of the line it is about; ``detail`` the target or the loop."""

    kind: Kind
    node: str
    reply: str = ""
    detail: str = ""

    @property
    def is_warning(self) -> bool:
        return self.kind in WARNINGS


def problems(graph: Graph) -> list[Problem]:
    """Everything that is wrong, in the order of the lines; warnings last."""
    nodes = graph.by_key()
    found: list[Problem] = []
    if graph.start not in nodes:
        found.append(Problem(Kind.MISSING_START, graph.start))
    found += _duplicates(graph)
    reachable = reachable_keys(graph)
    with_way_out = keys_with_way_out(graph)
    for node in nodes.values():
        found += [
            Problem(Kind.UNKNOWN_TARGET, node.key, reply=reply.key, detail=reply.next_key)
            for reply in node.replies
            if reply.next_key not in nodes
        ]
        if node.ending is not None and node.replies:
            found.append(Problem(Kind.ENDING_WITH_REPLIES, node.key))
        if node.ending is None and not node.replies:
            found.append(Problem(Kind.DEAD_END, node.key))
        elif node.key not in with_way_out:
            found.append(Problem(Kind.NO_WAY_OUT, node.key))
        if graph.start in nodes and node.key not in reachable:
            found.append(Problem(Kind.UNREACHABLE, node.key))
    found += [Problem(Kind.LOOP, loop[0], detail=" → ".join(loop)) for loop in _loops(graph)]
    return found


def errors(graph: Graph) -> list[Problem]:
    """The problems with which a conversation cannot be played."""
    return [problem for problem in problems(graph) if not problem.is_warning]


def reachable_keys(graph: Graph) -> set[str]:
    """Keys of the nodes that some walk from the start comes to."""
    nodes = graph.by_key()
    ahead = {key: [reply.next_key for reply in node.replies] for key, node in nodes.items()}
    return _flood([graph.start] if graph.start in nodes else [], ahead)


def keys_with_way_out(graph: Graph) -> set[str]:
    """Keys of the nodes from which some walk comes to an ending."""
    nodes = graph.by_key()
    back: dict[str, list[str]] = {key: [] for key in nodes}
    for key, node in nodes.items():
        for reply in node.replies:
            if reply.next_key in back:
                back[reply.next_key].append(key)
    return _flood([key for key, node in nodes.items() if node.ending is not None], back)


def _flood(sources: Iterable[str], ahead: Mapping[str, list[str]]) -> set[str]:
    queue = deque(sources)
    seen = set(queue)
    while queue:
        for key in ahead[queue.popleft()]:
            if key in ahead and key not in seen:
                seen.add(key)
                queue.append(key)
    return seen


def _duplicates(graph: Graph) -> list[Problem]:
    """A key used twice: by two lines, or by two replies anywhere."""
    found: list[Problem] = []
    seen_nodes: set[str] = set()
    seen_replies: set[str] = set()
    for node in graph.nodes:
        if node.key in seen_nodes:
            found.append(Problem(Kind.DUPLICATE_KEY, node.key))
        seen_nodes.add(node.key)
        for reply in node.replies:
            if reply.key in seen_replies:
                found.append(Problem(Kind.DUPLICATE_KEY, node.key, reply=reply.key))
            seen_replies.add(reply.key)
    return found


def _loops(graph: Graph) -> list[tuple[str, ...]]:
    """One loop for every reply that leads back to a line still on its way, start to start.

    Iterative: a conversation may be long, and recursion is not for what an editor types.
    """
    nodes = graph.by_key()
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for first in nodes:
        if first in done:
            continue
        path = [first]
        steps = [iter(nodes[first].replies)]
        while path:
            reply = next(steps[-1], None)
            if reply is None:
                done.add(path.pop())
                steps.pop()
            elif reply.next_key in path:
                loop = (*path[path.index(reply.next_key) :], reply.next_key)
                if loop not in found:
                    found.append(loop)
            elif reply.next_key in nodes and reply.next_key not in done:
                path.append(reply.next_key)
                steps.append(iter(nodes[reply.next_key].replies))
    return found
