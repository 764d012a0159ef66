"""The figures on the kept lines, and that what learners see follows from them alone."""

from __future__ import annotations

import pytest

from courses.careful_speech import Category
from courses.careful_speech.categories import CATEGORIES
from courses.careful_speech.corpus import LabelledLine, kept_lines
from courses.careful_speech.figures import (
    Figures,
    measure,
    shown_categories,
    stored,
    wilson,
)
from courses.careful_speech.model import classifier


@pytest.fixture(scope="module")
def measured():
    return measure(kept_lines())


def test_the_kept_lines_are_named_well_enough(measured):
    assert measured.macro_f1 >= 0.75


def test_the_stored_figures_are_those_of_the_shipped_model(measured):
    assert stored()["version"] == classifier().version
    assert stored()["lines"] == measured.lines
    assert stored()["macro_f1"] == pytest.approx(measured.macro_f1, abs=1e-4)
    assert shown_categories() == measured.shown


def test_a_category_is_shown_only_from_a_precision_of_four_in_five(measured):
    assert measured.shown == {
        category for category in CATEGORIES if measured.sure[category].precision >= 0.8
    }


def test_counts_become_precision_recall_and_f1():
    some = Figures(right=8, wrong=2, missed=4)
    assert some.precision == 0.8
    assert some.recall == pytest.approx(2 / 3)
    assert some.f1 == pytest.approx(8 / 11)
    nothing = Figures(right=0, wrong=0, missed=0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (0, 0, 0)


def test_wilsons_interval_is_that_of_the_literature():
    low, high = wilson(81, 263)  # Newcombe 1998, table I, method 3
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 0) == (0, 1)


def test_measuring_counts_right_wrong_and_missed():
    lines = [
        LabelledLine("Ничем не могу помочь.", frozenset({Category.BRUSH_OFF}), "a"),
        LabelledLine("Чайник на кухне.", frozenset({Category.THREAT}), "a"),
        LabelledLine("Мне это неинтересно, ничем не могу помочь.", frozenset(), "a"),
    ]
    measured = measure(lines)
    assert measured.labelled[Category.BRUSH_OFF] == Figures(right=1, wrong=1, missed=0)
    assert measured.labelled[Category.THREAT] == Figures(right=0, wrong=0, missed=1)
    assert (measured.neutral_lines, measured.neutral_named) == (1, 1)
