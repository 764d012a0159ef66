from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webinars.segments import merged_seconds

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
