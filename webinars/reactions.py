"""What groups thought of their meetings, for those who look at many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from courses.models import Cohort
from webinars.feedback import ASKED_FOR
from webinars.models.feedback import SessionRating

STEP = 10
"""By so many people the number of those counted grows where a meeting is held many times."""


@dataclass(frozen=True)
class Reactions:
    """Answers about one webinar, or about all sessions of a practicum in a cohort.

    ``scores``: 0 to 10, of people whose answers are closed; ``words``: in an order that tells
    nothing. ``day``: of the meeting, or of the last one.
    """

    title: str
    cohort: str
    day: date
    scores: tuple[int, ...]
    words: tuple[str, ...]


def reactions_in(cohorts: QuerySet[Cohort]) -> list[Reactions]:
    """By meeting in the order of time; meetings that are still asked about are left out.

    A practicum is held in small groups again and again. Its answers are counted in whole tens, in
    the order of the groups: two looks at it then differ by nobody or by ten people.
    """
    over = timezone.now() - ASKED_FOR
    webinars = SessionRating.objects.filter(
        session__cohort__in=cohorts, session__room__closed_at__lt=over
    ).values_list(
        "session", "session__webinar__title", "session__cohort__title", "session__starts_at",
        "satisfaction", "words", "session__cohort",
    )  # fmt: skip
    practicums = (
        SessionRating.objects.filter(
            practicum_session__cohort__in=cohorts, practicum_session__closed_at__lt=over
        )
        .order_by("practicum_session__closed_at", "pk")
        .values_list(
            "practicum_session__practicum", "practicum_session__practicum__title",
            "practicum_session__cohort__title", "practicum_session__closed_at",
            "satisfaction", "words", "practicum_session__cohort",
        )
    )  # fmt: skip
    found = [_reactions(rows) for rows in _grouped(webinars)]
    found += [_reactions(rows[: len(rows) // STEP * STEP]) for rows in _grouped(practicums)]
    return sorted(filter(None, found), key=lambda one: (one.day, one.title, one.cohort))


def _grouped(rows: Iterable[tuple]) -> list[list[tuple]]:
    groups: dict[tuple, list[tuple]] = {}
    for row in rows:
        if row[4] is not None:
            groups.setdefault((row[0], row[6]), []).append(row)
    return list(groups.values())


def _reactions(rows: list[tuple]) -> Reactions | None:
    if not rows:
        return None
    _key, title, cohort, *_own = rows[0]
    return Reactions(
        title=title,
        cohort=cohort,
        day=timezone.localtime(max(row[3] for row in rows)).date(),
        scores=tuple(row[4] for row in rows),
        words=tuple(sorted(row[5] for row in rows if row[5])),
    )
