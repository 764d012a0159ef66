"""What stands where a number is awaited: a number of ours, or anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.numerals import whole_number
from tests.factories import CohortFactory, active_enrollment, make_course, make_lesson, make_module


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_numbers_are_read(number):
    assert whole_number(str(number)) == number


@given(st.text())
def test_whatever_else_is_none_and_never_an_error(text):
    read = whole_number(text)
    assert read is None or text.isascii()


@pytest.mark.parametrize("text", [None, "", " 1", "1.0", "+1", "-1", "²", "١", "1e3", "9" * 19])
def test_what_is_no_number_of_ours(text):
    assert whole_number(text) is None


@pytest.mark.django_db
@pytest.mark.parametrize("option", ["²", "9" * 5000, "-1", "", "нет"])
def test_a_self_check_with_nonsense_in_its_address_is_just_the_lesson(client_of, option):
    lesson = make_lesson(make_module(make_course()))
    enrollment = active_enrollment(cohort=CohortFactory(course=lesson.course()))
    answer = client_of(enrollment.learner).get(f"{lesson.url}?check=block:{option}")
    assert answer.status_code == 200
