"""What the classifier sees of a line: words, their grammar's skeleton, and kinds of meaning.

Wording that the classifier has not met is reached in three ways: by lemmas and beginnings of words,
by a skeleton in which content words are only their grammar («если не VERB-2-fut, VERB-1-fut»), and
by the group of meaning that a lemma belongs to (vectors.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from courses.careful_speech.patterns import Pattern, compile_pattern, kinds
from courses.careful_speech.words import Sentence, Word

STEM = 5
"""Letters of a word's beginning that stand for its root."""

# Adverbs and the like that are grammar more than content: the skeleton keeps their form.
_KEPT = frozenset(
    [
        "как",
        "когда",
        "где",
        "куда",
        "откуда",
        "почему",
        "зачем",
        "сколько",
        "так",
        "там",
        "тут",
        "здесь",
        "потом",
        "сейчас",
        "завтра",
        "сегодня",
        "сразу",
        "вместе",
        "раньше",
        "уже",
        "еще",
        "опять",
        "снова",
        "всегда",
        "никогда",
        "вечно",
        "постоянно",
        "очень",
        "тоже",
        "только",
        "просто",
        "вообще",
        "можно",
        "нужно",
        "надо",
        "нельзя",
        "необходимо",
        "должен",
        "обязан",
        "хотеть",
        "мочь",
        "пожалуйста",
        "жаль",
        "давайте",
        "давай",
        "сам",
        "весь",
        "каждый",
        "другой",
        "такой",
        "какой",
        "мой",
        "твой",
        "ваш",
        "наш",
        "свой",
        "этот",
        "тот",
    ]
)
_FUNCTION = frozenset({"NPRO", "PREP", "CONJ", "PRCL", "PRED", "INTJ"})


def shape(word: Word) -> str:
    """The word in the skeleton: itself where it is grammar, else part of speech and its form."""
    tags = word.tags
    if not tags:
        return word.form if len(word.form) == 1 and not word.form.isdigit() else "#"
    if word.part in _FUNCTION or word.lemma in _KEPT:
        return (
            word.lemma if word.part in {"NPRO", "ADJF"} and word.lemma not in _KEPT else word.form
        )
    part = word.part
    if part == "VERB":
        if "impr" in tags:
            return "V!"
        tense = "past" if "past" in tags else "futr" if "futr" in tags else "pres"
        person = next((p[0] for p in ("1per", "2per", "3per") if p in tags), "")
        number = "s" if "sing" in tags else "p"
        return f"V{tense}{person}{number}"
    if part == "NOUN":
        verbal = word.lemma.endswith(("ние", "тие", "ция", "ка")) and len(word.lemma) > 6
        case = next((c for c in ("nomn", "gent", "datv", "accs", "ablt", "loct") if c in tags), "")
        return f"N{case}{'*' if verbal and word.lemma.endswith(('ние', 'тие', 'ция')) else ''}"
    return part


def _grams(items: list[str], name: str, longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for at in range(len(items) - size + 1):
            yield f"{name}{size}:" + " ".join(items[at : at + size])


def _counts(sentences: list[Sentence]) -> Iterator[str]:
    words = [word for sentence in sentences for word in sentence]
    real = [word for word in words if word.is_word]
    n = len(real)
    yield f"len:{min(n, 3) if n < 4 else 5 if n < 7 else 10 if n < 12 else 18 if n < 19 else 30}"
    yield f"sentences:{min(len(sentences), 3)}"
    if n:
        mean = sum(len(word.form) for word in real) / n
        yield f"letters:{int(mean)}"
        long = sum(len(word.form) >= 10 for word in real) / n
        yield f"long:{int(long * 5)}"
        nominal = sum("NOUN" in w.tags or "ADJF" in w.tags or "PRTF" in w.tags for w in real) / n
        yield f"nominal:{int(nominal * 5)}"
        verbal = sum(
            "NOUN" in w.tags and w.lemma.endswith(("ание", "ение", "тие", "ация")) for w in real
        )
        yield f"verbal:{min(verbal, 3)}"
    forms = {word.form for word in words}
    lemmas = {word.lemma for word in words}
    order = any("impr" in word.tags for word in real)
    if order:
        yield "order+please" if forms & {"пожалуйста", "будьте"} else "order"
        for sentence in sentences:
            for before, word in zip((None, *sentence), sentence, strict=False):
                if "impr" in word.tags:
                    yield "order:not" if before and before.form == "не" else "order:do"
                    yield f"order:{'perf' if 'perf' in word.tags else 'impf'}"
    asks = "?" in forms
    for who in ("вы", "ты", "я", "мы", "он"):
        if who in lemmas:
            yield f"who:{who}:{'?' if asks else '.'}"
    for sentence in sentences:
        first = next((word for word in sentence if word.is_word), None)
        if first:
            last = sentence[-1].form
            yield f"first:{first.lemma}:{last if not sentence[-1].is_word else ''}"
            yield f"opens:{shape(first)}:{last if not sentence[-1].is_word else ''}"
            kinds = {f"{shape(word)}" for word in sentence if "VERB" in word.tags}
            for kind in kinds:
                yield f"has:{kind}:{last if not sentence[-1].is_word else ''}"


@lru_cache(maxsize=1)
def signs() -> tuple[tuple[str, Pattern], ...]:
    """Soft signs of the categories (data/signs.txt): the category's name and the pattern."""
    path = Path(__file__).parent / "data" / "signs.txt"
    rows = path.read_text(encoding="utf-8").splitlines()
    named = (row.split(": ", 1) for row in rows if row.strip() and not row.startswith("#"))
    return tuple((name, compile_pattern(source)) for name, source in named)


@lru_cache(maxsize=1)
def _kind_of() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, lemmas in kinds().items():
        for lemma in lemmas:
            found.setdefault(lemma, name)
    return found


def _signs(sentences: list[Sentence]) -> Iterator[str]:
    named: Counter[str] = Counter()
    for at, (name, pattern) in enumerate(signs()):
        if any(pattern.find(sentence) for sentence in sentences):
            named[name] += 1
            yield f"r:{at}"
    for name, times in named.items():
        for least in range(1, min(times, 3) + 1):
            yield f"r:{name}:{least}"


def block_of(name: str) -> str:
    """The block of a feature; within a line every block weighs the same, however many it has."""
    return name[0] if (name[0] in "lpmkr" and name[1].isdigit()) or name[:2] == "r:" else "o"


def features(sentences: list[Sentence], groups: dict[str, int]) -> set[str]:
    """Names of the features that occur. ``groups``: lemma → group of meaning."""
    found: set[str] = set()
    for sentence in sentences:
        lemmas = ["^", *(w.lemma for w in sentence), "$"]
        found.update(_grams(lemmas, "l", 3))
        meanings = ["^"]
        for word in sentence:
            if word.is_word:
                found.add(f"p1:{word.form[:STEM]}")
            group = groups.get(word.lemma)
            meanings.append(shape(word) if group is None else f"g{group}")
        meanings.append("$")
        kind = [_kind_of().get(w.lemma) or _kind_of().get(w.form) or shape(w) for w in sentence]
        found.update(_grams(["^", *kind, "$"], "k", 3))
        found.update(_grams(meanings, "m", 3))
    found.update(_signs(sentences))
    found.update(_counts(sentences))
    return found
