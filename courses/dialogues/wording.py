"""The conversation's figures and faults in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from courses.dialogues.graph import Graph, Kind, Problem


def problem_sentence(graph: Graph, problem: Problem) -> str:
    """What is wrong and in which line, as a sentence for the editor."""
    line = problem.node or _("(no name)")
    reply = shortened(
        next(
            (
                reply.text
                for node in graph.nodes
                for reply in node.replies
                if reply.key == problem.reply
            ),
            "",
        )
    )
    match problem.kind:
        case Kind.MISSING_START:
            return _("There is no first line yet: add a line of the client.")
        case Kind.DUPLICATE_KEY if problem.reply:
            return _("Line “%(line)s”: the reply “%(reply)s” stands there twice.") % {
                "line": line,
                "reply": reply,
            }
        case Kind.DUPLICATE_KEY:
            return _("The name “%(line)s” is used more than once: each needs its own.") % {
                "line": line
            }
        case Kind.UNKNOWN_TARGET:
            return _(
                "Line “%(line)s”: the reply “%(reply)s” leads to “%(target)s”, "
                "which does not exist."
            ) % {"line": line, "reply": reply, "target": problem.detail}
        case Kind.DEAD_END:
            return _("Line “%(line)s” has no replies, so the conversation stops there.") % {
                "line": line
            }
        case Kind.ENDING_WITH_REPLIES:
            return _("“%(line)s” is an ending and has replies.") % {"line": line}
        case Kind.UNREACHABLE:
            return _("No reply leads to “%(line)s”, so nobody will see it.") % {"line": line}
        case Kind.NO_WAY_OUT:
            return _("From line “%(line)s” no way leads to an ending.") % {"line": line}
        case _:
            return _("The conversation can go round in a circle: %(loop)s. This is allowed.") % {
                "loop": problem.detail
            }


def shortened(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def trust_in_words(trust: int) -> str:
    return [
        _("does not believe a word"),
        _("is wary"),
        _("listens, but is on guard"),
        _("begins to trust"),
        _("trusts you"),
        _("trusts you fully"),
    ][trust]


def tension_in_words(tension: int) -> str:
    return [
        _("is calm"),
        _("is almost calm"),
        _("is a little on edge"),
        _("is on edge"),
        _("can hardly hold back"),
        _("is at the limit"),
    ][tension]
