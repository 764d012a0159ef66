"""The catalogue: a card for each course, and what to drop when the filters leave none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from courses.catalog_filters import HOURS, SORTS, Choices, Filters, filters_from, label_of
from courses.catalog_search import ranking
from courses.models import Cohort, Course, Enrollment, EnrollmentRequest, Topic
from lms.people.models import Region, User

ON_A_PAGE = 24


@dataclass(frozen=True)
class OpenCohort:
    cohort: Cohort
    regions: frozenset[str]
    """Codes."""

    @property
    def has_places(self) -> bool:
        return self.cohort.places_left is None or self.cohort.places_left > 0


@dataclass(frozen=True)
class Card:
    course: Course
    topics: frozenset[str]
    cohorts: tuple[OpenCohort, ...]
    """Open ones by their start, those of the visitor's own region only if there are any."""
    my_state: str = ""
    """State of the visitor's own enrolment, or "requested"; empty when there is none."""
    is_elsewhere: bool = False
    """Open in other regions only."""
    rank: float = 0.0

    @property
    def next_cohort(self) -> Cohort | None:
        return self.cohorts[0].cohort if self.cohorts else None

    @property
    def has_begun(self) -> bool:
        """Whether the next cohort is under way already, and only still takes people."""
        return self.next_cohort is not None and self.next_cohort.starts_at <= timezone.now()


@dataclass(frozen=True)
class Chip:
    label: str
    query: str
    """The address without this filter."""
    count: int = 0
    """How many courses there would be without it."""


@dataclass(frozen=True)
class Shelf:
    """Everything that the catalogue's page shows."""

    page: Page
    total: int
    filters: Filters
    choices: Choices
    chips: list[Chip]
    suggestions: list[Chip]
    """Where nothing was found: filters whose dropping brings something, the best one first."""
    hours = HOURS
    formats = Course.Format.choices
    sorts = SORTS


def shelf_for(
    user: User | AnonymousUser, courses: QuerySet[Course], data: Mapping[str, str]
) -> Shelf:
    """The catalogue of ``courses`` as ``user`` asks for it; a constant number of queries."""
    choices = Choices(
        topics=list(Topic.objects.filter(courses__in=courses).distinct()),
        regions=list(
            Region.objects.filter(
                is_sandbox=False, cohorts__in=Cohort.objects.taking_people()
            ).distinct()
        ),
    )
    filters = filters_from(data, choices)
    everything = cards_for(user, courses)
    ranks = ranking(courses, filters.q) if filters.q else None
    found = _found(everything, filters, ranks)
    chips = [
        Chip(label_of(filters, name, choices), filters.without(name).as_query())
        for name in filters.active
    ]
    suggestions = [] if found else _suggestions(everything, filters, ranks, choices)
    paginator = Paginator(found, ON_A_PAGE)
    return Shelf(
        page=paginator.get_page(data.get("page")),
        total=len(found),
        filters=filters,
        choices=choices,
        chips=chips,
        suggestions=suggestions,
    )


def _suggestions(
    cards: list[Card], filters: Filters, ranks: dict[int, float] | None, choices: Choices
) -> list[Chip]:
    offered = []
    for name in filters.active:
        fewer = filters.without(name)
        count = len(_found(cards, fewer, None if name == "q" else ranks))
        if count:
            offered.append(Chip(label_of(filters, name, choices), fewer.as_query(), count))
    return sorted(offered, key=lambda chip: -chip.count)


def _found(cards: list[Card], filters: Filters, ranks: dict[int, float] | None) -> list[Card]:
    kept = [card for card in cards if _suits(card, filters, ranks)]
    if ranks is not None:
        return sorted(kept, key=lambda card: (-ranks[card.course.pk], card.course.title))
    if filters.sort == "name":
        return sorted(kept, key=lambda card: (card.is_elsewhere, card.course.title))
    return sorted(kept, key=_by_date)


def _by_date(card: Card) -> tuple[Any, ...]:
    cohort = card.next_cohort
    start = cohort.starts_at if cohort else None
    is_synthetic = card.course.is_synthetic
    return (
        card.is_elsewhere,
        is_synthetic,
        start is None,
        start or timezone.now(),
        card.course.title,
    )


def _suits(card: Card, filters: Filters, ranks: dict[int, float] | None) -> bool:
    course = card.course
    if ranks is not None and course.pk not in ranks:
        return False
    if filters.topic and filters.topic not in card.topics:
        return False
    if filters.format and filters.format != course.format:
        return False
    if filters.hours:
        least, most, _label = HOURS[filters.hours]
        if not least <= course.hours <= most:
            return False
    if not (filters.region or filters.since or filters.until or filters.places):
        return True
    return any(_cohort_suits(cohort, filters) for cohort in card.cohorts)


def _cohort_suits(open_cohort: OpenCohort, filters: Filters) -> bool:
    day = timezone.localdate(open_cohort.cohort.starts_at)
    return not (
        (filters.region and filters.region not in open_cohort.regions)
        or (filters.since and day < filters.since)
        or (filters.until and day > filters.until)
        or (filters.places and not open_cohort.has_places)
    )


def cards_for(user: User | AnonymousUser, courses: QuerySet[Course]) -> list[Card]:
    """A card for each of ``courses``, as it concerns ``user``."""
    states = _states_of(user)
    own = user.region.code if isinstance(user, User) and user.region else None
    topics: dict[int, set[str]] = {}
    for course_id, slug in Topic.objects.filter(courses__in=courses).values_list("courses", "slug"):
        topics.setdefault(course_id, set()).add(slug)
    cohorts: dict[int, list[OpenCohort]] = {}
    for cohort in (
        Cohort.objects.taking_people()
        .with_places_taken()
        .prefetch_related("regions")
        .order_by("starts_at", "pk")
    ):
        codes = frozenset(region.code for region in cohort.regions.all())
        cohorts.setdefault(cohort.course_id, []).append(OpenCohort(cohort, codes))
    cards = []
    for course in courses.order_by("title"):
        of_course = cohorts.get(course.pk, [])
        mine = [found for found in of_course if own in found.regions]
        cards.append(
            Card(
                course=course,
                topics=frozenset(topics.get(course.pk, ())),
                cohorts=tuple(mine or of_course),
                my_state=states.get(course.pk, ""),
                is_elsewhere=own is not None and bool(of_course) and not mine,
            )
        )
    return cards


def _states_of(user: User | AnonymousUser) -> dict[int, str]:
    if not isinstance(user, User):
        return {}
    asked = EnrollmentRequest.objects.open().filter(person=user)
    states = dict.fromkeys(asked.values_list("course_id", flat=True), "requested")
    mine = Enrollment.objects.filter(learner=user).order_by("created_at")
    return states | dict(mine.values_list("cohort__course_id", "state"))
