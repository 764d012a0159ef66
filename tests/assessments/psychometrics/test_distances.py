"""How far people lie from the middle of all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import mahalanobis as textbook

from assessments.psychometrics import mahalanobis

ROWS = np.random.default_rng(7).normal(size=(60, 4))


def test_distances_are_those_of_the_textbook_and_p_is_of_chi_squared():
    found = mahalanobis(ROWS)
    inverse = np.linalg.inv(np.cov(ROWS, rowvar=False))
    expected = [textbook(row, ROWS.mean(axis=0), inverse) ** 2 for row in ROWS]
    np.testing.assert_allclose(found.squared, expected)
    np.testing.assert_allclose(found.p, stats.chi2.sf(expected, 4))
    assert found.squared.sum() == pytest.approx(4 * 59)  # df times (n − 1)


@given(st.floats(0.1, 10), st.floats(-5, 5))
def test_shift_and_scale_change_nothing(scale, shift):
    np.testing.assert_allclose(
        mahalanobis(ROWS * scale + shift).squared, mahalanobis(ROWS).squared, rtol=1e-6
    )


def test_whoever_left_an_item_out_has_no_distance_and_moves_nobody():
    holed = np.vstack([ROWS, [[np.nan, 9, 9, 9]]])
    found = mahalanobis(holed)
    assert np.isnan(found.squared[-1])
    np.testing.assert_allclose(found.squared[:-1], mahalanobis(ROWS).squared)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "too_few"),
        ([[1, 2, 3]], "too_few"),
        (np.ones((9, 3)), "too_few"),
        (ROWS[:4], "too_few"),
        (np.hstack([ROWS, ROWS[:, :1]]), "no_fit"),
    ],
)
def test_what_has_no_distance_says_why(rows, reason):
    found = mahalanobis(rows)
    assert found.reason == reason
    assert np.isnan(found.p).all()
