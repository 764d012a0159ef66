import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assessments.psychometrics import (
    cronbach_alpha,
    paired_gain,
    reliable_change,
    sem_from_reliability,
)

FLOATS = st.floats(-50, 50)


def test_the_interval_of_a_gain_is_that_of_the_paired_t_test():
    pre = [2.0, 2.4, 1.8, 3.0, 2.2, 2.9]
    post = [2.6, 2.5, 2.9, 3.1, 2.0, 3.8]
    found = paired_gain(pre, post)
    expected = stats.ttest_rel(post, pre).confidence_interval()
    assert (found.ci_low, found.ci_high) == pytest.approx((expected.low, expected.high))
    assert found.mean_gain == pytest.approx(np.mean(post) - np.mean(pre))


@given(st.lists(st.tuples(FLOATS, FLOATS), min_size=2, max_size=20), st.floats(-20, 20))
def test_a_shift_of_both_waves_leaves_the_gain_as_it_was(pairs, shift):
    pre, post = zip(*pairs, strict=True)
    plain = paired_gain(pre, post)
    moved = paired_gain(np.array(pre) + shift, np.array(post) + shift)
    assert moved.mean_gain == pytest.approx(plain.mean_gain, abs=1e-9)


@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [([], [], "too_few"), ([1], [2], "too_few"), ([1, 2], [2, 3], "no_variance")],
)
def test_a_gain_without_an_interval_says_why(pre, post, reason):
    found = paired_gain(pre, post)
    assert found.ci_low is None
    assert found.reason == reason


def test_pairs_with_a_missing_end_are_left_out():
    assert paired_gain([1, float("nan"), 3], [2, 2, 5]).n == 2


def test_alpha_of_a_table_worked_out_by_hand():
    table = [[1, 2], [2, 1], [3, 4], [4, 3]]
    # s² of each item = 5/3; of the sums (3, 3, 7, 7) = 16/3; α = 2·(1 − (10/3)/(16/3)) = 0.75.
    assert cronbach_alpha(table).alpha == pytest.approx(0.75)


def test_alpha_of_identical_items_is_one_and_its_interval_holds_it():
    column = np.arange(30.0)
    found = cronbach_alpha(np.column_stack([column, column, column]))
    assert found.alpha == pytest.approx(1)
    noisy = np.random.default_rng(7).normal(size=(60, 1)) + np.random.default_rng(8).normal(
        size=(60, 4)
    )
    found = cronbach_alpha(noisy)
    assert found.ci_low < found.alpha < found.ci_high


def test_alpha_without_variance_says_so():
    assert cronbach_alpha([[1, 1], [1, 1]]).reason == "no_variance"


def test_the_change_of_jacobson_and_truax_example():
    # Jacobson & Truax 1991: s = 10, r = .80, from 32.5 to 47.5: S_diff = 6.32, RC = 2.37.
    found = reliable_change(32.5, 47.5, sd_pre=10, reliability=0.80)
    assert found.s_diff == pytest.approx(6.32, abs=0.01)
    assert found.rci == pytest.approx(2.37, abs=0.01)
    assert found.category == "improved"


@given(st.floats(0, 4), st.floats(0, 4), st.floats(0, 0.99))
def test_turning_the_scale_round_turns_the_verdict_round(pre, post, reliability):
    up = reliable_change(pre, post, sd_pre=0.7, reliability=reliability)
    down = reliable_change(pre, post, sd_pre=0.7, reliability=reliability, higher_is_better=False)
    turned = {"improved": "deteriorated", "deteriorated": "improved", "unchanged": "unchanged"}
    assert turned[up.category] == down.category


def test_the_error_of_measurement_falls_as_reliability_rises():
    assert sem_from_reliability(10, 0) == 10
    assert sem_from_reliability(10, 1) == 0
    with pytest.raises(ValueError, match="reliability"):
        sem_from_reliability(10, 1.2)
