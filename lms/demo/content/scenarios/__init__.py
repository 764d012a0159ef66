"""Role-play scenarios of the practicum and their rubric; all people in them are invented."""

from __future__ import annotations

from typing import Any

from lms.demo.content.scenarios import colleagues, people, refusal, visitors
from lms.demo.content.scenarios.rubric import RUBRIC

SCENARIOS: list[dict[str, Any]] = [
    *refusal.SCENARIOS,
    *visitors.SCENARIOS,
    *people.SCENARIOS,
    *colleagues.SCENARIOS,
]

__all__ = ["RUBRIC", "SCENARIOS"]
