"""Hints on a learner's lines as a learner sees them: few, praise first, only trustworthy ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from courses.careful_speech import label
from courses.models import Disagreement
from courses.models.speech import TITLES
from courses.speech_lexicon import current_lexicon

if TYPE_CHECKING:
    from lms.people.models import User

MOST_ON_A_LINE = 2


@dataclass(frozen=True, slots=True)
class ShownHint:
    category: str
    """One of ``courses.careful_speech.Category``."""
    is_praise: bool
    title: str
    """The category in words, translated."""
    question: str
    """What to ask oneself, in Russian."""
    quote: str
    """The words of the line that the hint is about."""
    span: tuple[int, int]
    """Where they are in the line, in characters."""
    rule: str
    """The lexicon's rule, or "classifier"."""
    version: str
    """Of the classifier and the lexicon together; stored with a disagreement."""


def shown_hints(text: str) -> list[ShownHint]:
    """At most two hints on one line of a specialist, praise first; [] for a neutral line.

    Only categories that were right in at least 80 of 100 cases on the kept lines, and only hints
    that are sure. Meant for after a round, never during it, and never for grades.
    """
    from courses.careful_speech.figures import shown_categories

    current = current_lexicon()
    shown = shown_categories()
    hints = [hint for hint in label(text, current.lexicon) if hint.sure and hint.category in shown]
    hints.sort(key=lambda hint: not hint.category.is_praise)
    return [
        ShownHint(
            category=hint.category.value,
            is_praise=hint.category.is_praise,
            title=str(TITLES[hint.category]),
            question=hint.suggestion,
            quote=text[slice(*hint.span)],
            span=hint.span,
            rule=hint.rule,
            version=current.version,
        )
        for hint in hints[:MOST_ON_A_LINE]
    ]


def disagree(*, person: User, line: str, category: str, rule: str, version: str) -> Disagreement:
    """Keep that ``person`` finds the hint on ``line`` wrong, for whoever improves the next version.

    Saying it twice changes nothing. Raises ValidationError for an unknown category or a line that
    is empty or too long.
    """
    said = Disagreement(
        person=person, line=line.strip(), category=category, rule=rule, version=version
    )
    said.clean_fields()
    kept, _created = Disagreement.objects.get_or_create(
        person=person, line=said.line, category=category, rule=rule, version=version
    )
    return kept
