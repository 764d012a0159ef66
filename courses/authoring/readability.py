"""How hard a Russian text is to read, and how long it takes. Pure, without Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

WORDS_PER_MINUTE = 184
"""Silent reading of Russian by adults (Trauzettel-Klosinski et al., 2012, IReST: 184 ± 32)."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$|[»\"”)])|\n+")
_VOWEL = re.compile(r"[аеёиоуыэюяaeiouy]", re.IGNORECASE)
_LONG_LETTERS = 6


class Difficulty(StrEnum):
    EASY = "easy"
    PLAIN = "plain"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Readability:
    """Counts of one text. All are 0 for a text without words."""

    words: int
    sentences: int
    long_words: int
    """Words of more than six letters."""
    syllables: int

    @property
    def reading_minutes(self) -> float:
        return self.words / WORDS_PER_MINUTE

    @property
    def words_per_sentence(self) -> float:
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def lix(self) -> float:
        """Words a sentence plus the percentage of long words (Björnsson 1968)."""
        if not self.words:
            return 0.0
        return self.words_per_sentence + 100 * self.long_words / self.words

    @property
    def ease(self) -> float:
        """Flesch's reading ease with Oborneva's coefficients for Russian (2006); higher is easier.

        206.835 − 1.52 · words a sentence − 65.14 · syllables a word. 100 for an empty text.
        """
        if not self.words:
            return 100.0
        return 206.835 - 1.52 * self.words_per_sentence - 65.14 * self.syllables / self.words

    @property
    def difficulty(self) -> Difficulty:
        """Easy from 60 on, plain from 30 on, as Flesch's scale is usually read."""
        if self.ease >= 60:
            return Difficulty.EASY
        return Difficulty.PLAIN if self.ease >= 30 else Difficulty.HARD


def readability(text: str) -> Readability:
    """Count words, sentences and syllables of ``text``; a line of its own ends a sentence."""
    words = _WORD.findall(text)
    sentences = [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    return Readability(
        words=len(words),
        sentences=len(sentences),
        long_words=sum(len(word) > _LONG_LETTERS for word in words),
        syllables=sum(max(1, len(_VOWEL.findall(word))) for word in words),
    )
