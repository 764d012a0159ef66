"""The answers of a programme as arrays: read in one go, a byte for each value.

PostgreSQL hands over each form of a wave as a few long byte strings; SQLite row by row. Only people
who agreed that their answers count in group results are read, and one version of one instrument.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import (
    Aggregate,
    BinaryField,
    Case,
    Count,
    FloatField,
    Func,
    IntegerField,
    Max,
    Min,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

from assessments.attention import FAST_PAGES, LONG_RUN_ITEMS, LONG_RUN_SHARE
from assessments.gains import agreed
from assessments.models import Attempt, Instrument, Wave
from assessments.psychometrics import mahalanobis
from assessments.scoring import ENOUGH, UNSCORED_KINDS, Kind
from assessments.sheets import Sheet, sheet_of
from assessments.vectors import points_table, table
from courses.models import Course
from lms.insights.reports.dataset import (
    WAVES,
    Dataset,
    Floats,
    Ints,
    ItemFacts,
    ScaleFacts,
    SheetAnswers,
)

FAR_OUT = 0.001
"""p of a distance from the middle of all that is a sign of careless answering."""
NO_VALUE = -1.0
"""Stands for a missing total on its way from the database: totals are not negative."""


class _Joined(Aggregate):
    function = "string_agg"
    template = "%(function)s(%(expressions)s, ''::bytea)"
    output_field = BinaryField()


class _Long(Func):
    function = "int8send"
    template = "%(function)s((%(expressions)s)::int8)"
    output_field = BinaryField()


class _Double(Func):
    function = "float8send"
    output_field = BinaryField()


@dataclass(frozen=True)
class _FormAnswers:
    """One form at one wave. The arrays run in parallel."""

    form: str
    people: Ints
    regions: Ints
    yardsticks: Floats
    signs: Ints
    table: Floats


@dataclass
class _WaveAnswers:
    forms: list[_FormAnswers] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None


def main_instrument(course: Course) -> Instrument | None:
    """The version that most people of the course answered, after it first of all."""
    counts = (
        Attempt.objects.submitted()
        .filter(enrollment__cohort__course=course)
        .order_by()
        .values("instrument")
        .annotate(
            after=Count(Case(When(wave=Wave.POST, then=Value(1)))),
            before=Count(Case(When(wave=Wave.PRE, then=Value(1)))),
        )
        .filter(before__gt=0)
        .order_by("-after", "-before", "-instrument")
    )
    row = counts.first()
    return Instrument.objects.get(pk=row["instrument"]) if row else None


def read_answers(course: Course, instrument: Instrument) -> Dataset:
    """All waves of ``instrument`` in ``course``: one query, and two for each sheet."""
    attempts = Attempt.objects.submitted().filter(
        agreed("enrollment__learner"),
        instrument=instrument,
        enrollment__cohort__in=list(course.cohorts.values_list("pk", flat=True)),
    )
    sheets: dict[str, Sheet] = {}
    return _together(_read(attempts, instrument, sheets), sheets)


def _read(
    attempts: QuerySet[Attempt], instrument: Instrument, sheets: dict[str, Sheet]
) -> dict[str, _WaveAnswers]:
    """Wave → its forms; sheets that are met are put into ``sheets``."""
    values = {
        "person": Cast("enrollment_id", IntegerField()),
        "region": Coalesce("enrollment__learner__region_id", 0),
        "stick": Coalesce("yardstick", NO_VALUE, output_field=FloatField()),
        "signs": _signs(instrument),
    }
    waves = {wave: _WaveAnswers() for wave in WAVES}
    rows = (
        _joined_rows(attempts, values)
        if connection.vendor == "postgresql"
        else _single_rows(attempts, values)
    )
    for wave, form, people, regions, sticks, signs, vectors, first, last in rows:
        found = waves[wave]
        found.first = min(filter(None, (found.first, first)), default=None)
        found.last = max(filter(None, (found.last, last)), default=None)
        answers = np.empty((len(people), 0))
        if wave != Wave.THEN and vectors:
            if form not in sheets:
                sheets[form] = sheet_of(instrument, form=form)
            answers = table(vectors, sheets[form].width)
        found.forms.append(_FormAnswers(form, people, regions, sticks, signs, answers))
    return waves


def _signs(instrument: Instrument) -> Any:
    """How many signs of careless answering an attempt shows, as ``attention`` counts them."""
    labelled = instrument.items.filter(kind=Kind.LABELLED.value).count()
    run = max(LONG_RUN_ITEMS, LONG_RUN_SHARE * labelled)
    return (
        Case(When(fast_pages__gte=FAST_PAGES, then=1), default=0)
        + Case(When(longest_run__gte=run, then=1), default=0)
        + Case(When(failed_instructed__gte=1, then=1), default=0)
    )


def _joined_rows(attempts: QuerySet[Attempt], values: dict[str, Any]) -> Iterable[tuple]:
    """One row a form of a wave, whole columns as bytes; all aggregates see one order."""
    rows = (
        attempts.order_by()
        .values("wave", "form")
        .annotate(
            people=_Joined(_Long(values["person"])),
            regions=_Joined(_Long(values["region"])),
            sticks=_Joined(_Double(values["stick"])),
            signs=_Joined(_Long(values["signs"])),
            vectors=_Joined("vector"),
            first=Min("submitted_at"),
            last=Max("submitted_at"),
        )
    )
    for row in rows:
        yield (
            row["wave"],
            row["form"],
            np.frombuffer(row["people"], dtype=">i8").astype(np.int64),
            np.frombuffer(row["regions"], dtype=">i8").astype(np.int64),
            np.frombuffer(row["sticks"], dtype=">f8").astype(np.float64),
            np.frombuffer(row["signs"], dtype=">i8").astype(np.int64),
            row["vectors"],
            row["first"],
            row["last"],
        )


def _single_rows(attempts: QuerySet[Attempt], values: dict[str, Any]) -> Iterable[tuple]:
    by_form: dict[tuple[str, str], list[tuple]] = {}
    columns = ("wave", "form", *values, "vector", "submitted_at")
    for wave, form, *row in attempts.annotate(**values).values_list(*columns).iterator():
        by_form.setdefault((wave, form), []).append(tuple(row))
    for (wave, form), of_form in by_form.items():
        people, regions, sticks, signs, vectors, moments = zip(*of_form, strict=True)
        yield (
            wave,
            form,
            np.array(people, dtype=np.int64),
            np.array(regions, dtype=np.int64),
            np.array(sticks, dtype=np.float64),
            np.array(signs, dtype=np.int64),
            b"".join(map(bytes, vectors)),
            min(moments),
            max(moments),
        )


def _together(waves: dict[str, _WaveAnswers], sheets: dict[str, Sheet]) -> Dataset:
    """Everybody once, in the order of the enrolments; whoever answered twice counts once."""
    parts = [part for wave in waves.values() for part in wave.forms]
    everybody = (
        np.concatenate([part.people for part in parts]) if parts else np.empty(0, dtype=np.int64)
    )
    people, first = np.unique(everybody, return_index=True)
    n = len(people)
    regions = np.zeros(n, dtype=np.int64)
    if parts:
        regions = np.concatenate([part.regions for part in parts])[first]
    scales = _scales(sheets)
    scores = {wave: np.full((n, len(scales)), np.nan) for wave in waves}
    yardsticks = {wave: np.full(n, np.nan) for wave in waves}
    answered = {wave: np.zeros(n, dtype=bool) for wave in waves}
    flagged = np.zeros(n, dtype=bool)
    single: list[SheetAnswers] = []
    for wave, found in waves.items():
        for part in found.forms:
            places = np.searchsorted(people, part.people)
            answered[wave][places] = True
            yardsticks[wave][places] = np.where(part.yardsticks < 0, np.nan, part.yardsticks)
            if wave in (Wave.PRE, Wave.POST):
                signs = part.signs + _lies_far_out(part, sheets)
                flagged[places[signs >= 2]] = True
            if part.table.shape[1]:
                points = points_table(sheets[part.form].keyed, part.table)
                for number, scale in enumerate(scales):
                    if scale.code in points:
                        scores[wave][places, number] = scale_scores(points[scale.code])
                if wave == Wave.PRE:
                    single.append(
                        SheetAnswers(
                            part.form, part.people, part.table, points, _facts(sheets[part.form])
                        )
                    )
    return Dataset(
        people=people,
        regions=regions,
        scales=scales,
        scores=scores,
        yardsticks=yardsticks,
        answered=answered,
        flagged=flagged,
        sheets=tuple(single),
        windows={
            wave: (found.first.isoformat(), found.last.isoformat())
            for wave, found in waves.items()
            if found.first and found.last
        },
    )


def _lies_far_out(part: _FormAnswers, sheets: dict[str, Sheet]) -> NDArray[np.bool_]:
    """Who answered the statements unlike everybody else with the same sheet (Mahalanobis)."""
    columns, place = [], 0
    for item in sheets[part.form].keyed if part.form in sheets else ():
        if item.kind is Kind.LABELLED:
            columns.append(place)
        place += item.parts
    if not columns or part.table.shape[1] != place:
        return np.zeros(len(part.people), dtype=bool)
    return mahalanobis(part.table[:, columns]).p < FAR_OUT


def scale_scores(points: NDArray[np.float64]) -> Floats:
    """The mean of the answered items where at least 80 % were answered, else NaN."""
    sums = points.sum(axis=1)
    if not np.isnan(sums).any():
        return sums / points.shape[1]
    known = ~np.isnan(points)
    counts = known.sum(axis=1)
    sums = np.where(known, points, 0.0).sum(axis=1)
    enough = (counts >= ENOUGH * points.shape[1]) & (counts > 0)
    return np.where(enough, sums / np.maximum(counts, 1), np.nan)


def _facts(sheet: Sheet) -> tuple[ItemFacts, ...]:
    return tuple(
        ItemFacts(
            code=item.code,
            text=item.text,
            scale=keyed.scale,
            kind=keyed.kind.value,
            parts=keyed.parts,
            options=tuple(sheet.options_of(item)),
        )
        for item, keyed in zip(sheet.items, sheet.keyed, strict=True)
    )


def _scales(sheets: dict[str, Sheet]) -> tuple[ScaleFacts, ...]:
    """The scales that anything is asked of; one without questions has no score of anybody."""
    asked = {
        item.scale
        for sheet in sheets.values()
        for item in sheet.keyed
        if item.kind not in UNSCORED_KINDS
    }
    found = next(iter(sheets.values())).scales.values() if sheets else ()
    return tuple(
        ScaleFacts(
            code=scale.code,
            title=scale.title,
            role=scale.role,
            strand=scale.strand,
            higher_is_better=scale.higher_is_better,
            low=scale.span[0],
            high=scale.span[1],
        )
        for scale in found
        if scale.code in asked
    )
