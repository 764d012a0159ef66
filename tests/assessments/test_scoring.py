import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import KeyedItem, keyed, score

ITEMS = [KeyedItem(f"F{n}", "feelings", is_reversed=n == 4) for n in range(5)]
VALUES = st.integers(0, 4)


@given(VALUES)
def test_reversing_twice_changes_nothing(value):
    once = keyed(value, is_reversed=True, minimum=0, maximum=4)
    assert keyed(once, is_reversed=True, minimum=0, maximum=4) == value


@given(st.lists(VALUES, min_size=5, max_size=5))
def test_a_score_lies_between_the_lowest_and_the_highest_keyed_answer(values):
    answers = {item.code: value for item, value in zip(ITEMS, values, strict=True)}
    (found,) = score(ITEMS, answers, minimum=0, maximum=4)
    assert found.mean is not None
    turned = [*values[:4], 4 - values[4]]
    assert min(turned) <= found.mean <= max(turned)
    assert found.mean == pytest.approx(sum(turned) / 5)


@given(st.lists(st.none() | VALUES, min_size=5, max_size=5))
def test_there_is_a_score_exactly_when_four_of_five_items_are_answered(values):
    answers = {item.code: value for item, value in zip(ITEMS, values, strict=True)}
    (found,) = score(ITEMS, answers, minimum=0, maximum=4)
    assert found.answered == 5 - values.count(None)
    assert (found.mean is not None) == (found.answered >= 4)


def test_a_value_outside_the_scale_is_refused():
    with pytest.raises(ValueError, match="not between"):
        keyed(5, is_reversed=False, minimum=0, maximum=4)
