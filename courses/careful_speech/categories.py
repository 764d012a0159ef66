"""The twelve things that a line of a specialist may do. Their guide is docs/careful-speech.md."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    BLAME = "blame"
    COMMAND = "command"
    INVALIDATION = "invalidation"
    BUREAUCRATESE = "bureaucratese"
    ABSOLUTE = "absolute"
    THREAT = "threat"
    BRUSH_OFF = "brush_off"
    EMPATHY = "empathy"
    OPEN_QUESTION = "open_question"
    REFLECTION = "reflection"
    PERMISSION = "permission"
    NEXT_STEP = "next_step"

    @property
    def is_praise(self) -> bool:
        """Whether the category names careful speech rather than something to try differently."""
        return self in PRAISE


PRAISE = frozenset(
    {
        Category.EMPATHY,
        Category.OPEN_QUESTION,
        Category.REFLECTION,
        Category.PERMISSION,
        Category.NEXT_STEP,
    }
)

CATEGORIES = tuple(Category)
"""In the order of every table of figures and scores."""
