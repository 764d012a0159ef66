"""The form of the rubric: what it sends, and how it looks when it comes back with gaps."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from webinars.models import PracticumFeedback, PracticumRound, PracticumSeat, PracticumSession
from webinars.practicum.feedback import Sheet, part_in, rounds_to_rate
from webinars.practicum.rounds import Phase
from webinars.practicum.transcript import Line, specialist_lines
from webinars.practicum.written import number, words

EVIDENCE = "lines-"


def sheet_from(data: QueryDict) -> Sheet:
    """A rubric as its form sends it."""
    evidence = {
        name.removeprefix(EVIDENCE): data.getlist(name)
        for name in data
        if name.startswith(EVIDENCE)
    }
    return Sheet(
        scores=data.dict(),
        worked=words(data.get("worked")),
        try_next=words(data.get("try_next")),
        lines=data.getlist("lines"),
        evidence=evidence,
        by=data.get("by", ""),
        round=number(data.get("round")),
    )


def as_posted(feedback: PracticumFeedback) -> QueryDict:
    """A rubric that is kept already, as its form would send it: to be changed."""
    data = QueryDict(mutable=True)
    data["worked"], data["try_next"] = feedback.worked, feedback.try_next
    data.setlist("lines", [str(line) for line in feedback.lines])
    for rating in feedback.ratings.all():
        data[rating.criterion] = str(rating.score)
        data.setlist(EVIDENCE + rating.criterion, [str(line) for line in rating.lines])
    return data


def sheet_as_filled(
    session: PracticumSession, quotable: list[Line], posted: QueryDict
) -> dict[str, Any]:
    """The rubric with everything that was chosen and written already."""

    def choices(name: str) -> list[dict[str, Any]]:
        picked = posted.getlist(name)
        return [
            {"number": line.number, "text": line.text, "is_picked": str(line.number) in picked}
            for line in quotable
        ]

    return {
        "worked": posted.get("worked", ""),
        "try_next": posted.get("try_next", ""),
        "lines": choices("lines"),
        "criteria": [
            {
                "code": criterion["code"],
                "title": criterion["title"],
                "description": criterion["description"],
                "anchors": [
                    {"text": text, "is_chosen": posted.get(criterion["code"]) == str(score)}
                    for score, text in enumerate(criterion["anchors"])
                ],
                "lines": choices(EVIDENCE + criterion["code"]),
            }
            for criterion in session.rubric
        ],
    }


def late_sheets(seat: PracticumSeat, posted: QueryDict) -> list[dict[str, Any]]:
    """The sheets that the group has not waited for: offered between rounds, and what was sent.

    A round that somebody found too hard is not asked about.
    """
    session = seat.session
    sent = posted.get("round", "")
    is_between = session.phase in (Phase.SWAP, Phase.DEBRIEF)
    if session.phase == Phase.CLOSED or not (sent or is_between):
        return []
    course = session.course()
    present = (
        course.round if course.phase is Phase.FEEDBACK and seat.number in course.awaited else -1
    )
    return [
        {
            "round": played.number,
            "round_number": played.number + 1,
            "by": str(part_in(played, seat)),
            "prefix": f"late{played.number}-",
            "is_sent": sent == str(played.number),
            "sheet": sheet_as_filled(
                session,
                specialist_lines(session, played.number),
                posted if sent == str(played.number) else QueryDict(),
            ),
        }
        for played in rounds_to_rate(seat).exclude(number=present)
        if sent == str(played.number) or (is_between and played.end != PracticumRound.End.EASED)
    ]
