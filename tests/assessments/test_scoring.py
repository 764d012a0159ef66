import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import (
    KeyedChoice,
    KeyedItem,
    Kind,
    critical_errors,
    keyed,
    points,
    score,
)
from assessments.vectors import by_item, pack, points_table, table, unpack

ITEMS = [KeyedItem(f"F{n}", "feelings", is_reversed=n == 4) for n in range(5)]
VALUES = st.integers(0, 4)


@given(VALUES)
def test_reversing_twice_changes_nothing(value):
    once = keyed(value, is_reversed=True, minimum=0, maximum=4)
    assert keyed(once, is_reversed=True, minimum=0, maximum=4) == value


@given(st.lists(VALUES, min_size=5, max_size=5))
def test_a_score_lies_between_the_lowest_and_the_highest_keyed_answer(values):
    answers = {item.code: [value] for item, value in zip(ITEMS, values, strict=True)}
    (found,) = score(ITEMS, answers)
    assert found.mean is not None
    turned = [*values[:4], 4 - values[4]]
    assert min(turned) <= found.mean <= max(turned)
    assert found.mean == pytest.approx(sum(turned) / 5)


@given(st.lists(st.none() | VALUES, min_size=5, max_size=5))
def test_there_is_a_score_exactly_when_four_of_five_items_are_answered(values):
    answers = {item.code: [value] for item, value in zip(ITEMS, values, strict=True)}
    (found,) = score(ITEMS, answers)
    assert found.answered == 5 - values.count(None)
    assert (found.mean is not None) == (found.answered >= 4)


def test_a_value_outside_the_scale_is_refused():
    with pytest.raises(ValueError, match="not between"):
        keyed(5, is_reversed=False, minimum=0, maximum=4)


REPLIES = (KeyedChoice(5), KeyedChoice(1), KeyedChoice(3), KeyedChoice(1, is_critical=True))
RATED = KeyedItem("V1", "sjt", kind=Kind.RATE_EACH, minimum=1, maximum=5, choices=REPLIES)
PICKED = KeyedItem("V2", "sjt", kind=Kind.BEST_WORST, minimum=0, maximum=3, choices=REPLIES)
FEELING = KeyedItem(
    "E1",
    "sjt",
    kind=Kind.RECOGNITION,
    minimum=0,
    maximum=2,
    choices=(KeyedChoice(2), KeyedChoice(1), KeyedChoice(0)),
)


@pytest.mark.parametrize(
    ("ratings", "earned"),
    [
        ([5, 1, 3, 1], 2.0),  # as the experts
        ([4, 2, 2, 2], 1.0),  # beside the experts everywhere
        ([3, 3, 5, 3], 0.0),
        ([5, 1, 3, 3], 1.5),
        ([5, 1, 3, 4], 0.0),  # an unsafe reply called good
        ([5, 1, None, 1], None),
    ],
)
def test_a_situation_is_scored_by_what_most_experts_said(ratings, earned):
    assert points(RATED, ratings) == earned


def test_an_unsafe_reply_called_good_is_marked_apart_from_the_score():
    answers = {"V1": [5, 1, 3, 4], "V2": [3, 1], "E1": [0]}
    assert critical_errors([RATED, PICKED, FEELING], answers) == ["V1", "V2"]


@pytest.mark.parametrize(
    ("chosen", "earned"),
    [([0, 1], 2.0), ([0, 2], 1.0), ([2, 0], 0.0), ([1, 1], 0.0), ([0, 3], 2.0)],
)
def test_the_best_and_the_worst_are_held_against_the_ends_of_the_key(chosen, earned):
    assert points(PICKED, chosen) == earned


def test_recognising_a_feeling_earns_the_points_of_the_choice():
    assert [points(FEELING, [n]) for n in range(3)] == [2.0, 1.0, 0.0]


SHEET = [*ITEMS, RATED, PICKED, FEELING, KeyedItem("R1", "", kind=Kind.REFLECTION),
         KeyedItem("C1", "", kind=Kind.INSTRUCTED, expected=1)]  # fmt: skip
ROW = st.tuples(
    *[st.none() | VALUES] * 5,
    *[st.none() | st.integers(1, 5)] * 4,
    *[st.none() | st.integers(0, 3)] * 2,
    st.none() | st.integers(0, 2),
    st.none() | VALUES,
)


@given(st.lists(ROW, min_size=1, max_size=6))
def test_many_people_at_once_are_scored_as_each_alone(rows):
    vectors = [pack(row) for row in rows]
    found = points_table(SHEET, table(b"".join(vectors), sum(item.parts for item in SHEET)))
    for number, row in enumerate(rows):
        assert unpack(vectors[number]) == list(row)
        answers = by_item(SHEET, row)
        for scale, columns in found.items():
            alone = [points(item, answers[item.code]) for item in SHEET if item.scale == scale]
            expected = [np.nan if value is None else value for value in alone]
            np.testing.assert_array_equal(columns[number], expected)


@pytest.mark.parametrize("value", [251, 256, -1])
def test_a_vector_holds_nothing_but_answers_and_reasons(value):
    with pytest.raises(ValueError, match="neither"):
        pack([value])
