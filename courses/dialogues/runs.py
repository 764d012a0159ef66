"""Keeping a training: a learner's in the database, a looking staff member's in their session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from courses.dialogues.graph import Graph
from courses.dialogues.playing import NotPossible
from courses.dialogues.record import Record, answered, begun_again, replayed, taken_back
from courses.ledger import record_completion
from courses.models import Dialogue, DialogueRun, Enrollment

Change = Callable[[Record], Record]


class GoneOn(Exception):
    """The conversation has moved since the page was shown: another device, another window."""


class Undone(Exception):
    """The conversation was edited and the walk no longer replays; it has begun again."""


def found_record(request: HttpRequest, dialogue: Dialogue, enrollment: Enrollment | None) -> Record:
    """What is kept of this person's training; an empty record before the first reply."""
    if enrollment is None:
        return _from_session(request, dialogue)
    run = DialogueRun.objects.filter(enrollment=enrollment, dialogue=dialogue).first()
    return _record_of(run) if run else Record()


def answer_line(
    request: HttpRequest,
    dialogue: Dialogue,
    enrollment: Enrollment | None,
    *,
    step: int,
    reply_key: str,
) -> None:
    """Say ``reply_key`` as the reply number ``step`` (from 0); a repeated one changes nothing.

    Raises NotPossible, GoneOn or Undone. The first ending of a learner goes into the ledger.
    """
    graph = dialogue.graph()

    def change(record: Record) -> Record:
        if step != len(record.choices):
            if record.choices[step : step + 1] == (reply_key,):
                return record
            raise GoneOn
        return answered(graph, record, reply_key)

    _change(request, dialogue, enrollment, change)


def retry_step(
    request: HttpRequest, dialogue: Dialogue, enrollment: Enrollment | None, *, step: int
) -> None:
    """Go back before the reply number ``step``. Raises GoneOn if the walk has no such reply."""

    def change(record: Record) -> Record:
        try:
            return taken_back(record, step)
        except NotPossible as none_such:
            raise GoneOn from none_such

    _change(request, dialogue, enrollment, change)


def begin_again(request: HttpRequest, dialogue: Dialogue, enrollment: Enrollment | None) -> None:
    """Start from the first line; from the first line itself it is the same attempt."""
    _change(
        request,
        dialogue,
        enrollment,
        lambda record: begun_again(record) if record.choices else record,
    )


def _change(
    request: HttpRequest, dialogue: Dialogue, enrollment: Enrollment | None, change: Change
) -> None:
    graph = dialogue.graph()
    if enrollment is None:
        record, is_undone = _changed(graph, _from_session(request, dialogue), change)
        request.session[_session_key(dialogue)] = asdict(record)
    else:
        is_undone = _change_run(dialogue, enrollment, change)
    if is_undone:
        raise Undone


@transaction.atomic
def _change_run(dialogue: Dialogue, enrollment: Enrollment, change: Change) -> bool:
    graph = dialogue.graph()
    DialogueRun.objects.get_or_create(enrollment=enrollment, dialogue=dialogue)
    run = DialogueRun.objects.select_for_update().get(enrollment=enrollment, dialogue=dialogue)
    record, is_undone = _changed(graph, _record_of(run), change)
    for name, value in asdict(record).items():
        setattr(run, name, list(value) if isinstance(value, tuple) else value)
    if record.endings and run.finished_at is None:
        run.finished_at = max(timezone.now(), run.started_at)
        record_completion(
            enrollment=enrollment,
            activity=dialogue,
            evidence={
                "ending": record.endings[-1],
                "steps": len(record.choices),
                "attempt": record.attempts,
                "version": record.version,
            },
        )
    run.save()
    return is_undone


def _changed(graph: Graph, record: Record, change: Change) -> tuple[Record, bool]:
    """The record after ``change``, and whether it fell to an edit of the conversation.

    The page shows an undone walk at its first line; an answer given there is not lost.
    """
    record, _walk, is_undone = replayed(graph, record)
    try:
        return change(record), False
    except (GoneOn, NotPossible):
        if not is_undone:
            raise
        return record, True


def _record_of(run: DialogueRun) -> Record:
    return Record(
        choices=tuple(run.choices),
        taken=tuple(run.taken),
        endings=tuple(run.endings),
        attempts=run.attempts,
        version=run.version,
    )


def _session_key(dialogue: Dialogue) -> str:
    return f"dialogue-{dialogue.pk}"


def _from_session(request: HttpRequest, dialogue: Dialogue) -> Record:
    kept: dict[str, Any] = request.session.get(_session_key(dialogue), {})
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
    }
    return Record(**fields)
