"""Who plays with whom: pure, without Django.

People of different organisations first, so that nobody plays a colleague from the next desk while
there is somebody else; nobody waits longer than the time that they were told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SMALLEST = 2


@dataclass(frozen=True)
class Waiting:
    """``key`` names the person; an unknown organisation (None) is nobody's."""

    key: int
    organisation: int | None
    since: datetime


def choose_group(
    queue: Sequence[Waiting], *, size: int, now: datetime, patience: timedelta
) -> list[Waiting]:
    """The group that begins now; empty while it is better to wait.

    A full group begins at once. When the one who has waited longest has waited ``patience``, two
    or more are enough. It always has the one who has waited longest.
    """
    ordered = sorted(queue, key=lambda one: (one.since, one.key))
    if not ordered:
        return []
    is_late = now - ordered[0].since >= patience
    if len(ordered) >= size or (is_late and len(ordered) >= SMALLEST):
        return _mixed(ordered, size)
    return []


def divide(people: Sequence[Waiting], *, size: int) -> list[list[Waiting]]:
    """Everybody in groups of about ``size``, organisations mixed; none smaller than two.

    Of less than two people there are no groups.
    """
    left = sorted(people, key=lambda one: (one.since, one.key))
    groups: list[list[Waiting]] = []
    while len(left) >= SMALLEST:
        # A single one must not be left over: the last groups are a little smaller or larger.
        number = max(1, -(-len(left) // size))
        share = max(SMALLEST, -(-len(left) // number))
        if len(left) - share == 1:
            share = share - 1 if share > SMALLEST else share + 1
        group = _mixed(left, share)
        groups.append(group)
        left = [one for one in left if one not in group]
    return groups


def _mixed(ordered: list[Waiting], size: int) -> list[Waiting]:
    """The first of the queue, then those whose organisations are seen least, then by waiting."""
    chosen, rest = [ordered[0]], ordered[1:]
    while rest and len(chosen) < size:
        known: Counter[int | None] = Counter(
            one.organisation for one in chosen if one.organisation is not None
        )
        best = min(rest, key=lambda one: known[one.organisation])
        chosen.append(best)
        rest.remove(best)
    return chosen
