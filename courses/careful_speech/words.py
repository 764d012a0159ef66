"""Words of a line with their lemmas and grammar: razdel cuts, pymorphy3 names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

LONGEST_LINE = 5_000
"""Characters that are read; a line of a conversation is far shorter, and the rest is left aside."""

_LETTER = re.compile(r"[^\W\d_]")
_SUBJECTS = {"вы", "ты", "он", "она", "они", "мы", "я", "кто", "который", "если", "когда", "как"}


@dataclass(frozen=True, slots=True)
class Word:
    """One token. ``start``, ``stop``: its place in the line. ``form``: lower case, е for ё."""

    start: int
    stop: int
    form: str
    lemma: str
    tags: frozenset[str]
    """Grammemes of OpenCorpora: POS, mood, person, … empty for signs and numbers."""

    @property
    def is_word(self) -> bool:
        return bool(self.tags)

    @property
    def part(self) -> str:
        """The part of speech, or the sign itself."""
        return next(
            (tag for tag in _PARTS if tag in self.tags), self.form if not self.tags else "X"
        )


Sentence = tuple[Word, ...]

_PARTS = (
    *("NOUN", "ADJF", "ADJS", "COMP", "VERB", "INFN", "PRTF", "PRTS", "GRND", "NUMR", "ADVB"),
    *("NPRO", "PRED", "PREP", "CONJ", "PRCL", "INTJ"),
)
_UNKNOWN = frozenset({"UNKN"})


@lru_cache(maxsize=1)
def morphology() -> MorphAnalyzer:
    """The analyser: 0.15 s and 40 MB on first use, then shared by all threads."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


@lru_cache(maxsize=20_000)
def _readings(form: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Lemma and grammemes of every reading of ``form``, the likeliest first."""
    if not _LETTER.search(form):
        return ()
    if not all(unicodedata.name(letter, "") for letter in form):
        return (
            (form, _UNKNOWN),
        )  # the analyser asks the name of each letter; rare scripts have none
    readings = []
    for parse in morphology().parse(form)[:6]:
        tags = frozenset(parse.tag.grammemes) or _UNKNOWN
        if "incl" in tags:  # «снимем!» said to companions; the future tense is nearly always meant
            continue
        readings.append((parse.normal_form.replace("ё", "е"), tags))
    return tuple(readings) or ((form, _UNKNOWN),)


def _choose(form: str, before: list[Word]) -> tuple[str, frozenset[str]]:
    """The reading that fits: «говорите» is an order unless its subject stands before it."""
    readings = _readings(form)
    if not readings:
        return form, frozenset()
    orders = [reading for reading in readings if "impr" in reading[1]]
    if not orders or len(orders) == len(readings) or readings[0][1] & {"NOUN", "ADJF", "CONJ"}:
        return readings[0]
    clause: list[Word] = []
    for word in reversed(before):
        if not word.is_word:
            break
        clause.append(word)
    if any(word.lemma in _SUBJECTS for word in clause):
        return next((one for one in readings if "impr" not in one[1]), readings[0])
    if "indc" in readings[0][1] or readings[0] is orders[0]:
        return orders[0]
    return readings[0]


def dictionary_form(form: str) -> str | None:
    """The lemma where ``form`` (lower case, е for ё) is how a dictionary or a person would name it.

    «справка» and «зеленая» are, «справку» and «понимаю» are not: for those None.
    """
    readings = _readings(form)
    if not readings:
        return form
    lemma, tags = readings[0]
    return lemma if lemma == form or {"ADJF", "nomn", "sing"} <= tags else None


def read(text: str) -> list[Sentence]:
    """Sentences of ``text`` as words with their places; [] for a text without tokens."""
    import razdel

    sentences = []
    for piece in razdel.sentenize(text[:LONGEST_LINE]):
        words: list[Word] = []
        for token in razdel.tokenize(piece.text):
            form = token.text.lower().replace("ё", "е")
            lemma, tags = _choose(form, words)
            start = piece.start + token.start
            words.append(Word(start, piece.start + token.stop, form, lemma, tags))
        if words:
            sentences.append(tuple(words))
    return sentences
