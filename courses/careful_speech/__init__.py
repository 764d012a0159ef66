"""Careful-speech hints: what a specialist's line does to the one who hears it. Pure, no Django.

``label(text)`` gives the hints of a line. Models and dictionaries are read on first use.
"""

from courses.careful_speech.categories import PRAISE, Category
from courses.careful_speech.labelling import BY_CLASSIFIER, Hint, label
from courses.careful_speech.lexicon import Effect, Lexicon, Problem, Rule, problems_of

__all__ = [
    "BY_CLASSIFIER",
    "PRAISE",
    "Category",
    "Effect",
    "Hint",
    "Lexicon",
    "Problem",
    "Rule",
    "label",
    "problems_of",
]
