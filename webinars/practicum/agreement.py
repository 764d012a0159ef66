"""How far those who rate the same rounds agree, over all sessions of a practicum in a cohort."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from django.db.models import F
from django.utils.translation import gettext as _

from assessments.psychometrics import clustered_kappa, rater_reliability
from courses.models import Cohort
from webinars.models import Practicum, PracticumFeedback, RubricRating

ANCHORS = 4
FEWEST_PAIRS = 10
"""Below that a kappa says nothing, and single people would shine through; so with rounds."""
FIRM_ROUNDS = 30
"""From so many rounds on an intraclass correlation is more than a first impression."""

By = PracticumFeedback.By
Table = list[list[int]]
Rating = tuple[tuple[int, int, str], str, int]
"""What was rated (session, round, criterion), the kind of rater, the score from 0 to 3."""


@dataclass(frozen=True)
class Reliability:
    """How far two kinds of raters give rounds the same mean score (of all criteria, 0 to 3).

    ``single``: ICC(2,1), how far one rating can be relied on; ``mean``: ICC(2,k), the mean of both.
    Intervals of 95 %. ``reason``: a code of ``psychometrics.values.Reason`` where a number or its
    interval does not exist.
    """

    rounds: int
    single: float | None = None
    single_interval: tuple[float, float] | None = None
    mean: float | None = None
    mean_interval: tuple[float, float] | None = None
    reason: str = ""


@dataclass(frozen=True)
class Agreement:
    """Two kinds of raters. ``same`` and ``near`` (not more than one anchor apart) in per cent.

    ``kappa``: quadratic weights; None where all chose one anchor. Its 95 % interval is that of
    rounds: the criteria of one round and its raters are no independent pairs.
    """

    label: str
    pairs: int
    same: float
    near: float
    reliability: Reliability
    kappa: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def in_words(self) -> str:
        return f"{self._of_anchors()} {reliability_in_words(self.reliability)}"

    def _of_anchors(self) -> str:
        return _(
            "Of {pairs} pairs of ratings {same} % are the same anchor, {near} % not more than one "
            "apart."
        ).format(pairs=self.pairs, same=round(self.same), near=round(self.near))


def reliability_in_words(found: Reliability) -> str:
    """What a trainer may conclude. Bands of Koo & Li (2016), judged on the interval."""
    match found.reason:
        case "too_few":
            return _(
                "Rounds that both have rated: {rounds}. How reliable their scores are can be told "
                "from {fewest} on."
            ).format(rounds=found.rounds, fewest=FEWEST_PAIRS)
        case "no_variance":
            return _(
                "All rounds got the same score, so it cannot be seen whether raters tell a better "
                "round from a worse one."
            )
        case "boundary":
            return _("Both gave every round the same score.")
    if found.single_interval is None or found.mean_interval is None:
        return _("The scores of rounds have no interval yet: wait for more rounds.")
    sentence = _(
        "One rating by itself is relied on: {single}; the mean of both: {mean} ({rounds} rounds)."
    ).format(
        single=bands(found.single_interval),
        mean=bands(found.mean_interval),
        rounds=found.rounds,
    )
    if found.rounds < FIRM_ROUNDS:
        sentence += " " + _("With fewer than {firm} rounds this is a first impression.").format(
            firm=FIRM_ROUNDS
        )
    return sentence


def bands(interval: tuple[float, float]) -> str:
    """Below .5 poor, to .75 moderate, to .9 good, above excellent; both ends if they differ."""
    low, high = (_band(end) for end in interval)
    if low == high:
        return low
    return _("from {low} to {high}").format(low=low, high=high)


def _band(value: float) -> str:
    # Translators: how far a rating can be relied on
    words = [(0.5, _("poorly")), (0.75, _("moderately")), (0.9, _("well"))]
    return next((word for limit, word in words if value < limit), _("very well"))


def tables(ratings: list[Rating]) -> dict[tuple[str, str], Table]:
    """Counts of anchor by anchor for each two kinds of raters of the same thing.

    Kinds are in the order of ``By``, so that the first of a pair is always the row; of two of a
    kind the table is made symmetric.
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


