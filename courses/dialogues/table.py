"""All lines and replies of a dialogue as rows, for its editor."""

from __future__ import annotations

from dataclasses import dataclass, field

from courses.dialogues.graph import Kind, Reply, problems
from courses.dialogues.wording import problem_sentence
from courses.models import Dialogue


@dataclass
class TableRow:
    """One reply, or a line or ending that has none. ``number`` counts the lines from 1."""

    number: int
    block_id: str
    line: str
    is_start: bool
    is_ending: bool
    text: str
    reply: Reply | None = None
    target_number: int | None = None
    problems: list[str] = field(default_factory=list)
    is_first: bool = False


def table_of(dialogue: Dialogue) -> list[TableRow]:
    """The rows in the order of the editor; a problem stands at what it is about."""
    graph = dialogue.graph()
    numbers: dict[str, int] = {}
    for number, node in enumerate(graph.nodes, start=1):
        numbers.setdefault(node.key, number)
    rows: list[TableRow] = []
    for number, (node, block) in enumerate(zip(graph.nodes, dialogue.lines, strict=True), start=1):
        for place, reply in enumerate(node.replies or (None,)):
            rows.append(
                TableRow(
                    number=number,
                    block_id=block.id or "",
                    line=node.key,
                    is_start=node.key == graph.start and node.ending is None,
                    is_ending=node.ending is not None,
                    text=node.ending.title if node.ending else node.client_says,
                    reply=reply,
                    target_number=numbers.get(reply.next_key) if reply else None,
                    is_first=place == 0,
                )
            )
    for problem in problems(graph):
        if problem.kind is Kind.MISSING_START:
            continue
        row = next(
            row
            for row in rows
            if row.line == problem.node
            and (row.reply.key == problem.reply if row.reply and problem.reply else row.is_first)
        )
        row.problems.append(problem_sentence(graph, problem))
    return rows
