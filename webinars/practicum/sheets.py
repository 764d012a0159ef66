"""The form of the rubric: what it sends, and how it looks when it comes back with gaps."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from webinars.models import PracticumSession
from webinars.practicum.feedback import Sheet
from webinars.practicum.transcript import Line

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
        worked=data.get("worked", ""),
        try_next=data.get("try_next", ""),
        lines=data.getlist("lines"),
        evidence=evidence,
        by=data.get("by", ""),
    )


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
