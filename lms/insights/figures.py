"""The figures of a programme: counted once by region and cohort, then summed and suppressed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.gains import agreed
from assessments.models import Attempt, Wave
from certificates.models import Certificate
from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Course, Enrollment
from lms.insights.suppression import SMALLEST_MEAN, hidden_rows, is_small
from lms.people.models import Region

NO_REGION = 0


@dataclass(frozen=True)
class Counts:
    """How many people came how far; each number is a part of the one before."""

    invited: int = 0
    begun: int = 0
    completed: int = 0
    certified: int = 0
    answered_twice: int = 0
    """Submitted the questionnaire before and after and let it count; beside the others."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(mine + theirs for mine, theirs in zip(self.row, other.row, strict=True)))

    @property
    def row(self) -> tuple[int, ...]:
        return (self.invited, self.begun, self.completed, self.certified, self.answered_twice)

    @property
    def funnel(self) -> tuple[int, ...]:
        return (self.invited, self.begun, self.completed, self.certified)


@dataclass(frozen=True)
class Cell:
    """The people of one region in one cohort; NO_REGION stands for people without one."""

    region_id: int
    region_name: str
    cohort_id: int
    counts: Counts


@dataclass(frozen=True)
class RegionRow:
    """``counts`` is None where the numbers are hidden. ``name`` is empty for no region."""

    name: str
    counts: Counts | None

    @property
    def completed_percent(self) -> int | None:
        return percent(self.counts.completed, self.counts.invited) if self.counts else None


@dataclass(frozen=True)
class Figures:
    """What a page or a sheet shows. Hidden numbers are None: they never leave this module."""

    course: Course
    shown: dict[str, int | None]
    """The numbers of ``Counts`` by name."""
    regions: tuple[RegionRow, ...]
    median_days: int | None
    is_hidden: bool
    """The whole selection is hidden: beside wider tables it would give a small cell away."""
    is_empty: bool

    @property
    def hides_numbers(self) -> bool:
        return None in self.shown.values()

    @property
    def hides_regions(self) -> bool:
        return any(row.counts is None for row in self.regions)


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def cells_of(enrollments: QuerySet[Enrollment]) -> list[Cell]:
    """Counts by region and cohort, in one query."""
    submitted = Attempt.objects.submitted().filter(enrollment=OuterRef("pk"))
    issued = Certificate.objects.filter(enrollment=OuterRef("pk"), state=Certificate.State.ISSUED)
    rows = (
        enrollments.annotate(
            has_before=Exists(submitted.filter(assessment__wave=Wave.PRE)),
            has_after=Exists(submitted.filter(assessment__wave=Wave.POST)),
            has_certificate=Exists(issued),
        )
        .order_by()
        .values("learner__region_id", "learner__region__name", "cohort_id")
        .annotate(
            invited=Count("pk"),
            begun=Count("pk", filter=Q(activated_at__isnull=False)),
            completed=Count("pk", filter=Q(state=EnrollmentState.COMPLETED)),
            certified=Count("pk", filter=Q(has_certificate=True)),
            answered_twice=Count("pk", filter=agreed() & Q(has_before=True, has_after=True)),
        )
    )
    return [
        Cell(
            region_id=row["learner__region_id"] or NO_REGION,
            region_name=row["learner__region__name"] or "",
            cohort_id=row["cohort_id"],
            counts=Counts(
                row["invited"],
                row["begun"],
                row["completed"],
                row["certified"],
                row["answered_twice"],
            ),
        )
        for row in rows
    ]


def figures_of(
    enrollments: QuerySet[Enrollment],
    *,
    course: Course,
    region: Region | None = None,
    cohort: Cohort | None = None,
) -> Figures:
    """The figures of ``course`` among ``enrollments`` (all that the viewer may see), narrowed."""
    seen = enrollments.filter(cohort__course=course)
    tables = Tables(cells_of(seen))
    region_id = None if region is None else region.pk
    cohort_id = None if cohort is None else cohort.pk
    chosen = tables.among(region_id, cohort_id)
    counts = sum((cell.counts for cell in chosen), Counts())
    is_hidden = tables.is_hidden(region_id, cohort_id)
    hides_means = tables.gives_away(region_id, cohort_id, Shown.MEANS)
    hides_answers = is_hidden or tables.gives_away(region_id, cohort_id, Shown.ANSWERS)
    selection = seen
    if region is not None:
        selection = selection.filter(learner__region=region)
    if cohort is not None:
        selection = selection.filter(cohort=cohort)
    return Figures(
        course=course,
        shown={
            name: None
            if is_small(number) or (hides_answers if name == "answered_twice" else is_hidden)
            else number
            for name, number in vars(counts).items()
        },
        regions=_region_rows(tables, chosen, cohort_id),
        median_days=None if is_hidden or hides_means else _median_days(selection),
        is_hidden=is_hidden,
        is_empty=not chosen,
    )


