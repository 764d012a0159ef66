"""Walking a conversation: the replies chosen so far decide everything. No Django here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courses.dialogues.graph import METER_TOP, Ending, Graph, Node, Reply


class NotPossible(Exception):
    """A reply that this line does not offer, or a step that the walk does not have."""


@dataclass(frozen=True)
class State:
    """How the client is: both from 0 to 5."""

    trust: int
    tension: int

    def after(self, reply: Reply) -> State:
        return State(
            bounded(self.trust + reply.trust_change), bounded(self.tension + reply.tension_change)
        )


@dataclass(frozen=True)
class Step:
    """One exchange: the client's line, the reply to it, and how the client is after it."""

    node: Node
    reply: Reply
    before: State
    after: State


@dataclass(frozen=True)
class Walk:
    steps: tuple[Step, ...]
    here: Node
    state: State

    @property
    def ending(self) -> Ending | None:
        return self.here.ending

    @property
    def choices(self) -> list[str]:
        return [step.reply.key for step in self.steps]


def bounded(value: int) -> int:
    return max(0, min(METER_TOP, value))


def walk(graph: Graph, choices: Sequence[str]) -> Walk:
    """Replay ``choices``; the same graph and choices always come to the same state.

    Raises NotPossible for a choice that the line it answers does not offer.
    """
    nodes = graph.by_key()
    here = nodes.get(graph.start)
    if here is None:
        raise NotPossible(graph.start)
    state = State(bounded(graph.trust), bounded(graph.tension))
    steps: list[Step] = []
    for choice in choices:
        reply = next((found for found in here.replies if found.key == choice), None)
        if reply is None or here.ending is not None or reply.next_key not in nodes:
            raise NotPossible(choice)
        after = state.after(reply)
        steps.append(Step(here, reply, state, after))
        here, state = nodes[reply.next_key], after
    return Walk(tuple(steps), here, state)


def retry_from(choices: Sequence[str], step: int) -> list[str]:
    """The walk just before its reply number ``step`` (from 0), to answer there otherwise."""
    if not 0 <= step < len(choices):
        raise NotPossible(str(step))
    return list(choices[:step])
