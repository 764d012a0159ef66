"""Which failures CI looks at once more."""

from __future__ import annotations

import pytest

from tests.second_try import may_be_tried_again

JOURNEY = "tests/browser/test_journey.py::test_from_the_invitation_to_the_certificate"
ROOM = "tests/browser/test_live_room.py::test_everything_that_people_do_in_a_room"
POLLS = "tests/browser/test_polling.py::test_a_lost_request_loses_no_words"
SCORES = "tests/assessments/test_scoring.py::test_a_scale_is_scored"


@pytest.mark.parametrize("failed", [[JOURNEY], [JOURNEY, ROOM]])
def test_a_few_tests_of_browsers_are_tried_again(failed):
    assert may_be_tried_again(failed)


@pytest.mark.parametrize(
    "failed",
    [[], [SCORES], [JOURNEY, SCORES], [JOURNEY, ROOM, POLLS], ["tests/browser/test_journey.py"]],
)
def test_nothing_else_is(failed):
    assert not may_be_tried_again(failed)
