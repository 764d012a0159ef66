"""From the blocks of the CMS to the graph; a half-written draft makes a graph with problems."""

from __future__ import annotations

from typing import Any

from courses.dialogues.graph import Ending, Graph, Node, Reply, Tone


def graph_from(lines: Any, *, trust: int, tension: int) -> Graph:
    """``lines`` is the stream of a Dialogue. The conversation starts at its first line."""
    nodes = tuple(
        _line(place, block.value) if block.block_type == "line" else _ending(block.value)
        for place, block in enumerate(lines, start=1)
    )
    start = next((block.value["key"] or "" for block in lines if block.block_type == "line"), "")
    return Graph(start=start, nodes=nodes, trust=trust, tension=tension)


def _line(place: int, value: Any) -> Node:
    key = value["key"] or ""
    replies = tuple(
        Reply(
            # The block's own id outlives edits of the text, so that walks still replay. Only a
            # block that was never saved has none.
            key=item.id or f"{place}.{number}",
            text=item.value["text"] or "",
            next_key=item.value["next"] or "",
            trust_change=item.value["trust"] or 0,
            tension_change=item.value["tension"] or 0,
            feedback=item.value["feedback"] or "",
        )
        for number, item in enumerate(value["replies"].bound_blocks, start=1)
    )
    return Node(key=key, client_says=value["text"] or "", replies=replies)


def _ending(value: Any) -> Node:
    ending = Ending(
        title=value["title"] or "",
        text=value["result"] or "",
        tone=Tone(value["tone"] or Tone.MIXED),
        to_try=value["to_try"] or "",
    )
    return Node(key=value["key"] or "", client_says=value["text"] or "", ending=ending)
