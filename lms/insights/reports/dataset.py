"""The answers of a programme as arrays, one row a person: what a report is computed from. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lms.insights.reports import freezing
from lms.insights.reports.freezing import States

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WAVES = ("pre", "post", "pre_again", "follow_up", "then")
BEFORE = "before"
"""The last time before the course: ``pre_again`` of those who waited, else ``pre``."""
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
class ItemFacts:
    """``options``: value and words of what may be chosen; ``parts``: values an answer has."""

    code: str
    text: str
    scale: str
    kind: str
    parts: int
    options: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class SheetAnswers:
    """One form before the course: what was chosen, and what it earned.

    ``values``: people × values as chosen; ``points``: scale → people × its items.
    """

    form: str
    people: Ints
    values: Floats
    points: Mapping[str, Floats]
    facts: tuple[ItemFacts, ...]

    def of_scales(self, scales: Set[str]) -> SheetAnswers:
        """Only the items of some scales."""
        places: list[int] = []
        facts, place = [], 0
        for fact in self.facts:
            if fact.scale in scales:
                facts.append(fact)
                places += range(place, place + fact.parts)
            place += fact.parts
        points = {scale: found for scale, found in self.points.items() if scale in scales}
        return replace(
            self,
            values=self.values[:, np.array(places, dtype=np.int64)],
            points=points,
            facts=tuple(facts),
        )

    def among(self, people: Ints) -> SheetAnswers:
        keep = np.isin(self.people, people)
        if keep.all():
            return self
        points = {scale: found[keep] for scale, found in self.points.items()}
        return replace(self, people=self.people[keep], values=self.values[keep], points=points)


@dataclass(frozen=True)
class Dataset:
    """``people``: ids of enrolments, ascending; every array has a row for each of them.

    ``scores``: wave → people × scales, in points of the scale; NaN where there is none.
    ``yardsticks``: wave → mean of the items that are asked again looking back. ``flagged``: shows
    two signs of careless answering. ``sheets``: single answers before the course, of each form.
    """

    people: Ints
    regions: Ints
    scales: tuple[ScaleFacts, ...]
    scores: Mapping[str, Floats]
    yardsticks: Mapping[str, Floats]
    answered: Mapping[str, Bools]
    flagged: Bools
    sheets: tuple[SheetAnswers, ...]
    windows: Mapping[str, tuple[str, str]]
    known_bits: Ints | None = None
    """``bits``, where they are known already."""

    @cached_property
    def bits(self) -> Ints:
        """Which waves each person answered, and which of their scores are whole (``freezing``)."""
        if self.known_bits is not None:
            return self.known_bits
        whole = {wave: np.isfinite(found) for wave, found in self.scores.items()}
        whole[BEFORE] = np.isfinite(self.before)
        both = whole[BEFORE] & whole["post"]
        marks: dict[int, Bools] = {1 << n: self.answered[wave] for n, wave in enumerate(WAVES)}
        for bit, wave in zip(
            (freezing.SCORED_PRE, freezing.SCORED_POST, freezing.SCORED_AGAIN,
             freezing.SCORED_LATER, freezing.SCORED_FIRST),
            (BEFORE, "post", "pre_again", "follow_up", "pre"),
            strict=True,
        ):  # fmt: skip
            marks[bit] = _all_of(whole[wave], self._parts("self_report", "target"))
        marks[freezing.JUDGED] = _all_of(both, self._parts("judgement", "target"))
        marks[freezing.CONTROL] = _all_of(both, self._parts("self_report", "control"))
        sticks = [np.isfinite(self.yardstick(wave)) for wave in (BEFORE, "then", "post")]
        marks[freezing.YARDSTICK] = sticks[0] & sticks[1] & sticks[2]
        marks[freezing.CARELESS] = self.flagged
        bits = np.zeros(len(self.people), dtype=np.int64)
        for bit, has in marks.items():
            bits |= np.where(has, bit, 0)
        for number in range(len(self.scales)):
            bits |= np.where(both[:, number], freezing.scale_group(number)[0], 0)
        return bits

    @cached_property
    def before(self) -> Floats:
        """Scores the last time before the course."""
        has_waited = self.answered["pre_again"]
        if not has_waited.any():
            return self.scores["pre"]
        return np.where(has_waited[:, None], self.scores["pre_again"], self.scores["pre"])

    def yardstick(self, wave: str) -> Floats:
        if wave != BEFORE:
            return self.yardsticks[wave]
        return np.where(
            self.answered["pre_again"], self.yardsticks["pre_again"], self.yardsticks["pre"]
        )

    def without_waves(self, waves: Mapping[str, Ints]) -> Dataset:
        """Wave → people whose answers at that wave do not count."""
        gone = {wave: np.isin(self.people, people) for wave, people in waves.items()}
        if not any(found.any() for found in gone.values()):
            return self
        scores, yardsticks, answered = dict(self.scores), dict(self.yardsticks), dict(self.answered)
        for wave, found in gone.items():
            scores[wave] = np.where(found[:, None], np.nan, scores[wave])
            yardsticks[wave] = np.where(found, np.nan, yardsticks[wave])
            answered[wave] = answered[wave] & ~found
        began = self.people[answered["pre"]]
        return replace(
            self,
            scores=scores,
            yardsticks=yardsticks,
            answered=answered,
            sheets=tuple(sheet.among(began) for sheet in self.sheets),
            known_bits=None,
        )

    def states(self) -> States:
        return States(self.people, self.regions, self.bits)

    def limited(self, states: States) -> Dataset:
        """Only people among ``states``, each with no more waves than their bits allow.

        Whether somebody answered carelessly depends on all others, so it is frozen with them.
        """
        _regions, allowed = states.at(self.people)
        if (allowed == self.bits).all():
            return self
        kept = self.of_people(allowed > 0)
        allowed = allowed[allowed > 0]
        scores, yardsticks, answered = {}, {}, {}
        for number, wave in enumerate(WAVES):
            may = (allowed >> number & 1).astype(bool)
            scores[wave] = np.where(may[:, None], kept.scores[wave], np.nan)
            yardsticks[wave] = np.where(may, kept.yardsticks[wave], np.nan)
            answered[wave] = kept.answered[wave] & may
        return replace(
            kept,
            scores=scores,
            yardsticks=yardsticks,
            answered=answered,
            flagged=(allowed & freezing.CARELESS).astype(bool),
            known_bits=None,
        )

    def of_regions(self, regions: frozenset[int]) -> Dataset:
        """Without the single answers, which only the whole is asked for."""
        keep = np.isin(self.regions, list(regions))
        return self if keep.all() else self.of_people(keep)

    def by_region(self) -> Iterator[tuple[int, Dataset]]:
        """Each region with its people, without the single answers."""
        ordered = replace(self.of_people(np.argsort(self.regions, kind="stable")), sheets=())
        regions, starts = np.unique(ordered.regions, return_index=True)
        ends = np.append(starts, len(self.people))[1:]
        for region, start, end in zip(regions.tolist(), starts, ends, strict=True):
            yield region, ordered.of_people(slice(start, end))

    def pooled_sheets(self) -> tuple[SheetAnswers, ...]:
        """Items that stand in every form as one sheet without a name, then what each form adds."""
        sheets = sorted(self.sheets, key=lambda sheet: sheet.form)
        if len(sheets) < 2:
            return tuple(sheets)
        codes = [
            {scale: [f.code for f in sheet.facts if f.scale == scale] for scale in sheet.points}
            for sheet in sheets
        ]
        shared = {
            scale
            for scale, items in codes[0].items()
            if all(other.get(scale) == items for other in codes[1:])
        }
        parts = [sheet.of_scales(shared) for sheet in sheets]
        whole = SheetAnswers(
            form="",
            people=np.concatenate([part.people for part in parts]),
            values=np.vstack([part.values for part in parts]),
            points={scale: np.vstack([part.points[scale] for part in parts]) for scale in shared},
            facts=parts[0].facts,
        )
        return (whole, *(sheet.of_scales(sheet.points.keys() - shared) for sheet in sheets))

    def with_sheets_of_its_people(self) -> Dataset:
        return replace(self, sheets=tuple(sheet.among(self.people) for sheet in self.sheets))

    def of_people(self, keep: Bools | Ints | slice) -> Dataset:
        return replace(
            self,
            people=self.people[keep],
            regions=self.regions[keep],
            scores={wave: found[keep] for wave, found in self.scores.items()},
            yardsticks={wave: found[keep] for wave, found in self.yardsticks.items()},
            answered={wave: found[keep] for wave, found in self.answered.items()},
            flagged=self.flagged[keep],
            known_bits=self.bits[keep],
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
        """Scores of a scale as points of 100 of its span. wave: one of ``WAVES``, or BEFORE."""
        scale = self.scales[number]
        scores = self.before if wave == BEFORE else self.scores[wave]
        return (scores[:, number] - scale.low) * (100 / (scale.high - scale.low))

    def composite(self, wave: str, strand: str, *, role: str = "target") -> Floats | None:
        """Mean of the scales of a strand in points of 100 where all have a score; None without any.

        Of the trained scales, only those of which more is better: as an attempt's totals.
        """
        numbers = self._parts(strand, role)
        if not numbers:
            return None
        return np.mean([self.percent(wave, number) for number in numbers], axis=0)

    def _parts(self, strand: str, role: str) -> list[int]:
        """Places of the scales of a composite."""
        return [
            number
            for number, scale in enumerate(self.scales)
            if scale.strand == strand and scale.role == role and scale.higher_is_better
        ]


def _all_of(whole: Bools, numbers: list[int]) -> Bools:
    """Who has all of these scales; nobody, where there are none."""
    found: Bools = np.logical_and.reduce(whole[:, numbers], axis=1)
    return found & bool(numbers)
