from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webinars.segments import merged_seconds, present_at_once

START = datetime(2027, 3, 1, 10, tzinfo=UTC)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


seconds = st.integers(0, 120)
segments = st.lists(st.tuples(seconds, seconds), max_size=12)


@given(segments, seconds, seconds)
def test_the_union_is_counted_second_by_second(spans, begins, ends):
    covered = {s for a, b in spans for s in range(a, b) if begins <= s < ends}
    found = merged_seconds([(at(a), at(b)) for a, b in spans], begins=at(begins), ends=at(ends))
    assert found == len(covered)


@given(segments)
def test_the_order_and_repetition_of_segments_change_nothing(spans):
    stays = [(at(a), at(b)) for a, b in spans]
    assert merged_seconds(stays) == merged_seconds([*reversed(stays), *stays])


def test_nobody_there_is_nothing():
    assert merged_seconds([]) == 0


@given(st.lists(st.tuples(st.sampled_from("абв"), seconds, seconds), max_size=12), seconds, seconds)
def test_people_at_once_are_counted_second_by_second(stays, begins, ends):
    moments = [(who, at(a), at(b)) for who, a, b in stays]
    changes = present_at_once(moments, begins=at(begins), ends=at(ends))
    for second in range(121):
        here = {who for who, a, b in stays if max(a, begins) <= second < min(b, ends)}
        counts = [count for moment, count in changes if moment <= at(second)]
        assert (counts or [0])[-1] == len(here)
