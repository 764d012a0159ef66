"""What stays of a webinar for its learners: questions, results, notes, slides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from webinars import breakouts
from webinars.live.features.poll import tally
from webinars.models.poll import Poll
from webinars.models.slides import Slide
from webinars.models.talk import Note, Question
from webinars.models.webinar import WebinarSession
from webinars.slides import deck_of


@dataclass(frozen=True)
class Result:
    """A poll that was held; rows are (option or word, how many, share of 1)."""

    question: str
    total: int
    rows: list[tuple[str, int, float]]


@dataclass(frozen=True)
class Summary:
    questions: list[Question]
    polls: list[Result]
    notes: list[Note]
    groups: list[dict[str, Any]]
    slides: list[Slide]

    @property
    def is_empty(self) -> bool:
        return not (self.questions or self.polls or self.notes or self.groups or self.slides)


def summary_of(session: WebinarSession) -> Summary:
    deck = deck_of(session.webinar)
    asked = session.room.questions.exclude(state=Question.State.HIDDEN).select_related("author")
    held = session.room.polls.filter(state=Poll.State.CLOSED)
    return Summary(
        questions=list(asked.annotate(votes_count=Count("votes")).order_by("-votes_count", "pk")),
        polls=[result_of(poll) for poll in held],
        notes=list(session.room.notes.select_related("author")),
        groups=[found for found in breakouts.results(session.room) if found["notes"]],
        slides=list(deck.slides.all()) if deck is not None else [],
    )


def result_of(poll: Poll) -> Result:
    counted = tally(poll)
    total = counted["total"]
    pairs = (
        counted["words"]
        if poll.kind == Poll.Kind.WORDS
        else zip(poll.options, counted["by"], strict=True)
    )
    rows = [(name, count, count / total if total else 0.0) for name, count in pairs]
    return Result(poll.question, total, rows)
