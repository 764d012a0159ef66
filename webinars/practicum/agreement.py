"""How far those who rate the same rounds agree, over all sessions of a practicum in a cohort."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.db.models import F
from django.utils.translation import gettext as _

from courses.models import Cohort
from webinars.models import Practicum, PracticumFeedback, RubricRating

ANCHORS = 4
FEWEST_PAIRS = 10
"""Below that a kappa says nothing, and single people would shine through."""

By = PracticumFeedback.By
Table = list[list[int]]


@dataclass(frozen=True)
class Agreement:
    """Two kinds of raters. ``same`` and ``near`` (not more than one anchor apart) in per cent."""

    label: str
    pairs: int
    same: float
    near: float
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def tables(
    ratings: list[tuple[tuple[int, int, str], str, int]],
) -> dict[tuple[str, str], Table]:
    """Counts of anchor by anchor for each two kinds of raters of the same thing.

    ratings: (what was rated, kind of rater, score 0 to 3). Kinds are in the order of ``By``, so
    that the first of a pair is always the row; of two of a kind the table is made symmetric.
    """
    order = list(By.values)
    of_thing: dict[tuple[int, int, str], list[tuple[str, int]]] = defaultdict(list)
    for thing, kind, score in ratings:
        of_thing[thing].append((kind, score))
    found: dict[tuple[str, str], Table] = {}
    for scores in of_thing.values():
        for first, second in combinations(sorted(scores, key=lambda s: order.index(s[0])), 2):
            table = found.setdefault(
                (first[0], second[0]), [[0] * ANCHORS for _row in range(ANCHORS)]
            )
            table[first[1]][second[1]] += 1
            if first[0] == second[0]:
                table[second[1]][first[1]] += 1
    return found


def agreement_of(practicum: Practicum, cohort: Cohort) -> list[Agreement]:
    """For each two kinds of raters with enough pairs, in the order of the words below."""
    ratings = [
        ((session, round, criterion), by, score)
        for session, round, criterion, by, score in RubricRating.objects.filter(
            feedback__session__practicum=practicum, feedback__session__cohort=cohort
        )
        .annotate(by=F("feedback__by"))
        .values_list("feedback__session", "feedback__round", "criterion", "by", "score")
    ]
    found = tables(ratings)
    words = {
        (By.CLIENT, By.OBSERVER): _("client and observer"),
        (By.OBSERVER, By.OBSERVER): _("two observers"),
        (By.CLIENT, By.SPECIALIST): _("client and the specialist's own view"),
        (By.OBSERVER, By.SPECIALIST): _("observer and the specialist's own view"),
        (By.CLIENT, By.TRAINER): _("client and trainer"),
        (By.OBSERVER, By.TRAINER): _("observer and trainer"),
        (By.SPECIALIST, By.TRAINER): _("the specialist's own view and trainer"),
    }
    return [
        _in_numbers(words[pair], table, is_symmetric=pair[0] == pair[1])
        for pair in words
        if (table := found.get(pair)) and _pairs(table, pair) >= FEWEST_PAIRS
    ]


def _pairs(table: Table, pair: tuple[str, str]) -> int:
    return sum(map(sum, table)) // (2 if pair[0] == pair[1] else 1)


def _in_numbers(label: str, table: Table, *, is_symmetric: bool) -> Agreement:
    total = sum(map(sum, table))
    same = sum(table[score][score] for score in range(ANCHORS))
    near = sum(
        table[row][column]
        for row in range(ANCHORS)
        for column in range(ANCHORS)
        if abs(row - column) <= 1
    )
    return Agreement(
        label=label,
        pairs=total // (2 if is_symmetric else 1),
        same=100 * same / total,
        near=100 * near / total,
    )
