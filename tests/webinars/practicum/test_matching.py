from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from webinars.practicum.matching import Waiting, choose_group, divide

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
PATIENCE = timedelta(minutes=5)


def waiting(key: int, organisation: int | None, minutes: float = 0) -> Waiting:
    return Waiting(key, organisation, NOON - timedelta(minutes=minutes))


def keys(group) -> list[int]:
    return [one.key for one in group]


def test_one_waits():
    assert choose_group([waiting(1, 1)], size=2, now=NOON, patience=PATIENCE) == []


def test_people_of_different_organisations_come_first():
    queue = [waiting(1, 7, 3), waiting(2, 7, 2), waiting(3, 8, 1)]
    assert keys(choose_group(queue, size=2, now=NOON, patience=PATIENCE)) == [1, 3]


def test_colleagues_play_together_when_there_is_nobody_else():
    queue = [waiting(1, 7, 1), waiting(2, 7)]
    assert keys(choose_group(queue, size=2, now=NOON, patience=PATIENCE)) == [1, 2]


def test_three_wait_for_the_fourth_only_as_long_as_they_were_told():
    queue = [waiting(n, n, 4) for n in range(3)]
    assert choose_group(queue, size=4, now=NOON, patience=PATIENCE) == []
    later = NOON + timedelta(minutes=1)
    assert len(choose_group(queue, size=4, now=later, patience=PATIENCE)) == 3


people = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(1, 4)), st.integers(0, 9)), max_size=15
).map(lambda rows: [waiting(n, org, minutes) for n, (org, minutes) in enumerate(rows)])


@settings(max_examples=150)
@given(people, st.integers(2, 4))
def test_the_one_who_has_waited_longest_is_always_in_the_group(queue, size):
    group = choose_group(queue, size=size, now=NOON, patience=PATIENCE)
    if group:
        assert 2 <= len(group) <= size
        assert min(one.since for one in queue) in {one.since for one in group}
    else:
        assert len(queue) < size
        assert len(queue) < 2 or all(NOON - one.since < PATIENCE for one in queue)


@settings(max_examples=150)
@given(people, st.integers(2, 4))
def test_everybody_gets_a_group_of_two_to_four(queue, size):
    groups = divide(queue, size=size)
    placed = sorted(one.key for group in groups for one in group)
    assert placed == ([] if len(queue) < 2 else sorted(one.key for one in queue))
    assert all(2 <= len(group) <= max(3, size) for group in groups)