class Shown(StrEnum):
    """What rows of a table show: by each of these a row may follow from the total."""

    STAGES = "stages"
    ANSWERS = "answers"
    MEANS = "means"

    def hidden_in(self, table: dict[int, Counts]) -> frozenset[int]:
        match self:
            case Shown.STAGES:
                return hidden_rows({name: counts.funnel for name, counts in table.items()})
            case Shown.ANSWERS:
                return hidden_rows({name: (row.answered_twice,) for name, row in table.items()})
            case Shown.MEANS:
                return hidden_rows(
                    {name: (row.answered_twice, row.completed) for name, row in table.items()},
                    minimum=SMALLEST_MEAN,
                )


class Tables:
    """Every table that the viewer can ask for, and what must be hidden in each.

    A viewer may look at every region and every cohort in turn, and at the whole. So a region is a
    row among the regions (of the course, and of the chosen cohort), and a cohort among the
    cohorts (of the course, and of the chosen region); whoever is hidden in one of these tables
    is hidden everywhere.
    """

    def __init__(self, cells: list[Cell]):
        self.cells = cells
        self._hidden: dict[tuple, frozenset[int]] = {}

    def among(self, region_id: int | None, cohort_id: int | None) -> list[Cell]:
        return [
            cell
            for cell in self.cells
            if region_id in (None, cell.region_id) and cohort_id in (None, cell.cohort_id)
        ]

    def is_hidden(self, region_id: int | None, cohort_id: int | None) -> bool:
        return self.gives_away(region_id, cohort_id, Shown.STAGES)

    def gives_away(self, region_id: int | None, cohort_id: int | None, shown: Shown) -> bool:
        regions = region_id is not None and (
            region_id in self._hidden_in("region_id", None, None, shown)
            or region_id in self._hidden_in("region_id", None, cohort_id, shown)
        )
        cohorts = cohort_id is not None and (
            cohort_id in self._hidden_in("cohort_id", None, None, shown)
            or cohort_id in self._hidden_in("cohort_id", region_id, None, shown)
        )
        return regions or cohorts

    def _hidden_in(
        self, rows: str, region_id: int | None, cohort_id: int | None, shown: Shown
    ) -> frozenset[int]:
        key = (rows, region_id, cohort_id, shown)
        if key not in self._hidden:
            table: dict[int, Counts] = {}
            for cell in self.among(region_id, cohort_id):
                name = getattr(cell, rows)
                table[name] = table.get(name, Counts()) + cell.counts
            self._hidden[key] = shown.hidden_in(table)
        return self._hidden[key]


def _region_rows(
    tables: Tables, cells: Iterable[Cell], cohort_id: int | None
) -> tuple[RegionRow, ...]:
    """In alphabetical order, never a league table."""
    sums: dict[int, Counts] = {}
    names: dict[int, str] = {}
    for cell in cells:
        sums[cell.region_id] = sums.get(cell.region_id, Counts()) + cell.counts
        names[cell.region_id] = cell.region_name
    return tuple(
        RegionRow(names[key], None if tables.is_hidden(key, cohort_id) else sums[key])
        for key in sorted(names, key=lambda key: names[key].casefold().replace("ё", "е"))
    )


def _median_days(enrollments: QuerySet[Enrollment]) -> int | None:
    """The median number of days from the first visit to the end, of those who completed."""
    spans = [
        (ended - began).total_seconds()
        for began, ended in enrollments.filter(state=EnrollmentState.COMPLETED).values_list(
            "activated_at", "completed_at"
        )
        if began and ended
    ]
    return round(median(spans) / 86_400) if len(spans) >= SMALLEST_MEAN else None
