"""What must not be told lest it follow by subtraction: between regions, and within one. Pure.

A programme stands beside its regions, so whatever it tells less what they tell is told, too. Means
are safe by construction: a programme's group is made of the regions that have at least ten people
in that very group, so nothing is left over. Counts are safe by complementary suppression
(Willenborg and de Waal 2001, chapter 3): what is hidden in a column of regions is hidden in two
regions at least and adds up to no less than a cell that may be shown; where that cannot be had, the
programme's own number is hidden instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from assessments.psychometrics import suppress
from lms.insights.reports.dataset import Bools, Ints
from lms.insights.reports.freezing import in_large_regions

SMALLEST_MEAN = 10
SMALLEST_SHARE = 30
SMALLEST_COUNT = 5

MIDDLE = "unchanged"
"""Hidden beside any other category: the least telling of them."""
Categories = Mapping[str, int]


@dataclass(frozen=True)
class Hidden:
    """Names of numbers of one report that are not told."""

    flow: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HiddenEverywhere:
    programme: Hidden
    regions: Mapping[int, Hidden]

    def of(self, region: int) -> Hidden:
        return self.regions.get(region, Hidden())


def hidden_everywhere(
    flows: Mapping[int, Mapping[str, int]], categories: Mapping[int, Categories]
) -> HiddenEverywhere:
    """What to hide in the reports of regions, and in that of the programme that they add up to.

    flows: region → name of a count → the smallest number that it gives away (the people counted, or
    those whom it leaves over beside its neighbour). categories: of regions that tell of them.
    """
    programme: set[str] = set()
    regions: dict[int, set[str]] = {region: set() for region in flows}
    for name in sorted({name for counts in flows.values() for name in counts}):
        found = suppress(
            {region: counts[name] for region, counts in flows.items() if name in counts},
            minimum=SMALLEST_COUNT,
            publish_total=True,
        )
        if found.total is None:
            programme.add(name)
        for region in (*found.primary, *found.complementary):
            regions[region].add(name)  # type: ignore[index]
    of_programme, of_regions = hidden_categories(categories)
    return HiddenEverywhere(
        Hidden(frozenset(programme), of_programme),
        {
            region: Hidden(frozenset(names), of_regions.get(region, frozenset()))
            for region, names in regions.items()
        },
    )


def hidden_categories(
    table: Mapping[int, Categories],
) -> tuple[frozenset[str], dict[int, frozenset[str]]]:
    """Categories to hide in the programme, and in each region.

    The people of a region are known as a sum, and so are those of a category over all regions.
    """
    if not table:
        return frozenset(), {}
    names = list(next(iter(table.values())))
    whole = {name: sum(counts[name] for counts in table.values()) for name in names}
    hidden = {region: _in_one_row(counts) for region, counts in table.items()}
    of_programme = _in_one_row(whole)
    while True:
        gap = next(_gaps(table, hidden, of_programme, names), None)
        if gap is None:
            return of_programme, hidden
        others = [
            region for region in table if gap not in hidden[region] and table[region][gap] > 0
        ]
        if not others:
            of_programme = _in_one_row(whole, of_programme | {gap})
            continue
        chosen = min(others, key=lambda region: (table[region][gap], region))
        hidden[chosen] = _in_one_row(table[chosen], hidden[chosen] | {gap})


def _in_one_row(counts: Categories, hidden: frozenset[str] = frozenset()) -> frozenset[str]:
    """``hidden`` and the small ones, with enough beside them; the sum of the row is known."""
    hidden |= {name for name, count in counts.items() if 0 < count < SMALLEST_COUNT}
    if not hidden:
        return hidden
    hidden |= {MIDDLE}
    is_enough = len(hidden) > 1 and sum(counts[name] for name in hidden) >= SMALLEST_COUNT
    return hidden if is_enough else frozenset(counts)


def _gaps(
    table: Mapping[int, Categories],
    hidden: Mapping[int, frozenset[str]],
    of_programme: frozenset[str],
    names: list[str],
) -> Iterator[str]:
    """Categories whose hidden cells follow from the programme's number too closely."""
    for name in names:
        inside = [region for region in table if name in hidden[region]]
        if name in of_programme or not inside:
            continue
        if len(inside) < 2 or sum(table[region][name] for region in inside) < SMALLEST_COUNT:
            yield name


# --- Means: groups of people ------------------------------------------------------------------
def told(members: Bools, regions: Ints, *, minimum: int = SMALLEST_MEAN) -> Bools:
    """Those of ``members`` of whom a mean may be told: of regions with enough of them."""
    return in_large_regions(members, regions, minimum=minimum)


def _is_alike(first: Bools, second: Bools, regions: Ints) -> Bools:
    """Whose region has the same people in both groups, or many who are in one of them only.

    Else the two means, of the same scores, would tell of the few.
    """
    size = int(regions.max(initial=0)) + 1
    apart = np.bincount(regions[first ^ second], minlength=size)
    return ((apart == 0) | (apart >= SMALLEST_MEAN))[regions]


def is_told_beside(first: Bools, second: Bools, regions: Ints) -> bool:
    """Whether both groups may show a mean of the same scores.

    Regions where they are almost alike do not: so the programme does only if these regions have
    nobody, or many together, who are in one of the groups only.
    """
    few = int(((first ^ second) & ~_is_alike(first, second, regions)).sum())
    return few == 0 or few >= SMALLEST_MEAN


def is_told_of_some(some: Bools, members: Bools, regions: Ints) -> bool:
    """Whether a programme may tell of ``some`` of its ``members`` apart from the rest.

    Regions tell of them from ten on, where ten others are beside them; of the regions that do not,
    the some and the others must be nobody, or ten together.
    """
    some = some & members
    rest = told(members & ~some, regions)
    is_told_there = np.isin(regions, regions[told(some, regions)]) & np.isin(regions, regions[rest])
    left = [int((part & ~is_told_there).sum()) for part in (some, members & ~some)]
    return int(some.sum()) >= SMALLEST_MEAN and not any(0 < n < SMALLEST_MEAN for n in left)
