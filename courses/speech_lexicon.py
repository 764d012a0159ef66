"""The lexicon of speech hints as trainers keep it: from the database to rules, errors in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from courses.careful_speech import Category, Effect, Lexicon, Rule, problems_of
from courses.careful_speech.lexicon import default_lexicon
from courses.careful_speech.patterns import PatternError
from courses.models import SpeechRule

_CACHED = "courses.speech_lexicon"
_CACHED_FOR = 60
"""Seconds: how long another process may use the rules of before a change."""

WORDING = {
    "empty": _("Write at least one word."),
    "long": _("The pattern is too long."),
    "matches-everything": _("The pattern would match everything: name at least one word."),
    "gap-at-the-edge": _("«…» stands between words, not at the beginning or the end."),
    "unknown-kind": _("There is no kind of words called «%(about)s»."),
    "short-beginning": _("«%(about)s»: at least three letters before the star."),
    "odd-sign": _("«%(about)s» is neither a word nor a sign that patterns know."),
    "no-must": _("Give at least one line that the rule must match."),
    "no-must-not": _("Give at least one line that the rule must not match."),
    "missed": _("The pattern does not match this line: «%(about)s»."),
    "caught": _("The pattern matches this line, though it must not: «%(about)s»."),
}
_FIELD = {"no-must": "must", "missed": "must", "no-must-not": "must_not", "caught": "must_not"}


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def rule_from(kept: SpeechRule) -> Rule:
    """The pure rule of one that is kept in the database."""
    return Rule(
        name=kept.name,
        category=Category(kept.category),
        pattern=kept.pattern,
        must=lines_of(kept.must),
        must_not=lines_of(kept.must_not),
        effect=Effect(kept.effect),
    )


def errors_of(kept: SpeechRule) -> dict[str, list]:
    """What is wrong, by field and in words; {} for a sound rule. Runs the examples."""
    errors: dict[str, list] = {}
    if not kept.category or not kept.effect:
        return errors  # the fields' own errors say so
    for problem in problems_of(rule_from(kept)):
        field = _FIELD.get(problem.code, "pattern")
        errors.setdefault(field, []).append(WORDING[problem.code] % {"about": problem.about})
    return errors


@dataclass(frozen=True, slots=True)
class CurrentLexicon:
    lexicon: Lexicon
    version: str


def lexicon_of(rules: Iterable[SpeechRule]) -> Lexicon:
    """A lexicon of the rules that can be read; one with a kind of words of old is left out."""
    sound = []
    for kept in rules:
        rule = rule_from(kept)
        try:
            rule.compiled  # noqa: B018
        except PatternError:
            continue
        sound.append(rule)
    return Lexicon(tuple(sound))


def current_lexicon() -> CurrentLexicon:
    """The rules in use and the version of the hints that they make with the classifier."""
    from courses.careful_speech.model import classifier

    rows = cache.get(_CACHED)
    if rows is None:
        rows = list(SpeechRule.objects.filter(is_on=True).order_by("name"))
        cache.set(_CACHED, rows, _CACHED_FOR)
    content = repr([(row.name, row.category, row.effect, row.pattern) for row in rows])
    version = f"{classifier().version}+{sha256(content.encode()).hexdigest()[:8]}"
    return CurrentLexicon(lexicon=lexicon_of(rows), version=version)


def forget_current_lexicon(**_signal: Any) -> None:
    """After a rule was saved or deleted."""
    cache.delete(_CACHED)


def ensure_shipped_rules(**_signal: Any) -> None:
    """Bring in rules that ship with the product and are not here yet; edited ones stay edited.

    Runs after every migration: a rule that is not wanted is switched off, not deleted.
    """
    present = set(SpeechRule.objects.values_list("name", flat=True))
    SpeechRule.objects.bulk_create(
        [
            SpeechRule(
                name=rule.name,
                category=rule.category,
                effect=rule.effect,
                pattern=rule.pattern,
                must="\n".join(rule.must),
                must_not="\n".join(rule.must_not),
            )
            for rule in default_lexicon().rules
            if rule.name not in present
        ],
        ignore_conflicts=True,
    )
    forget_current_lexicon()
