from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from courses.enrollment_states import EnrollmentState, can_move
from courses.progress import (
    ActivityRule,
    Lock,
    LockKind,
    Opens,
    State,
    is_course_complete,
    next_step,
    statuses,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE, AFTER = Opens.IMMEDIATELY, Opens.AFTER_PREVIOUS


@st.composite
def programmes(draw):
    """A programme whose prerequisites point backwards, and some completed activities."""
    size = draw(st.integers(1, 8))
    rules = [
        ActivityRule(
            id=number,
            is_required=draw(st.booleans()),
            opens=draw(st.sampled_from(Opens)),
            prerequisites=frozenset(
                draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else ()
            ),
            opens_after=timedelta(days=draw(st.integers(0, 3))),
        )
        for number in range(size)
    ]
    completed = draw(st.sets(st.integers(0, size - 1)))
    return rules, completed


def found(rules, completed, now=NOW):
    return statuses(rules, completed, starts_at=NOW - timedelta(days=1), now=now)


@given(programmes())
def test_every_activity_is_done_open_or_locked_with_a_reason(programme):
    rules, completed = programme
    listed = found(rules, completed)
    assert [status.id for status in listed] == [rule.id for rule in rules]
    for status in listed:
        assert (status.state is State.COMPLETED) == (status.id in completed)
        assert (status.state is State.LOCKED) == (status.lock is not None)


@given(programmes())
def test_completing_what_is_open_always_leads_to_the_end(programme):
    rules, completed = programme
    completed = set(completed)
    late = NOW + timedelta(days=30)
    for _ in rules:
        step = next_step(rules, found(rules, completed, now=late))
        if step is None:
            break
        completed.add(step)
    assert completed >= {rule.id for rule in rules}
    assert is_course_complete(rules, completed) == any(rule.is_required for rule in rules)


@given(programmes(), st.data())
def test_completing_more_never_locks_anything(programme, data):
    rules, completed = programme
    more = completed | {data.draw(st.sampled_from([rule.id for rule in rules]))}
    was_locked = {s.id for s in found(rules, completed) if s.state is State.LOCKED}
    is_locked = {s.id for s in found(rules, more) if s.state is State.LOCKED}
    assert is_locked <= was_locked


def test_the_lock_names_the_activity_that_comes_first():
    rules = [ActivityRule(1), ActivityRule(2, is_required=False), ActivityRule(3, opens=AFTER)]
    assert found(rules, {2})[2].lock == Lock(LockKind.ACTIVITY, activity_id=1)


def test_the_lock_names_the_day_when_the_date_is_what_is_missing():
    rules = [ActivityRule(1, opens_after=timedelta(days=5))]
    lock = found(rules, set())[0].lock
    assert lock == Lock(LockKind.DATE, opens_at=NOW + timedelta(days=4))


def test_a_course_without_requirements_is_never_complete():
    assert not is_course_complete([ActivityRule(1, is_required=False)], {1})


def test_the_next_step_is_required_before_it_is_optional():
    rules = [ActivityRule(1, is_required=False), ActivityRule(2)]
    assert next_step(rules, found(rules, set())) == 2
    assert next_step(rules, found(rules, {2})) == 1


def test_completed_is_the_end_of_an_enrolment():
    assert not any(can_move(EnrollmentState.COMPLETED, state) for state in EnrollmentState)
