"""Telephone numbers in one spelling (E.164, ITU-T 2010), however people write them. Pure."""

from __future__ import annotations

import re

LONGEST_SPELLING = 40
_BETWEEN = re.compile(r"[\s().\-\u2010-\u2015]+")
_LABEL = re.compile(r"(?:тел(?:ефон)?|моб|сот)[.:\s]*", re.IGNORECASE)
_RUSSIAN = re.compile(r"(?:\+7|7|8|\+8(?=9))?([3489][0-9]{9})", re.ASCII)
"""«+8 9…» is written by mistake often, and no country has +89."""
_INTERNATIONAL = re.compile(r"\+(?:7[67][0-9]{9}|[1-689][0-9]{7,14})", re.ASCII)
"""+7 with 6 or 7 is Kazakhstan; every other number with +7 is Russian."""


class NotAPhone(ValueError):
    """The text is no telephone number, or more than one."""


def normalised_phone(text: str) -> str:
    """«8 (912) 345-67-89» → «+79123456789»; numbers of other countries begin with «+».

    Without «+» a number is Russian: ten digits, or eleven with 7 or 8 before them.
    Raises NotAPhone.
    """
    said = text.strip().removeprefix("'")  # as spreadsheets mark what is no formula
    if label := _LABEL.match(said):
        said = said[label.end() :]
    signs = _BETWEEN.sub("", said)
    if russian := _RUSSIAN.fullmatch(signs):
        return f"+7{russian[1]}"
    if _INTERNATIONAL.fullmatch(signs):
        return signs
    raise NotAPhone(text)
