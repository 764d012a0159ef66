"""The answers of a programme as arrays, one row a person: what a report is computed from. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lms.insights.reports.freezing import States

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WAVES = ("pre", "post", "pre_again", "follow_up", "then")
NO_REGION = 0


@dataclass(frozen=True)
class ScaleFacts:
    code: str
    title: str
    role: str
    strand: str
    higher_is_better: bool
    low: float
    high: float

    @property
    def counts_in_headline(self) -> bool:
        return self.role == "target" and self.higher_is_better


@dataclass(frozen=True)
class Dataset:
    """``people``: ids of enrolments, ascending; every array has a row for each of them.

    ``scores``: wave → people × scales, in points of the scale; NaN where there is none.
    ``yardsticks``: wave → mean of the items that are asked again looking back. ``flagged``: shows
    two signs of careless answering. ``items``: (scale, form) → people × items before the course.
    """

    people: Ints
    regions: Ints
    scales: tuple[ScaleFacts, ...]
    scores: Mapping[str, Floats]
    yardsticks: Mapping[str, Floats]
    answered: Mapping[str, Bools]
    flagged: Bools
    items: Mapping[tuple[str, str], Floats]
    windows: Mapping[str, tuple[str, str]]

    def states(self) -> States:
        """Which waves each person answered, as bits in the order of ``WAVES``."""
        bits = np.zeros(len(self.people), dtype=np.int64)
        for number, wave in enumerate(WAVES):
            bits |= self.answered[wave].astype(np.int64) << number
        return States(self.people, self.regions, bits)

    def limited(self, states: States) -> Dataset:
        """Only people among ``states``, each with no more waves than their bits allow."""
        _regions, allowed = states.at(self.people)
        if (allowed == self.states().bits).all():
            return self
        kept = self.of_people(allowed > 0)
        allowed = allowed[allowed > 0]
        scores, yardsticks, answered = {}, {}, {}
        for number, wave in enumerate(WAVES):
            may = (allowed >> number & 1).astype(bool)
            scores[wave] = np.where(may[:, None], kept.scores[wave], np.nan)
            yardsticks[wave] = np.where(may, kept.yardsticks[wave], np.nan)
            answered[wave] = kept.answered[wave] & may
        return replace(kept, scores=scores, yardsticks=yardsticks, answered=answered)

    def of_regions(self, regions: frozenset[int]) -> Dataset:
        keep = np.isin(self.regions, list(regions))
        return self if keep.all() else self.of_people(keep)

    def of_people(self, keep: Bools) -> Dataset:
        return replace(
            self,
            people=self.people[keep],
            regions=self.regions[keep],
            scores={wave: found[keep] for wave, found in self.scores.items()},
            yardsticks={wave: found[keep] for wave, found in self.yardsticks.items()},
            answered={wave: found[keep] for wave, found in self.answered.items()},
            flagged=self.flagged[keep],
        )

    def fingerprint(self) -> str:
        """SHA-256 over everything that the numbers rest on."""
        digest = hashlib.sha256(repr(self.scales).encode())
        for part in (self.people, self.regions, self.flagged):
            digest.update(part.tobytes())
        for wave in WAVES:
            for array in (self.scores[wave], self.yardsticks[wave], self.answered[wave]):
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def percent(self, wave: str, number: int) -> Floats:
        """Scores of a scale as points of 100 of its span."""
        scale = self.scales[number]
        return (self.scores[wave][:, number] - scale.low) * (100 / (scale.high - scale.low))

    def composite(self, wave: str, strand: str, *, role: str = "target") -> Floats | None:
        """Mean of the scales of a strand in points of 100 where all have a score; None without any.

        Of the trained scales, only those of which more is better: as an attempt's totals.
        """
        numbers = [
            number
            for number, scale in enumerate(self.scales)
            if scale.strand == strand and scale.role == role and scale.higher_is_better
        ]
        if not numbers:
            return None
        return np.mean([self.percent(wave, number) for number in numbers], axis=0)
