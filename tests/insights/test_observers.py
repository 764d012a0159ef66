"""The observer strand: from ratings in practicums to the report, and what of it stays frozen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.psychometrics import icc, paired_gain
from lms.insights.reports.observing import Rounds, observed_of, places_from, settle_rounds

ROUNDS = [
    (person, person % 2, 10 * turn + 1000 * person, (20.0 + person + 15 * turn, 30.0 + person))
    for person in range(1, 25)
    for turn in (1, 2)
]


def test_the_first_round_is_compared_with_the_last_and_one_round_is_not_enough():
    middle = (1, 1, 1015, (0.0, 0.0))  # between the first and the last
    alone = (99, 1, 99_000, (100.0, 100.0))
    found = observed_of(Rounds.of([*ROUNDS, middle, alone]))
    first = [(20 + p + 15 + 30 + p) / 2 for p in range(1, 25)]
    expected = paired_gain(first, [value + 7.5 for value in first])
    assert found.estimate.n == 24
    assert found.estimate.gain == pytest.approx(expected.mean_diff)
    doubly = [scores for _person, _region, _key, scores in ROUNDS]
    assert found.rounds == 48
    assert found.together == pytest.approx(icc(doubly).icc_2_k)
    assert found.together_interval == pytest.approx(icc(doubly).icc_2_k_ci)


def test_nine_people_are_not_told_of_and_few_rounds_have_no_agreement():
    assert observed_of(Rounds.of(ROUNDS[:18])) is None
    found = observed_of(Rounds.of(ROUNDS[:20]))
    assert (found.estimate.n, found.rounds, found.together) == (10, None, None)


CHANGES = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 4)), max_size=30)


@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_two_reports_differ_by_nobody_or_by_ten_people_in_every_region_and_in_all(steps):
    rounds = list(ROUNDS)
    last = settle_rounds({}, Rounds.of(rounds), minimum=10)
    for changes in steps:
        rounds += [(p, p % 2, 1000 * p + 100 + 10 * t, (5.0, 6.0)) for p, t in changes]
        now = settle_rounds(places_from(last.packed().tobytes()), Rounds.of(rounds), minimum=10)
        for old, new in (
            (last.places, now.places),
            *((last.of_region(region), now.of_region(region)) for region in (0, 1)),
        ):
            assert not 0 < len(dict(old.items() ^ new.items())) < 10
        last = now


def test_a_region_of_which_somebody_has_gone_is_shown_no_more():
    last = settle_rounds({}, Rounds.of(ROUNDS), minimum=10)
    rest = [row for row in ROUNDS if row[0] != 2]
    found = settle_rounds(last.places, Rounds.of(rest), minimum=10)
    assert found.of_region(0) == {}
    assert len(found.of_region(1)) == 12


def test_a_region_that_was_hidden_does_not_come_back_with_one_person_less():
    first = settle_rounds({}, Rounds.of(ROUNDS), minimum=10)
    rest = [row for row in ROUNDS if row[0] != 2]
    second = settle_rounds(places_from(first.packed().tobytes()), Rounds.of(rest), minimum=10)
    third = settle_rounds(places_from(second.packed().tobytes()), Rounds.of(rest), minimum=10)
    assert third.of_region(0) == {}
    others = [(p, 0, 1000 * p + 500, (5.0, 6.0)) for p in range(4, 24, 2)]
    fourth = settle_rounds(
        places_from(third.packed().tobytes()), Rounds.of([*rest, *others]), minimum=10
    )
    assert len(fourth.of_region(0)) == 11
    assert not fourth.hidden