def tables_of_rounds(ratings: list[Rating], pair: tuple[str, str]) -> list[Table]:
    """The table of two kinds of raters, round by round."""
    of_round: dict[tuple[int, int], list[Rating]] = defaultdict(list)
    for rating in ratings:
        of_round[rating[0][:2]].append(rating)
    found = (tables(given).get(pair) for given in of_round.values())
    return [table for table in found if table is not None]


def scores_of_rounds(ratings: list[Rating], pair: tuple[str, str]) -> list[tuple[float, float]]:
    """The mean scores that two kinds of raters gave each round that both have rated.

    Of several of a kind it is their mean; of two of one kind it is one beside the other.
    """
    of_round: dict[tuple[int, int], dict[str, list[list[int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    sheets: dict[tuple[int, int, str, int], list[int]] = {}
    seen: dict[tuple[tuple[int, int, str], str], int] = defaultdict(int)
    for thing, kind, score in ratings:
        number = seen[thing, kind]  # the first, the second… observer of a round
        seen[thing, kind] += 1
        key = (thing[0], thing[1], kind, number)
        if key not in sheets:
            sheets[key] = []
            of_round[thing[:2]][kind].append(sheets[key])
        sheets[key].append(score)
    found = []
    for kinds in of_round.values():
        means = {kind: [fmean(sheet) for sheet in given] for kind, given in kinds.items()}
        if pair[0] == pair[1]:
            if len(means.get(pair[0], [])) == 2:
                found.append((means[pair[0]][0], means[pair[0]][1]))
        elif pair[0] in means and pair[1] in means:
            found.append((fmean(means[pair[0]]), fmean(means[pair[1]])))
    return found


def reliability_of(scores: list[tuple[float, float]]) -> Reliability:
    """The intraclass correlations of rounds × two raters; see ``Reliability``."""
    if len(scores) < FEWEST_PAIRS:
        return Reliability(len(scores), reason="too_few")
    found = rater_reliability(scores)
    return Reliability(
        found.n, found.single, found.single_ci, found.mean, found.mean_ci, reason=found.reason
    )


def agreement_of(practicum: Practicum, cohort: Cohort) -> list[Agreement]:
    """For each two kinds of raters with enough pairs, in the order of the words below.

    Two observers stand in the order of their seats, as in reports (``observing``).
    """
    ratings = [
        ((session, round, criterion), by, score)
        for session, round, criterion, by, score in RubricRating.objects.filter(
            feedback__session__practicum=practicum, feedback__session__cohort=cohort
        )
        .annotate(by=F("feedback__by"))
        .order_by("feedback__rater__number", "feedback", "criterion")
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
        _in_numbers(words[pair], table, pair, ratings)
        for pair in words
        if (table := found.get(pair)) and _pairs(table, pair) >= FEWEST_PAIRS
    ]


def _pairs(table: Table, pair: tuple[str, str]) -> int:
    return sum(map(sum, table)) // (2 if pair[0] == pair[1] else 1)


def _in_numbers(
    label: str, table: Table, pair: tuple[str, str], ratings: list[Rating]
) -> Agreement:
    is_symmetric = pair[0] == pair[1]
    total = sum(map(sum, table))
    same = sum(table[score][score] for score in range(ANCHORS))
    near = sum(
        table[row][column]
        for row in range(ANCHORS)
        for column in range(ANCHORS)
        if abs(row - column) <= 1
    )
    # Half of a symmetric table: each pair stands in it twice.
    weight = 0.5 if is_symmetric else 1
    kappa = clustered_kappa(
        [
            [[weight * cell for cell in row] for row in of_round]
            for of_round in tables_of_rounds(ratings, pair)
        ],
        "quadratic",
    )
    return Agreement(
        label=label,
        pairs=total // (2 if is_symmetric else 1),
        same=100 * same / total,
        near=100 * near / total,
        reliability=reliability_of(scores_of_rounds(ratings, pair)),
        kappa=kappa.kappa,
        low=kappa.ci_low,
        high=kappa.ci_high,
    )
