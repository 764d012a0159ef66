"""Ids of commands, for those who need nothing else of the platform."""

from __future__ import annotations

import itertools

_numbers = itertools.count(1)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A fresh id of a command, in the shape of a ULID."""
    number, digits = next(_numbers), ""
    while number:
        number, digit = divmod(number, 32)
        digits = _ALPHABET[digit] + digits
    return digits.rjust(26, "0")
