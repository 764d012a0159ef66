"""The page of a dialogue: the brief, the conversation so far, the client's state, what to say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from courses.dialogues.graph import METER_TOP, Tone
from courses.dialogues.record import Record, path_map, replayed
from courses.dialogues.runs import found_record
from courses.dialogues.wording import tension_in_words, trust_in_words
from courses.models import Dialogue, Enrollment
from courses.programme import place_in


def dialogue_page(
    request: HttpRequest,
    dialogue: Dialogue,
    enrollment: Enrollment | None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The dialogue where this person has got to. Looking changes nothing.

    ``error`` is shown at the replies: the reply that was sent could not be said.
    """
    graph = dialogue.graph()
    is_preview = getattr(request, "is_preview", False)
    kept = Record() if is_preview else found_record(request, dialogue, enrollment)
    programme = request.activity_door.programme  # type: ignore[attr-defined]
    context = {
        "page": dialogue,
        "dialogue": dialogue,
        "enrollment": enrollment,
        "programme": programme,
        **place_in(programme, dialogue),
        "error": error,
    }
    if graph.start in graph.by_key():
        record, now, is_undone = replayed(graph, kept)
        context |= {
            "record": record,
            "walk": now,
            "is_undone": is_undone,
            "last": now.steps[-1] if now.steps else None,
            "meter_top": METER_TOP,
            "trust_words": trust_in_words(now.state.trust),
            "tension_words": tension_in_words(now.state.tension),
            "places": path_map(graph, record, now.here),
            "endings_total": sum(node.ending is not None for node in graph.nodes),
            "endings_seen": sum(
                node.ending is not None and node.key in record.endings for node in graph.nodes
            ),
            "is_good": now.ending is not None and now.ending.tone is Tone.GOOD,
        }
    return TemplateResponse(request, "courses/dialogue.html", context, status=status)
