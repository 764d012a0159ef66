"""Which people a new report may take in, so that it cannot be subtracted from the last one. Pure.

Two reports of one group differ by the people who came or left between them. Were it one person,
the difference would be that person's answers. So a region moves on only as a whole, and only when
every group that its last report showed has changed by nobody or by at least ten people. Until then
its newcomers wait. If somebody has left (erased answers, withdrew consent) and the others are too
few to cover it, the last report stands as it is: it can neither be computed with nor without them.
The same holds for the programme. It is the sum of the regions with at least ten pairs, and each of
its estimates the sum of the regions with at least ten people in the very group of that estimate:
people of smaller regions are in no total, so no total gives them away.

An estimate is about people whose scores are whole, fewer than those who answered. So it is a group
of its own, with a bit of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Group = tuple[int, int]
"""Bits that a member has, and bits that a member lacks."""

PRE, POST, PRE_AGAIN, FOLLOW_UP, THEN = (1 << number for number in range(5))
WAVE_BITS = PRE | POST | PRE_AGAIN | FOLLOW_UP | THEN
"""Which waves a person has answered: the other bits follow from these answers."""
SCORED_PRE, SCORED_POST, SCORED_AGAIN, SCORED_LATER = (1 << number for number in range(5, 9))
"""All trained scales of self-report have a score at that wave; PRE: the last time before the
course, which for those who waited is PRE_AGAIN."""
JUDGED, CONTROL, YARDSTICK, CARELESS, SCORED_FIRST = (1 << number for number in range(9, 14))
"""Judgement, the untrained scales (both before and after), the yardstick (with looking back) are
whole; two signs of careless answering; a score at the first time before the course."""
FIRST_SCALE, MOST_SCALES = 14, 49
"""From this bit on, for each scale: it has a score before and after."""

COUNTED: dict[str, Group] = {
    "before": (PRE, 0),
    "pairs": (PRE | POST, 0),
    "lost": (PRE, POST),
    "waiting": (PRE | PRE_AGAIN, 0),
    "followed": (PRE | FOLLOW_UP, 0),
    "looked_back": (PRE | POST | THEN, 0),
}
"""Groups of which a report tells the size."""
ESTIMATED: dict[str, Group] = {
    "headline": (SCORED_PRE | SCORED_POST, 0),
    "careful": (SCORED_PRE | SCORED_POST, CARELESS),
    "contrast": (SCORED_PRE | SCORED_POST | CONTROL, 0),
    "trained": (SCORED_PRE | SCORED_POST, PRE_AGAIN),
    "waited": (SCORED_FIRST | SCORED_AGAIN, 0),
    "followed_up": (SCORED_PRE | SCORED_LATER, 0),
    "judged": (JUDGED, 0),
    "judged_carefully": (JUDGED, CARELESS),
    "shifted": (YARDSTICK, 0),
}
"""Groups of which a report tells a mean."""
GROUPS = COUNTED | ESTIMATED
NOWHERE = -1


def is_member(bits: Ints, group: Group) -> Bools:
    has, lacks = group
    return (bits & (has | lacks)) == has


def scale_group(number: int) -> Group:
    """Who has a score before and after on a scale, by its place; scales above the most are one."""
    return 1 << FIRST_SCALE + min(number, MOST_SCALES - 1), 0


def _scale_groups(*bits: Ints) -> list[Group]:
    """The groups of those scales on which anybody has a score."""
    present = int(np.bitwise_or.reduce(np.concatenate(bits))) if any(map(len, bits)) else 0
    return [
        scale_group(number) for number in range(MOST_SCALES) if present & scale_group(number)[0]
    ]


class MustStand(Exception):
    """The last report has to stand: people left, and too few to hide them."""


@dataclass(frozen=True)
class States:
    """Who answered what: parallel arrays, ``people`` ascending; waves and what is whole as bits."""

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
    if not len(before.people):
        keep = now.bits > 0
        return States(now.people[keep], now.regions[keep], now.bits[keep])
    newcomers = now.people[before.at(now.people)[0] == NOWHERE]
    people = np.sort(np.concatenate([before.people, newcomers]), kind="stable")
    (was_in, had), (is_in, has) = before.at(people), now.at(people)
    telling = _telling_regions((was_in, had), (is_in, has), minimum)
    for region in telling:
        old = np.where(was_in == region, had, 0)
        new = np.where(is_in == region, has, 0)
        if (old & ~new & WAVE_BITS).any():
            raise MustStand
    waits = np.isin(is_in, telling)
    regions, bits = np.where(waits, was_in, is_in), np.where(waits, had, has)
    bits = np.where(waits & (was_in != is_in), 0, bits)
    if _is_telling(States(people, was_in, had), States(people, regions, bits), minimum):
        raise MustStand
    keep = bits > 0
    return States(people[keep], regions[keep], bits[keep])


def published_regions(states: States, *, minimum: int) -> frozenset[int]:
    """Regions with at least ``minimum`` pairs: the ones that are shown and that make the total."""
    in_pairs = states.regions[is_member(states.bits, GROUPS["pairs"])]
    regions, counts = np.unique(in_pairs, return_counts=True)
    return frozenset(regions[(counts >= minimum) & (regions != NOWHERE)].tolist())


def in_large_regions(members: Bools, regions: Ints, *, minimum: int) -> Bools:
    """Members, without those of regions in which there are fewer than ``minimum`` of them."""
    counts = np.bincount(regions[members], minlength=int(regions.max(initial=0)) + 1)
    return members & (counts[regions.clip(0)] >= minimum)


def _telling_regions(old: tuple[Ints, Ints], new: tuple[Ints, Ints], minimum: int) -> list[int]:
    """Regions of which ``_is_telling`` holds, all at once. old, new: regions and bits of people."""
    (was_in, had), (is_in, has) = old, new
    size = int(max(was_in.max(initial=0), is_in.max(initial=0))) + 1
    moved = was_in != is_in
    (differs,) = np.nonzero(moved | (had != has))

    def count(regions: Ints, members: Bools) -> Ints:
        return np.bincount(regions[members & (regions != NOWHERE)], minlength=size)

    found = np.zeros(size, dtype=bool)
    if not len(differs):
        return []
    was_there, is_there, stayed = was_in[differs], is_in[differs], ~moved[differs]
    for group in (*GROUPS.values(), *_scale_groups(had, has)):
        was, is_now = is_member(had[differs], group), is_member(has[differs], group)
        changed = (
            count(was_there, stayed & (was != is_now))
            + count(was_there, ~stayed & was)
            + count(is_there, ~stayed & is_now)
        )
        few = (changed > 0) & (changed < minimum)
        if few.any():
            found |= few & (count(was_in, is_member(had, group)) >= minimum)
    return np.flatnonzero(found).tolist()


def _is_telling(old: States, new: States, minimum: int) -> bool:
    """Whether some group of the programme that was large enough has changed by a few people."""

    def published(states: States) -> Bools:
        return np.isin(states.regions, list(published_regions(states, minimum=minimum)))

    def change(members: tuple[Bools, Bools]) -> bool:
        was, is_now = members
        changed = int(np.count_nonzero(was != is_now))
        return int(np.count_nonzero(was)) >= minimum and 0 < changed < minimum

    waves = [(old, published(old)), (new, published(new))]

    def of(group: Group, *, in_large: bool) -> tuple[Bools, Bools]:
        members = [shown & is_member(states.bits, group) for states, shown in waves]
        if in_large:
            members = [
                in_large_regions(found, states.regions, minimum=minimum)
                for found, (states, _shown) in zip(members, waves, strict=True)
            ]
        return members[0], members[1]

    estimated: Iterable[Group] = (*ESTIMATED.values(), *_scale_groups(old.bits, new.bits))
    return any(change(of(group, in_large=False)) for group in COUNTED.values()) or any(
        change(of(group, in_large=True)) for group in estimated
    )
