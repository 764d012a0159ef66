"""The compact vector of one person's answers: a byte for each value, in the order of the sheet.

Pure: numpy, no Django. Made for reading a hundred thousand of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assessments.scoring import UNSCORED_KINDS, KeyedItem, Kind, Values, points

CANNOT_SAY, NOT_APPLICABLE = 255, 254
"""Missing values with their reasons; answers lie below."""
HIGHEST = 250


def pack(values: Iterable[int | None], *, missing: int = CANNOT_SAY) -> bytes:
    """Answers as bytes; None becomes ``missing``, and the two codes above stay as they are.

    Raises ValueError for anything that is neither 0..250 nor one of the codes.
    """
    codes = [missing if value is None else value for value in values]
    for code in codes:
        if not (0 <= code <= HIGHEST or code in (CANNOT_SAY, NOT_APPLICABLE)):
            raise ValueError(f"{code} is neither an answer nor a reason")
    return bytes(codes)


def unpack(vector: bytes) -> list[int | None]:
    """The answers, None where there is none."""
    return [None if code > HIGHEST else code for code in bytes(vector)]


_MEANING = np.where(np.arange(256) > HIGHEST, np.nan, np.arange(256.0))


def table(vectors: bytes, width: int) -> NDArray[np.float64]:
    """People × values, NaN where there is no answer, from all their vectors in a row.

    Columns lie in one piece each, because everything is computed item by item. Raises ValueError
    where the vectors cannot be of sheets of ``width`` values.
    """
    if not width or len(vectors) % width:
        raise ValueError("the vectors are of another sheet")
    codes = np.frombuffer(vectors, dtype=np.uint8).reshape(-1, width)
    return _MEANING[np.ascontiguousarray(codes.T)].T


def by_item(items: Sequence[KeyedItem], values: Sequence[int | None]) -> dict[str, Values]:
    """Item code → the values of its parts, from values in the order of the sheet."""
    found: dict[str, Values] = {}
    place = 0
    for item in items:
        found[item.code] = values[place : place + item.parts]
        place += item.parts
    return found


def points_table(
    items: Sequence[KeyedItem], answers: NDArray[np.float64]
) -> Mapping[str, NDArray[np.float64]]:
    """Scale code → people × its items in points, as ``scoring.points`` gives them.

    answers: people × values, as ``table`` makes it, for the same items.
    """
    columns: dict[str, list[NDArray[np.float64]]] = {}
    place = 0
    for item in items:
        part = answers[:, place : place + item.parts]
        place += item.parts
        if item.kind not in UNSCORED_KINDS:
            columns.setdefault(item.scale, []).append(_points(item, part))
    return {scale: np.array(found).T for scale, found in columns.items()}


def _points(item: KeyedItem, part: NDArray[np.float64]) -> NDArray[np.float64]:
    if item.kind is Kind.RATE_EACH:
        return _rated(item, part)
    if item.kind in (Kind.LABELLED, Kind.SATISFACTION):
        return item.minimum + item.maximum - part[:, 0] if item.is_reversed else part[:, 0]
    # Few distinct answers: each is scored once.
    distinct, place = np.unique(part, axis=0, return_inverse=True)
    won = [points(item, [None if np.isnan(v) else int(v) for v in row]) for row in distinct]
    return np.array([np.nan if found is None else found for found in won])[place.reshape(-1)]


def _rated(item: KeyedItem, part: NDArray[np.float64]) -> NDArray[np.float64]:
    is_keyed = np.array([choice.key is not None for choice in item.choices])
    if not is_keyed.any():
        return np.full(len(part), np.nan)
    keys = np.array([float(c.key) for c in item.choices if c.key is not None])
    won = np.maximum(0.0, 2.0 - np.abs(part[:, is_keyed] - keys)).mean(axis=1)
    is_critical = np.array([choice.is_critical for choice in item.choices])
    middle = (item.minimum + item.maximum) / 2
    won = np.where((part[:, is_critical] > middle).any(axis=1), 0.0, won)
    return np.where(np.isnan(part).any(axis=1), np.nan, won)
