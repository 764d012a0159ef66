"""The answers of a programme as arrays: read in one go, a byte for each value.

PostgreSQL hands over each wave as a few long byte strings; SQLite row by row. Only people who
agreed that their answers count in group results are read, and one version of one instrument.
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
from assessments.gains import AGREED
from assessments.models import Attempt, Instrument, Wave
from assessments.scoring import ENOUGH, Kind
from assessments.sheets import Sheet, sheet_of
from assessments.vectors import points_table, table
from courses.models import Course, Enrollment
from lms.insights.reports.dataset import Dataset, Floats, Ints, ScaleFacts

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
    """All waves of ``instrument`` in ``course``; a query each, and two for each sheet."""
    agreed = Enrollment.objects.filter(AGREED, cohort__course=course)
    attempts = Attempt.objects.submitted().filter(instrument=instrument, enrollment__in=agreed)
    sheets: dict[str, Sheet] = {}
    waves: dict[str, _WaveAnswers] = {
        str(wave): _read(attempts.filter(wave=wave), instrument, wave, sheets)
        for wave in (Wave.PRE, Wave.POST, Wave.PRE_AGAIN, Wave.FOLLOW_UP, Wave.THEN)
    }
    return _together(instrument, waves, sheets)


def _read(
    attempts: QuerySet[Attempt], instrument: Instrument, wave: str, sheets: dict[str, Sheet]
) -> _WaveAnswers:
    values = {
        "person": Cast("enrollment_id", IntegerField()),
        "region": Coalesce("enrollment__learner__region_id", 0),
        "stick": Coalesce("yardstick", NO_VALUE, output_field=FloatField()),
        "signs": _signs(instrument),
    }
    found = _WaveAnswers()
    rows = (
        _joined_rows(attempts, values)
        if connection.vendor == "postgresql"
        else _single_rows(attempts, values)
    )
    for form, people, regions, sticks, signs, vectors, first, last in rows:
        found.first = min(filter(None, (found.first, first)), default=None)
        found.last = max(filter(None, (found.last, last)), default=None)
        answers = np.empty((len(people), 0))
        if wave != Wave.THEN:
            if form not in sheets:
                sheets[form] = sheet_of(instrument, form=form)
            answers = vectors.reshape(len(people), -1) if len(people) else answers
            answers = table([answers.tobytes()], answers.size).reshape(answers.shape)
        found.forms.append(_FormAnswers(form, people, regions, sticks, signs, answers))
    return found


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
    """One row a form, whole columns as bytes; all aggregates of a group see one order."""
    rows = (
        attempts.order_by()
        .values("form")
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
            row["form"],
            np.frombuffer(row["people"], dtype=">i8").astype(np.int64),
            np.frombuffer(row["regions"], dtype=">i8").astype(np.int64),
            np.frombuffer(row["sticks"], dtype=">f8").astype(np.float64),
            np.frombuffer(row["signs"], dtype=">i8").astype(np.int64),
            np.frombuffer(row["vectors"], dtype=np.uint8),
            row["first"],
            row["last"],
        )


def _single_rows(attempts: QuerySet[Attempt], values: dict[str, Any]) -> Iterable[tuple]:
    by_form: dict[str, list[tuple]] = {}
    rows = attempts.annotate(**values).values_list("form", *values, "vector", "submitted_at")
    for form, *row in rows.iterator():
        by_form.setdefault(form, []).append(tuple(row))
    for form, of_form in by_form.items():
        people, regions, sticks, signs, vectors, moments = zip(*of_form, strict=True)
        yield (
            form,
            np.array(people, dtype=np.int64),
            np.array(regions, dtype=np.int64),
            np.array(sticks, dtype=np.float64),
            np.array(signs, dtype=np.int64),
            np.frombuffer(b"".join(map(bytes, vectors)), dtype=np.uint8),
            min(moments),
            max(moments),
        )


def _together(
    instrument: Instrument, waves: dict[str, _WaveAnswers], sheets: dict[str, Sheet]
) -> Dataset:
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
    scales = _scales(instrument, sheets)
    scores = {wave: np.full((n, len(scales)), np.nan) for wave in waves}
    yardsticks = {wave: np.full(n, np.nan) for wave in waves}
    answered = {wave: np.zeros(n, dtype=bool) for wave in waves}
    flagged = np.zeros(n, dtype=bool)
    items: dict[tuple[str, str], Floats] = {}
    for wave, found in waves.items():
        for part in found.forms:
            places = np.searchsorted(people, part.people)
            answered[wave][places] = True
            yardsticks[wave][places] = np.where(part.yardsticks < 0, np.nan, part.yardsticks)
            if wave in (Wave.PRE, Wave.POST):
                flagged[places[part.signs >= 2]] = True
            if part.table.shape[1]:
                points = points_table(sheets[part.form].keyed, part.table)
                for number, scale in enumerate(scales):
                    if scale.code in points:
                        scores[wave][places, number] = scale_scores(points[scale.code])
                if wave == Wave.PRE:
                    items |= {(code, part.form): columns for code, columns in points.items()}
    return Dataset(
        people=people,
        regions=regions,
        scales=scales,
        scores=scores,
        yardsticks=yardsticks,
        answered=answered,
        flagged=flagged,
        items=items,
        windows={
            wave: (found.first.isoformat(), found.last.isoformat())
            for wave, found in waves.items()
            if found.first and found.last
        },
    )


def scale_scores(points: NDArray[np.float64]) -> Floats:
    """The mean of the answered items where at least 80 % were answered, else NaN."""
    known = ~np.isnan(points)
    counts = known.sum(axis=1)
    sums = np.where(known, points, 0.0).sum(axis=1)
    enough = (counts >= ENOUGH * points.shape[1]) & (counts > 0)
    return np.where(enough, sums / np.maximum(counts, 1), np.nan)


def _scales(instrument: Instrument, sheets: dict[str, Sheet]) -> tuple[ScaleFacts, ...]:
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
    )
