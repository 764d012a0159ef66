"""How the questions of an instrument work: for those who write them. Pure.

Part of the frozen snapshot, over the whole programme: single answers of a cohort would tell of
people, and a page that changed with each answer would tell of the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assessments.psychometrics import ancova_gain, longstring, suppress
from assessments.psychometrics.values import TINY, complete
from lms.insights.reports.content import SMALLEST_COUNT, SMALLEST_MEAN, SMALLEST_SHARE, Interval
from lms.insights.reports.dataset import Dataset, Floats, ItemFacts, SheetAnswers

WEAK = 0.30
"""Correlation with the rest of the scale below which an item is looked at (evidence, 2.3)."""
CEILING = 0.40
"""Share of people at the highest score above which an item is too easy."""
LONG_RUN = 0.75


@dataclass(frozen=True)
class ItemLine:
    """``easiness``: mean score in points of 100; ``rest``: correlation with the rest of its scale;
    ``at_top``: share with the highest score. None below ten people (shares: thirty).
    """

    code: str
    form: str
    scale: str
    text: str
    n: int
    easiness: float | None
    rest: float | None
    at_top: float | None

    @property
    def is_weak(self) -> bool:
        return self.rest is not None and self.rest < WEAK

    @property
    def is_too_easy(self) -> bool:
        return self.at_top is not None and self.at_top > CEILING


@dataclass(frozen=True)
class Choices:
    """How often each option was chosen in one part of an item; None where few chose it."""

    code: str
    form: str
    kind: str
    part: int
    n: int
    shares: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True)
class FormPair:
    """The two forms before the course, in points of 100; people are assigned to them by a draw."""

    title: str
    n_a: int
    n_b: int
    mean_a: float
    mean_b: float
    difference: float
    interval: Interval | None


@dataclass(frozen=True)
class ItemAnalysis:
    """``flagged``: two signs of careless answering or more; ``long_runs``: one answer in a row."""

    lines: tuple[ItemLine, ...]
    choices: tuple[Choices, ...]
    forms: tuple[FormPair, ...]
    people: int
    flagged: int | None
    long_runs: int | None


def items_of(data: Dataset) -> ItemAnalysis:
    """Everything about single items, before the course, over the people of ``data``."""
    lines, choices, runs = [], [], 0
    spans = {scale.code: (scale.title, scale.low, scale.high) for scale in data.scales}
    for sheet in data.pooled_sheets():
        lines += list(_lines(sheet, spans))
        choices += list(_choices(sheet))
    for sheet in data.sheets:
        runs += _long_runs(sheet)
    people = int(data.answered["pre"].sum())
    return ItemAnalysis(
        lines=tuple(lines),
        choices=tuple(choices),
        forms=tuple(_form_pairs(data)),
        people=people,
        flagged=_shown(int(data.flagged.sum())),
        long_runs=_shown(runs),
    )


def _shown(count: int) -> int | None:
    return None if 0 < count < SMALLEST_COUNT else count


def _lines(sheet: SheetAnswers, spans: dict[str, tuple[str, float, float]]) -> Iterator[ItemLine]:
    rests = {scale: _with_the_rest(points) for scale, points in sheet.points.items()}
    places: dict[str, int] = {}
    for fact in sheet.facts:
        if fact.scale not in sheet.points:
            continue
        place = places[fact.scale] = places.get(fact.scale, -1) + 1
        points = sheet.points[fact.scale]
        title, low, high = spans[fact.scale]
        item = points[:, place]
        known = item[np.isfinite(item)]
        n = len(known)
        yield ItemLine(
            code=fact.code,
            form=sheet.form,
            scale=title,
            text=fact.text,
            n=n,
            easiness=None
            if n < SMALLEST_MEAN
            else float((known.mean() - low) * 100 / (high - low)),
            rest=None if n < SMALLEST_SHARE else rests[fact.scale][place],
            at_top=None if n < SMALLEST_SHARE else float((known >= high).mean()),
        )


def _with_the_rest(points: Floats) -> list[float | None]:
    """Correlation of each item with the sum of the others, over people who answered all."""
    whole = complete(points)
    people, items = whole.shape
    if items < 2 or people < SMALLEST_SHARE:
        return [None] * items
    products = np.atleast_2d(np.cov(whole, rowvar=False))
    own = np.diagonal(products)
    with_rest = products.sum(axis=1) - own
    rest = np.maximum(0.0, products.sum() - 2 * products.sum(axis=1) + own)
    scale = np.sqrt(own * rest)
    return [
        float(np.clip(value / size, -1, 1)) if size > TINY else None
        for value, size in zip(with_rest, scale, strict=True)
    ]


def _choices(sheet: SheetAnswers) -> Iterator[Choices]:
    place = 0
    for fact in sheet.facts:
        for part in range(fact.parts):
            yield _choice(sheet, fact, part, sheet.values[:, place + part])
        place += fact.parts


def _choice(sheet: SheetAnswers, fact: ItemFacts, part: int, column: Floats) -> Choices:
    counts = {words: int((column == value).sum()) for value, words in fact.options}
    n = sum(counts.values())
    shown = suppress(counts, minimum=SMALLEST_COUNT, publish_total=True).cells
    return Choices(
        code=fact.code,
        form=sheet.form,
        kind=fact.kind,
        part=part,
        n=n,
        shares=tuple(
            (words, None if n < SMALLEST_SHARE or shown[words] is None else shown[words] / n)
            for words in counts
        ),
    )


def _long_runs(sheet: SheetAnswers) -> int:
    """People who gave one answer to three quarters of the statements in a row."""
    columns, place = [], 0
    for fact in sheet.facts:
        if fact.kind == "labelled":
            columns.append(place)
        place += fact.parts
    if len(columns) < 8:
        return 0
    runs = np.array(longstring(sheet.values[:, columns]))
    return int((runs >= LONG_RUN * len(columns)).sum())


def _form_pairs(data: Dataset) -> Iterator[FormPair]:
    forms = {sheet.form: sheet.people for sheet in data.sheets}
    if not {"A", "B"} <= forms.keys():
        return
    is_a, is_b = (np.isin(data.people, forms[form]) for form in ("A", "B"))
    for number, scale in enumerate(data.scales):
        scores = data.percent("pre", number)
        known = np.isfinite(scores) & (is_a | is_b)
        first, second = scores[known & is_a], scores[known & is_b]
        if min(len(first), len(second)) < SMALLEST_MEAN:
            continue
        # Without a score before, the difference of changes is that of the scores (Welch).
        found = ancova_gain(np.zeros(known.sum()), scores[known], is_a[known])
        yield FormPair(
            title=scale.title,
            n_a=len(first),
            n_b=len(second),
            mean_a=float(first.mean()),
            mean_b=float(second.mean()),
            difference=found.change_difference or 0.0,
            interval=found.change_difference_ci,
        )
