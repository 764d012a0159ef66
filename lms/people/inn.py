"""The taxpayer number (ИНН) of an organisation. Pure, without Django.

Ten digits of a company or twelve of an entrepreneur; the last one or two are check digits: a
weighted sum of those before, modulo 11, modulo 10, as the Federal Tax Service counts them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
"""Of the eleven digits before the last of twelve; the numbers of other lengths use their end."""


class NotAnInn(ValueError):
    """The text is no taxpayer number."""


class WrongLength(NotAnInn):
    """It is not ten or twelve digits."""


class WrongCheckDigits(NotAnInn):
    """The check digits do not fit the others: a digit is wrong, or two changed places."""


def checked_inn(text: str) -> str:
    """The number, spaces around it left out; raises WrongLength or WrongCheckDigits."""
    inn = text.strip()
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", inn):
        raise WrongLength(text)
    digits = [int(sign) for sign in inn]
    checked = (9,) if len(digits) == 10 else (10, 11)
    if not any(digits) or any(digits[at] != _check_digit(digits[:at]) for at in checked):
        raise WrongCheckDigits(text)
    return inn


def _check_digit(before: Sequence[int]) -> int:
    weights = _WEIGHTS[-len(before) :]
    total = sum(weight * digit for weight, digit in zip(weights, before, strict=True))
    return total % 11 % 10
