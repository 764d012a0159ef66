"""Which people a new report may take in, so that it cannot be subtracted from the last one. Pure.

Two reports of one group differ by the people who came or left between them. Were it one person,
the difference would be that person's answers. So a region moves on only as a whole, and only when
every group that its last report showed has changed by nobody or by at least ten people. Until then
its newcomers wait. If somebody has left (erased answers, withdrew consent) and the others are too
few to cover it, the last report stands as it is: it can neither be computed with nor without them.
The same holds for the programme, which is the sum of the regions with at least ten pairs: people of
smaller regions are in no total, so no total gives them away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

PRE, POST, PRE_AGAIN, FOLLOW_UP, THEN = (1 << number for number in range(5))
GROUPS = {
    "before": (PRE, 0),
    "pairs": (PRE | POST, 0),
    "lost": (PRE, POST),
    "waiting": (PRE | PRE_AGAIN, 0),
    "followed": (PRE | FOLLOW_UP, 0),
    "looked_back": (PRE | POST | THEN, 0),
}
"""Groups that a report shows: waves that a member has answered, and waves that they have not."""

_MEMBERSHIP = {
    name: np.array([bits & has == has and not bits & lacks for bits in range(32)])
    for name, (has, lacks) in GROUPS.items()
}
NOWHERE = -1


class MustStand(Exception):
    """The last report has to stand: people left, and too few to hide them."""


@dataclass(frozen=True)
class States:
    """Who answered what: parallel arrays, ``people`` ascending; waves as bits."""

    people: Ints
    regions: Ints
    bits: Ints

    @classmethod
    def nobody(cls) -> States:
        return cls(*(np.empty(0, dtype=np.int64) for _ in range(3)))

    def at(self, people: Ints) -> tuple[Ints, Ints]:
        """Regions and bits of ``people``; NOWHERE and 0 for those who are not here."""
        if not len(self.people):
            return np.full(len(people), NOWHERE), np.zeros(len(people), dtype=np.int64)
        places = np.searchsorted(self.people, people).clip(max=len(self.people) - 1)
        is_here = self.people[places] == people
        return (
            np.where(is_here, self.regions[places], NOWHERE),
            np.where(is_here, self.bits[places], 0),
        )


def settle(before: States, now: States, *, minimum: int) -> States:
    """The people and waves for the next report. Raises MustStand.

    ``before``: what the last report was made of (nobody for the first). ``now``: what is there.
    """
    people = np.union1d(before.people, now.people)
    (was_in, had), (is_in, has) = before.at(people), now.at(people)
    telling: list[int] = []
    for region in np.union1d(was_in, is_in).tolist():
        old = np.where(was_in == region, had, 0)
        new = np.where(is_in == region, has, 0)
        if region != NOWHERE and _is_telling(old, new, minimum):
            if (old & ~new).any():
                raise MustStand
            telling.append(region)
    waits = np.isin(is_in, telling)
    regions, bits = np.where(waits, was_in, is_in), np.where(waits, had, has)
    bits = np.where(waits & (was_in != is_in), 0, bits)
    old = _of_published(States(people, was_in, had), minimum)
    new = _of_published(States(people, regions, bits), minimum)
    if _is_telling(old, new, minimum):
        raise MustStand
    keep = bits > 0
    return States(people[keep], regions[keep], bits[keep])


def published_regions(states: States, *, minimum: int) -> frozenset[int]:
    """Regions with at least ``minimum`` pairs: the ones that are shown and that make the total."""
    in_pairs = states.regions[_MEMBERSHIP["pairs"][states.bits]]
    regions, counts = np.unique(in_pairs, return_counts=True)
    return frozenset(regions[(counts >= minimum) & (regions != NOWHERE)].tolist())


def _of_published(states: States, minimum: int) -> Ints:
    """Bits of the people of published regions, 0 for the others."""
    regions = list(published_regions(states, minimum=minimum))
    return np.where(np.isin(states.regions, regions), states.bits, 0)


def _is_telling(old: Ints, new: Ints, minimum: int) -> bool:
    """Whether some group that was large enough to be shown has changed by a few people."""
    for members in _MEMBERSHIP.values():
        was, is_now = members[old], members[new]
        if np.count_nonzero(was) >= minimum and 0 < np.count_nonzero(was != is_now) < minimum:
            return True
    return False
