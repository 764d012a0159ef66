"""The observer strand: people as specialists in their first and in their last round. Pure.

It is frozen like the answers (see ``freezing``): a region's people move on only when nobody or at
least ten of them have another first or last round. Rounds themselves never change, so the last
report's numbers can be had again. If somebody of them is gone, the region is shown no more until
ten or more differ from those who were shown last: they are remembered, not told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assessments.psychometrics import rater_reliability
from lms.insights.reports.content import (
    ENOUGH_TARGETS,
    SMALLEST_MEAN,
    Observed,
    estimate_of,
)

Places = dict[int, tuple[int, int, int]]
"""Person → region, key of the first round, key of the last; the same key for a single round."""

RATERS = 2
"""Observers of a round whose agreement is measured; a group of four has two."""


@dataclass(frozen=True)
class Rounds:
    """``scores``: key of a round → a mean from each observer, in points of 100.

    ``hidden``: whom the last report that told of their region was made of, while it is not told.
    """

    places: Places
    scores: dict[int, tuple[float, ...]]
    hidden: Places = field(default_factory=dict)

    @classmethod
    def of(cls, rounds: Iterable[tuple[int, int, int, tuple[float, ...]]]) -> Rounds:
        """From (person, region, key, scores); keys grow with time. Only people with two rounds."""
        keys: dict[tuple[int, int], list[int]] = {}
        scores = {}
        for person, region, key, seen in rounds:
            keys.setdefault((person, region), []).append(key)
            scores[key] = seen
        return cls(
            {
                person: (region, min(found), max(found))
                for (person, region), found in keys.items()
                if len(found) > 1
            },
            scores,
        )

    def packed(self) -> NDArray[np.int64]:
        """People, regions, first and last keys: four rows of numbers; of hidden people, too."""
        rows = [(person, *place) for person, place in sorted((self.hidden | self.places).items())]
        return np.array(rows, dtype="<i8").reshape(-1, 4).T

    def of_region(self, region: int) -> Places:
        return {person: place for person, place in self.places.items() if place[0] == region}


def places_from(packed: bytes) -> Places:
    table = np.frombuffer(packed, dtype="<i8").reshape(4, -1).T
    return {int(person): (int(r), int(a), int(b)) for person, r, a, b in table}


def settle_rounds(before: Places, now: Rounds, *, minimum: int) -> Rounds:
    """The people and rounds for the next report, from regions with at least ``minimum`` of them.

    before: all of whom the last one kept a record, hidden ones as well.
    """
    kept: Places = {}
    hidden: Places = {}
    last = Rounds(before, {})
    for region in {place[0] for place in (*before.values(), *now.places.values())}:
        old, new = last.of_region(region), now.of_region(region)
        changed = sum(old.get(person) != new.get(person) for person in old.keys() | new.keys())
        if len(old) >= minimum and 0 < changed < minimum:
            is_whole = all(
                person in now.places and key in now.scores
                for person, (_region, *keys) in old.items()
                for key in keys
            )
            if not is_whole:
                hidden |= old
            new = old if is_whole else {}
        if len(new) >= minimum:
            kept |= new
    return Rounds(kept, now.scores, hidden)


def observed_of(rounds: Rounds, *, region: int | None = None) -> Observed | None:
    """The strand of the whole programme, or of one region; None below ten people.

    Agreement is that of the whole programme, ICC(2,1) and ICC(2,k) of the first two observers of
    each round (Shrout & Fleiss 1979), from thirty rounds on.
    """
    places = rounds.places if region is None else rounds.of_region(region)
    if len(places) < SMALLEST_MEAN:
        return None
    pairs = np.array(
        [
            [np.mean(rounds.scores[first]), np.mean(rounds.scores[last])]
            for _region, first, last in places.values()
        ]
    )
    keys = sorted({key for _region, *both in rounds.places.values() for key in both})
    doubly = [rounds.scores[key][:RATERS] for key in keys if len(rounds.scores[key]) >= RATERS]
    estimate = estimate_of(pairs[:, 0], pairs[:, 1])
    if len(doubly) < ENOUGH_TARGETS:
        return Observed(estimate)
    found = rater_reliability(doubly)
    return Observed(
        estimate,
        rounds=found.n,
        single=found.single,
        single_interval=found.single_ci,
        together=found.mean,
        together_interval=found.mean_ci,
    )
