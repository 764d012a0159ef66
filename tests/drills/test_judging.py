"""The drill's verdict sees what it is there for."""

import pytest

from tests.drills.live.judging import violations
from tests.drills.live.talker import Heard, Talker

LOG = [Heard(number, "chat.sent", f"id{number}", "{}") for number in (1, 2, 3)]


def talker(record: list[Heard], confirmed: dict[str, dict[str, int]]) -> Talker:
    made = Talker(room="", person={"id": 7, "key": ""}, ports=[1], number=0)
    made.began, made.records, made.confirmed = {"room": 1}, {"room": record}, confirmed
    return made


def test_a_record_as_the_log_is_well():
    assert violations({("room", None): LOG}, [talker(LOG[1:], {"id2": {"room": 2}})]) == []


@pytest.mark.parametrize(
    "record",
    [LOG[1:2], LOG[2:], [LOG[1], LOG[1], LOG[2]], [LOG[2], LOG[1]], [*LOG[1:], LOG[0]]],
    ids=["lost at the end", "lost", "twice", "out of order", "from nowhere"],
)
def test_a_record_that_differs_is_found(record):
    assert violations({("room", None): LOG}, [talker(record, {})])


def test_a_confirmed_command_that_is_not_there_or_twice_is_found():
    assert violations({("room", None): LOG}, [talker(LOG[1:], {"lost": {"room": 9}})])
    again = [*LOG, Heard(4, "chat.sent", "id2", "{}")]
    assert violations({("room", None): again}, [talker(again[1:], {"id2": {"room": 4}})])


def test_a_gap_in_the_log_is_found():
    assert violations({("room", None): [LOG[0], LOG[2]]}, [])
