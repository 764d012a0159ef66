"""Which careful or careless moves a line makes, and where."""

from __future__ import annotations

from dataclasses import dataclass, field

from courses.careful_speech.categories import CATEGORIES, Category
from courses.careful_speech.lexicon import Effect, Lexicon, default_lexicon
from courses.careful_speech.suggestions import SUGGESTIONS
from courses.careful_speech.words import Sentence, read

BY_CLASSIFIER = "classifier"


@dataclass(frozen=True, slots=True)
class Hint:
    category: Category
    span: tuple[int, int]
    """Beginning and end in the text, in characters."""
    rule: str
    """The name of the lexicon's rule, or "classifier"."""
    suggestion: str
    """A question to the speaker, in Russian."""
    sure: bool = field(default=True, compare=False)
    """Whether it may be shown: a rule said so, or the classifier is far beyond its limit."""


def label(text: str, lexicon: Lexicon | None = None) -> list[Hint]:
    """Hints on one line of a specialist, at most one a category, in the order of the line.

    A neutral line gives []. ``lexicon``: rules that decide over the classifier; the ones that ship
    with the product where None. Never raises for any text; what is longer than 5,000 characters is
    read up to there.
    """
    sentences = read(text)
    if not any(word.is_word for sentence in sentences for word in sentence):
        return []
    lexicon = default_lexicon() if lexicon is None else lexicon
    cleared = _cleared(sentences, lexicon)
    found: dict[Category, Hint] = {}
    for rule in lexicon.rules:
        if rule.effect is Effect.CLEARS or rule.category in found:
            continue
        open_to_it = [
            one for one, taken in zip(sentences, cleared, strict=True) if rule.category not in taken
        ]
        if span := rule.find(open_to_it):
            suggestion = SUGGESTIONS[rule.category]
            found[rule.category] = Hint(rule.category, span, rule.name, suggestion)
    for hint in _by_classifier(sentences, cleared):
        found.setdefault(hint.category, hint)
    return sorted(found.values(), key=lambda hint: (hint.span, CATEGORIES.index(hint.category)))


def _cleared(sentences: list[Sentence], lexicon: Lexicon) -> list[frozenset[Category]]:
    """What the lexicon takes back, sentence by sentence."""
    clearing = [rule for rule in lexicon.rules if rule.effect is Effect.CLEARS]
    return [
        frozenset(rule.category for rule in clearing if rule.find([sentence]))
        for sentence in sentences
    ]


def _by_classifier(sentences: list[Sentence], cleared: list[frozenset[Category]]) -> list[Hint]:
    # Numbers and their library are loaded with the first line that is labelled, not with Django.
    from courses.careful_speech.model import classifier

    known = classifier()
    scores = known.scores(sentences)
    named = [at for at in range(len(CATEGORIES)) if scores[at] >= known.label_limits[at]]
    if not named:
        return []
    apart = [known.scores([sentence]) for sentence in sentences] if len(sentences) > 1 else [scores]
    hints = []
    for at in named:
        category = CATEGORIES[at]
        best = max(range(len(sentences)), key=lambda index: apart[index][at])
        if category in cleared[best]:
            continue
        span = (sentences[best][0].start, sentences[best][-1].stop)
        sure = bool(scores[at] >= known.sure_limits[at])
        hints.append(Hint(category, span, BY_CLASSIFIER, SUGGESTIONS[category], sure))
    return hints
