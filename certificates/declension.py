"""Names in the dative, proposed: no rule knows them all, so a person looks at the proposal.

The rules are those of the Petrovich project (pytrovich). Pure, without Django.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Case, Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

_CYRILLIC = re.compile(r"[А-Яа-яЁё][А-Яа-яЁё'’\-]*\Z")
_UNCHANGED = {"оглы", "кызы", "оглу", "гызы", "заде", "хан", "бей"}
"""Parts of names that stand as they are in every case."""


@lru_cache(maxsize=1)
def _rules() -> tuple[PetrovichDeclinationMaker, PetrovichGenderDetector]:
    return PetrovichDeclinationMaker(), PetrovichGenderDetector()


def dative(*, family_name: str, given_name: str, patronymic: str = "") -> str:
    """«Иванова», «Мария», «Петровна» → «Ивановой Марии Петровне».

    What is not written in Cyrillic, and what no rule covers, stays as it is.
    """
    if not (family_name or given_name or patronymic):
        return ""
    _maker, detector = _rules()
    gender = detector.detect(
        firstname=given_name or None, lastname=family_name or None, middlename=patronymic or None
    )
    return " ".join(
        filter(
            None,
            [
                _declined(NamePart.LASTNAME, family_name, gender),
                _declined(NamePart.FIRSTNAME, given_name, gender),
                _declined(NamePart.MIDDLENAME, patronymic, gender),
            ],
        )
    )


def _declined(part: NamePart, text: str, gender: Gender) -> str:
    return " ".join(_word(part, word, gender) for word in text.split())


def _word(part: NamePart, word: str, gender: Gender) -> str:
    if not _CYRILLIC.match(word) or word.lower() in _UNCHANGED:
        return word
    is_shouted = len(word) > 1 and word.isupper()
    plain = "-".join(p.capitalize() for p in word.split("-")) if is_shouted else word
    try:
        made = _rules()[0].make(part, gender, Case.DATIVE, plain)
    except (KeyError, ValueError, IndexError):
        return word
    return made.upper() if is_shouted else made


def may_be_the_same_name(nominative: str, declined: str) -> bool:
    """Whether one can be a form of the other: as many words, each beginning alike.

    A correction of the form is the person's own; another name is not a form.
    """
    before, after = nominative.split(), declined.split()
    if len(before) != len(after):
        return False
    return all(
        _common(one.lower(), other.lower()) >= max(1, len(one) // 2) and len(other) <= len(one) + 4
        for one, other in zip(before, after, strict=True)
    )


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one.replace("ё", "е"), other.replace("ё", "е"), strict=False):
        if a != b:
            break
        length += 1
    return length
