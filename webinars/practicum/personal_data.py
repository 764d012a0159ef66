"""Personal data of real people in what somebody is about to send: pure, without Django.

A practicum is played with invented people. What is caught here has not been sent yet, so a
mistaken warning costs a second; numbers and addresses are never let through, a name may be, if
the writer says that it is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Kind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    SNILS = "snils"
    DOCUMENT = "document"
    NAME = "name"


CERTAIN = frozenset({Kind.PHONE, Kind.EMAIL, Kind.SNILS, Kind.DOCUMENT})

_EMAIL = re.compile(r"[^\s@<>(),;]+\s?@\s?[^\s@<>(),;]+\.[a-zа-яё]{2,}", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[\s\-‑–()]{0,2}\d){9,10}(?!\d)")
_SHORT_PHONE = re.compile(
    r"(?<![\d-])\d{2,3}[-‑–]\d{2}[-‑–]\d{2}(?![-‑–]?\d)|\+\d[\d\s\-()]{8,16}\d"
)
_SNILS = re.compile(r"(?<!\d)\d{3}[-‑–\s]\d{3}[-‑–\s]\d{3}[-‑–\s]?\s?\d{2}(?!\d)")
_ELEVEN = re.compile(r"(?<!\d)\d{11}(?!\d)")
_DOCUMENT = re.compile(r"(?<!\d)(?:\d{2}\s?\d{2}\s?№?\s?\d{6}|(?:\d{4}[\s\-]?){3}\d{4})(?!\d)")

_WORD = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_PATRONYMIC = re.compile(
    r"[А-ЯЁ][а-яё]*(?:[оеё]вич|ьич|[иы]нич|мич|тич|кич|лич)(?:а|у|ем|ом|е)?$"
    r"|[А-ЯЁ][а-яё]*(?:[оеё]вн|ичн|иничн)(?:а|ы|е|у|ой|ою)$"
    r"|(?:оглы|кызы)$"
)
_SURNAME = re.compile(
    r"(?:[оеё]в|[иы]н)(?:а|у|ым|е|ой|ых)?$"
    r"|(?:ск|цк)(?:ий|ого|ому|им|ом|ая|ой|ую)$"
    r"|(?:енко|чук|юк|як|ян|дзе|швили|[ыи]х|ец|ук)$"
)
_NAMES = re.compile(
    r"^(?:Александр|Алексе|Анастаси|Анатоли|Андре|Анн|Антон|Борис|Вадим|Валентин|Валери|Васили|Вер"
    r"|Виктор|Виктори|Витали|Владимир|Вячеслав|Галин|Геннади|Георги|Григори|Дарь|Денис|Дмитри|Евгени"
    r"|Екатерин|Елен|Елизавет|Иван|Игор|Инн|Ирин|Кирилл|Константин|Ксени|Ларис|Лиди|Любов|Людмил"
    r"|Максим|Маргарит|Марин|Мари|Михаил|Надежд|Натали|Наталь|Никит|Никола|Нин|Олег|Ольг|Павел|Павл"
    r"|Пётр|Петр|Полин|Раис|Роман|Светлан|Сергей|Серге|Степан|Тамар|Татьян|Юли|Юри|Ян|Ярослав"
    r")(?:[аяыиеуюйь]|ой|ей|ом|ем|ём|ью|ию|ии|ия|ией)?$"
)
_RUN = re.compile(rf"{_WORD}(?:\s+(?:{_WORD}|оглы|кызы))+")
_INITIALS = re.compile(rf"{_WORD}\s+[А-ЯЁ]\.\s?[А-ЯЁ]\.|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?{_WORD}")
_ENDINGS = (
    r"а|у|ом|ем|ём|е|ы|и|ой|ою|ей|ею|я|ю|ью|ь|й|ым|ого|ому|ая|ую|их|им|ых|ыми|ии|ию|ией|ия|ий|ие"
)
_STEM = 5


def find(text: str, *, invented: str = "") -> list[Kind]:
    """What kinds of personal data ``text`` seems to hold, each once.

    Names made of words that ``invented`` (the scenario) has too are the roles' own. A name with
    patronymic but without a surname is how people address each other, and no personal data.
    """
    found: list[Kind] = []
    if _EMAIL.search(text):
        found.append(Kind.EMAIL)
    if _SNILS.search(text) or any(_is_snils(match.group()) for match in _ELEVEN.finditer(text)):
        found.append(Kind.SNILS)
    elif _has_phone(text):
        found.append(Kind.PHONE)
    elif _DOCUMENT.search(text):
        found.append(Kind.DOCUMENT)
    if _has_full_name(text, _stems(invented)):
        found.append(Kind.NAME)
    return found


def names_somebody(text: str, names: Iterable[str], *, invented: str = "") -> bool:
    """Whether ``text`` holds one of ``names``, in any case of it and with a capital.

    A name that ``invented`` (the scenario) has, too, is the role's own.
    """
    known = [_every_case(name) for full in names for name in re.findall(r"[^\W\d_]{3,}", full)]
    own = [case for case in known if not case.search(invented)]
    return any(case.search(text) for case in own)


def _every_case(name: str) -> re.Pattern[str]:
    """A name in its cases: «Анна», «Анне»; «Павел», «Павла»; but not «Верно» for «Вера»."""
    stem = re.sub(r"[аеиоуыэюяйь]$", "", name.capitalize())
    short = re.sub(r"(?:ий|ый|ой|ая)$", "", name.capitalize())
    stems = {stem, short, re.sub(r"[её]([клмнрц])$", r"\1", stem)}
    either = "|".join(re.sub("[её]", "[её]", re.escape(one)) for one in sorted(stems))
    return re.compile(rf"(?<!\w)(?:{either})(?:{_ENDINGS})?(?!\w)")


def _has_phone(text: str) -> bool:
    """Eleven digits from 7 or 8 on, ten from 9 on, or a short number with hyphens."""
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if digits[0] in ("78" if len(digits) == 11 else "9"):
            return True
    return bool(_SHORT_PHONE.search(text))


def _is_snils(digits: str) -> bool:
    """The control number of the pension fund's insurance number (its rule for 9 digits + 2)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    return total % 101 % 100 == int(digits[9:]) and int(digits[:9]) > 1_001_998


def _has_full_name(text: str, invented: frozenset[str]) -> bool:
    for match in _INITIALS.finditer(text):
        if not _stems(match.group()) <= invented:
            return True
    for match in _RUN.finditer(text):
        words = match.group().split()
        if _begins_sentence(text, match.start()) and not _may_be_name(words[0]):
            words = words[1:]
        unknown = [word for word in words if not _stems(word) <= invented]
        if unknown and _is_full_name(words):
            return True
    return False


def _is_full_name(words: list[str]) -> bool:
    """Three words with a patronymic, or a surname with a common given name."""
    if len(words) >= 3 and any(_PATRONYMIC.search(word) for word in words):
        return True
    has_surname = any(_is_surname(word) for word in words)
    return len(words) >= 2 and has_surname and any(_NAMES.match(word) for word in words)


def _is_surname(word: str) -> bool:
    return bool(_SURNAME.search(word) and not _PATRONYMIC.search(word) and not _NAMES.match(word))


def _may_be_name(word: str) -> bool:
    return bool(_SURNAME.search(word) or _PATRONYMIC.search(word) or _NAMES.match(word))


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" «\"'(—-\n")
    return not before or before[-1] in ".!?…:"


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[а-яё]{2,}", text.lower())
    return frozenset(word[:_STEM] for word in words)
