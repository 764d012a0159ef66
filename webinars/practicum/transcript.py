"""The transcript of a session: lines of the log with marks, quotes and comments beside them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from webinars.live import log
from webinars.models import (
    LineComment,
    LineMark,
    PracticumSeat,
    PracticumSession,
    RoomEvent,
    Stream,
)
from webinars.practicum.rounds import Part

SAID, BREATH = "practicum.said", "practicum.breath"


@dataclass
class Line:
    """One line; ``number`` is its number in the room's log."""

    number: int
    round: int
    part: str
    name: str
    user_id: int | None
    text: str
    at: datetime
    is_breath: bool = False
    marks: list[str] = field(default_factory=list)
    quoted_for: list[str] = field(default_factory=list)
    comments: list[LineComment] = field(default_factory=list)

    @property
    def is_specialist(self) -> bool:
        return self.part == Part.SPECIALIST


def spoken(session: PracticumSession) -> QuerySet[RoomEvent]:
    """Everything that was said, and the breaths that were taken, in order."""
    return (
        RoomEvent.objects.filter(
            stream__room=session.room_id,
            stream__kind=Stream.Kind.ROOM,
            type__in=[SAID, BREATH],
        )
        .select_related("actor")
        .order_by("seq")
    )


def lines_of(session: PracticumSession, *, round: int | None = None) -> list[Line]:
    """The lines of role-plays, of one round or of all; not what was said between rounds."""
    found = [
        Line(
            number=event.seq,
            round=event.data["round"],
            part=event.data["part"],
            name=event.actor.get_short_name() if event.actor else "",
            user_id=event.actor_id,
            text=event.data.get("text", ""),
            at=event.at,
            is_breath=event.type == BREATH,
        )
        for event in spoken(session)
        if event.data.get("phase", "roleplay") == "roleplay"
    ]
    return [line for line in found if round is None or line.round == round]


def specialist_lines(session: PracticumSession, round: int) -> list[Line]:
    """What may be quoted: what the specialist of the round said."""
    lines = lines_of(session, round=round)
    return [line for line in lines if line.is_specialist and not line.is_breath]


def last_speaker(session: PracticumSession) -> int | None:
    """The seat that spoke last in this round's conversation; None before the first line."""
    spoke = spoken(session).filter(type=SAID, data__round=session.round, data__phase="roleplay")
    event = spoke.last()
    if event is None:
        return None
    return (
        session.seats.filter(enrollment__learner=event.actor_id)
        .values_list("number", flat=True)
        .first()
    )


def annotated(
    session: PracticumSession,
    *,
    round: int | None = None,
    with_marks: bool = True,
    with_comments: bool = True,
) -> list[Line]:
    """The lines with what the client marked, what raters quoted, what trainers wrote."""
    lines = lines_of(session, round=round)
    by_number = {line.number: line for line in lines}
    if with_marks:
        for mark in LineMark.objects.filter(session=session, line__in=list(by_number)):
            by_number[mark.line].marks.append(mark.feeling)
    for number, title in _quotes(session):
        if number in by_number and title not in by_number[number].quoted_for:
            by_number[number].quoted_for.append(title)
    if with_comments:
        comments = LineComment.objects.filter(session=session).select_related("author")
        for comment in comments:
            if comment.line in by_number:
                by_number[comment.line].comments.append(comment)
    return lines


def _quotes(session: PracticumSession) -> list[tuple[int, str]]:
    titles = {code: criterion["title"] for code, criterion in session.criteria.items()}
    given = session.feedback.prefetch_related("ratings")
    quotes: list[tuple[int, str]] = []
    for feedback in given:
        quotes += [(number, "") for number in feedback.lines]
        for rating in feedback.ratings.all():
            quotes += [(n, titles.get(rating.criterion, rating.criterion)) for n in rating.lines]
    return quotes


def quoted(lines: list[Line], numbers: list[int]) -> list[str]:
    """The words behind numbers of lines, in the order of the conversation."""
    return [line.text for line in lines if line.number in set(numbers) and line.text]


def by_round(lines: list[Line]) -> dict[int, list[Line]]:
    grouped: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        grouped[line.round].append(line)
    return dict(grouped)


def marks_of(seat: PracticumSeat) -> dict[int, str]:
    """The person's own marks by line."""
    return dict(seat.marks.values_list("line", "feeling"))


def as_frames(session: PracticumSession, limit: int) -> list[dict[str, Any]]:
    """The last lines as the events that they are, for a browser that comes in."""
    events = list(spoken(session).reverse()[:limit])
    frames = [log.event_frame(event, Stream.Kind.ROOM) for event in reversed(events)]
    return [msgspec.to_builtins(frame) for frame in frames]
