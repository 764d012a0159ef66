"""Small cells are hidden, and cannot be worked out from what is shown."""

from hypothesis import given
from hypothesis import strategies as st

from lms.insights.suppression import SMALLEST_CELL, hidden_rows, is_small

columns = st.tuples(st.integers(0, 40), st.integers(0, 40))
tables = st.dictionaries(st.integers(1, 12), columns, min_size=1, max_size=12)


@given(tables)
def test_no_small_cell_is_shown(table):
    hidden = hidden_rows(table)
    for key, counts in table.items():
        if key not in hidden:
            assert not any(is_small(count) for count in counts)


@given(tables)
def test_subtracting_the_shown_from_the_total_gives_no_small_cell(table):
    hidden = hidden_rows(table)
    if not hidden or hidden == set(table):
        return
    assert len(hidden) > 1
    for column in zip(*(table[key] for key in hidden), strict=True):
        assert sum(column) == 0 or sum(column) >= 2 * SMALLEST_CELL


@given(tables)
def test_nothing_is_hidden_without_a_small_cell(table):
    if not any(is_small(count) for counts in table.values() for count in counts):
        assert not hidden_rows(table)


def test_a_lone_small_cell_takes_the_next_smallest_row_with_it():
    assert hidden_rows({"a": (3,), "b": (50,), "c": (20,)}) == {"a", "c"}


def test_two_small_cells_whose_sum_says_all_take_a_third():
    assert hidden_rows({"a": (1,), "b": (1,), "c": (30,)}) == {"a", "b", "c"}


def test_nobody_is_no_secret():
    assert not hidden_rows({"a": (0,), "b": (9,)})
