"""Patterns of words that a trainer can write: «если … не <будущее> … лишить», «"надо" было».

One element a space:

    слово         any form, where it is the dictionary's; else («понимаю») exactly that form
    "слово"       exactly this form
    нача*         words that begin so
    а|б           any of these
    …             up to six words between
    ^             the sentence's beginning
    ?  !  ,       that sign
    <приказ>      a kind of grammar or meaning

Kinds of grammar are in ``GRAMMAR``; kinds of meaning are the lists of lemmas in data/kinds.txt.
A pattern never reaches over the end of a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from courses.careful_speech.words import Sentence, Word, lemma_of

LONGEST_GAP = 6
LONGEST_PATTERN = 200
GAP = "…"
START = "^"

Test = Callable[[Word], bool]


class PatternError(ValueError):
    """The pattern cannot be understood. ``code`` says why, ``part`` which piece."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(f"{code}: {part}" if part else code)
        self.code = code
        self.part = part


def _second(word: Word) -> bool:
    return "2per" in word.tags and "VERB" in word.tags


GRAMMAR: dict[str, Test] = {
    "приказ": lambda word: "impr" in word.tags,
    "глагол": lambda word: bool(word.tags & {"VERB", "INFN"}),
    "прошедшее": lambda word: "past" in word.tags and "VERB" in word.tags,
    "будущее": lambda word: "futr" in word.tags,
    "я-сделаю": lambda word: "1per" in word.tags and "futr" in word.tags,
    "вы-сделаете": lambda word: _second(word) and "futr" in word.tags,
    "вы-делаете": lambda word: _second(word) and "pres" in word.tags,
    "инфинитив": lambda word: "INFN" in word.tags,
    "страдательное": lambda word: "PRTS" in word.tags,
    "существительное": lambda word: "NOUN" in word.tags,
    "прилагательное": lambda word: bool(word.tags & {"ADJF", "ADJS", "COMP"}),
    "число": lambda word: "NUMR" in word.tags or word.form.isdigit(),
}


@lru_cache(maxsize=1)
def kinds() -> dict[str, frozenset[str]]:
    """Kinds of meaning: name → lemmas."""
    found = {}
    path = Path(__file__).parent / "data" / "kinds.txt"
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            name, lemmas = row.split(":")
            found[name.strip()] = frozenset(lemmas.replace("ё", "е").split())
    return found


@dataclass(frozen=True, slots=True)
class Pattern:
    source: str
    tests: tuple[Test | str, ...]

    def find(self, sentence: Sentence) -> tuple[int, int] | None:
        """Places in the line of the first match's beginning and end, or None."""
        for first in range(len(sentence)):
            last = self._match(sentence, first, 0)
            if last is not None and last > first:
                return sentence[first].start, sentence[last - 1].stop
        return None

    def _match(self, sentence: Sentence, at: int, step: int) -> int | None:
        if step == len(self.tests):
            return at
        test = self.tests[step]
        if test == START:
            return self._match(sentence, at, step + 1) if at == 0 else None
        if test == GAP:
            for skipped in range(min(LONGEST_GAP, len(sentence) - at) + 1):
                last = self._match(sentence, at + skipped, step + 1)
                if last is not None:
                    return last
            return None
        if at < len(sentence) and callable(test) and test(sentence[at]):
            return self._match(sentence, at + 1, step + 1)
        return None


def _one(part: str) -> Test:
    if part.startswith("<") and part.endswith(">"):
        name = part[1:-1]
        if name in GRAMMAR:
            return GRAMMAR[name]
        if name in kinds():
            lemmas = kinds()[name]
            return lambda word: word.lemma in lemmas or word.form in lemmas
        raise PatternError("unknown-kind", name)
    if part.startswith('"') and part.endswith('"') and len(part) > 2:
        form = part[1:-1]
        return lambda word: word.form == form
    if part.endswith("*"):
        beginning = part[:-1]
        if len(beginning) < 3:
            raise PatternError("short-beginning", part)
        return lambda word: word.form.startswith(beginning)
    if part in {"?", "!", ",", ":", "—", "-"} or (part and part.replace("-", "").isalnum()):
        if lemma_of(part) == part:
            return lambda word: word.form == part or word.lemma == part
        return lambda word: word.form == part
    raise PatternError("odd-sign", part)


def _element(part: str) -> Test | str:
    if part in {GAP, START}:
        return part
    tests = [_one(choice) for choice in part.split("|")]
    return tests[0] if len(tests) == 1 else lambda word: any(test(word) for test in tests)


@lru_cache(maxsize=4_000)
def compile_pattern(source: str) -> Pattern:
    """Raises PatternError where ``source`` is empty, too long or holds something unknown."""
    parts = source.lower().replace("ё", "е").replace("...", GAP).split()
    if not parts:
        raise PatternError("empty")
    if len(source) > LONGEST_PATTERN:
        raise PatternError("long")
    if not any(part not in {GAP, START, "?", "!"} for part in parts):
        raise PatternError("matches-everything")
    if GAP in (parts[0], parts[-1]):
        raise PatternError("gap-at-the-edge")
    return Pattern(source, tuple(_element(part) for part in parts))
