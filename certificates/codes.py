"""Verification codes: what stands on paper under the QR code and can be typed in.

Eleven random characters of 31 (54 bits: to hit one of a million certificates takes about
2.5 × 10¹⁰ tries) and one check character. Pure, without Django.

The check character makes the weighted sum of all values divisible by 31: position ``i`` has the
weight ``i + 1``. A single wrong character changes the sum by ``weight × difference``; weights are
1..12 and differences lie within ±30 as long as only the first 31 letters of the alphabet are used,
so the change is never divisible by the prime 31. The same holds when two neighbours swap places.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""Crockford's letters without the last, Z: 31 of them, a prime number."""
LENGTH = 12
_BASE = len(ALPHABET)
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


class MalformedCode(ValueError):
    """It cannot be a code: wrong length, a foreign character, or a typing mistake."""


def _weighted_sum(letters: str) -> int:
    return sum((place + 1) * _VALUES[letter] for place, letter in enumerate(letters))


def new_code() -> str:
    """A fresh random code without separators."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    # 12 × check ≡ −sum (mod 31); 12 has an inverse because 31 is prime.
    check = -_weighted_sum(body) * pow(LENGTH, -1, _BASE) % _BASE
    return body + ALPHABET[check]


def read_code(text: str) -> str:
    """The code that a person typed, without separators.

    Forgives case, spaces, dashes and the letters that look like digits. Raises MalformedCode.
    """
    letters = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(letters) != LENGTH or any(letter not in _VALUES for letter in letters):
        raise MalformedCode(text)
    if _weighted_sum(letters) % _BASE:
        raise MalformedCode(text)
    return letters


def grouped(code: str) -> str:
    """``ABCDEFGHJKMN`` as ``ABCD-EFGH-JKMN``: how a code is printed."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))
