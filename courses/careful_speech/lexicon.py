"""The lexicon: rules that trainers write, each with lines that it must and must not match.

A rule decides by itself, over the classifier: it names a category wherever its pattern matches, or
(``clears``) takes the category back from sentences where it matches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from courses.careful_speech.categories import Category
from courses.careful_speech.patterns import Pattern, PatternError, compile_pattern
from courses.careful_speech.words import Sentence, read

FILE = Path(__file__).parent / "data" / "lexicon.json"


class Effect(StrEnum):
    NAMES = "names"
    CLEARS = "clears"


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    category: Category
    pattern: str
    must: tuple[str, ...]
    """Lines that the pattern must match; at least one."""
    must_not: tuple[str, ...]
    """Lines that it must not match; at least one."""
    effect: Effect = Effect.NAMES

    @property
    def compiled(self) -> Pattern:
        return compile_pattern(self.pattern)

    def find(self, sentences: list[Sentence]) -> tuple[int, int] | None:
        """The span of the first match in the line, or None."""
        pattern = self.compiled
        return next((span for one in sentences if (span := pattern.find(one))), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a rule: a code, and the piece of the pattern or the example."""

    code: str
    about: str = ""


def problems_of(rule: Rule) -> list[Problem]:
    """Everything that must be mended before ``rule`` may be used; [] for a sound one."""
    try:
        rule.compiled  # noqa: B018
    except PatternError as error:
        return [Problem(error.code, error.part)]
    found = []
    if not rule.must:
        found.append(Problem("no-must"))
    if not rule.must_not:
        found.append(Problem("no-must-not"))
    found += [Problem("missed", line) for line in rule.must if not rule.find(read(line))]
    found += [Problem("caught", line) for line in rule.must_not if rule.find(read(line))]
    return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    rules: tuple[Rule, ...] = ()


def lexicon_from(rows: Iterable[dict]) -> Lexicon:
    """A lexicon from the shape of data/lexicon.json. Raises KeyError and ValueError for others."""
    return Lexicon(
        tuple(
            Rule(
                name=row["name"],
                category=Category(row["category"]),
                pattern=row["pattern"],
                must=tuple(row["must"]),
                must_not=tuple(row["must_not"]),
                effect=Effect(row.get("effect", Effect.NAMES)),
            )
            for row in rows
        )
    )


@lru_cache(maxsize=1)
def default_lexicon() -> Lexicon:
    """The rules that ship with the product."""
    return lexicon_from(json.loads(FILE.read_text(encoding="utf-8")))
