"""What is done, open and locked in a course: a pure function of its rules and the ledger.

No Django here: rules and completed ids come in, statuses go out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Opens(StrEnum):
    IMMEDIATELY = "immediately"
    AFTER_PREVIOUS = "after_previous"


class State(StrEnum):
    COMPLETED = "completed"
    OPEN = "open"
    LOCKED = "locked"


class LockKind(StrEnum):
    ACTIVITY = "activity"
    """Another activity comes first: ``activity_id`` says which."""
    DATE = "date"
    """It opens later: ``opens_at`` says when."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Why an activity cannot be opened yet."""

    kind: LockKind
    activity_id: int | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActivityRule:
    """What decides about one activity. ``opens_after``: time since the cohort's start."""

    id: int
    is_required: bool = True
    opens: Opens = Opens.IMMEDIATELY
    prerequisites: frozenset[int] = field(default_factory=frozenset)
    opens_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class ActivityStatus:
    id: int
    state: State
    lock: Lock | None = None


def statuses(
    rules: Sequence[ActivityRule],
    completed: Collection[int],
    *,
    starts_at: datetime,
    now: datetime,
) -> list[ActivityStatus]:
    """The status of each activity, in the order of ``rules`` (the order of the programme).

    What was completed stays completed and readable, whatever the rules say later.
    """
    result = []
    previous_required: int | None = None
    for rule in rules:
        result.append(_status(rule, completed, previous_required, starts_at, now))
        if rule.is_required:
            previous_required = rule.id
    return result


def _status(
    rule: ActivityRule,
    completed: Collection[int],
    previous_required: int | None,
    starts_at: datetime,
    now: datetime,
) -> ActivityStatus:
    if rule.id in completed:
        return ActivityStatus(rule.id, State.COMPLETED)
    needed = set(rule.prerequisites)
    if rule.opens is Opens.AFTER_PREVIOUS and previous_required is not None:
        needed.add(previous_required)
    missing = sorted(needed - set(completed))
    if missing:
        # The previous one is what a learner does next, so it is the reason worth naming.
        first = previous_required if previous_required in missing else missing[0]
        return ActivityStatus(rule.id, State.LOCKED, Lock(LockKind.ACTIVITY, activity_id=first))
    opens_at = starts_at + rule.opens_after
    if opens_at > now:
        return ActivityStatus(rule.id, State.LOCKED, Lock(LockKind.DATE, opens_at=opens_at))
    return ActivityStatus(rule.id, State.OPEN)


def is_course_complete(rules: Sequence[ActivityRule], completed: Collection[int]) -> bool:
    """Whether every required activity is in the ledger; a course without any is never complete."""
    required = {rule.id for rule in rules if rule.is_required}
    return bool(required) and required <= set(completed)


def next_step(rules: Sequence[ActivityRule], found: Sequence[ActivityStatus]) -> int | None:
    """The one activity to do now: the first open required one, else the first open optional."""
    is_open = {status.id for status in found if status.state is State.OPEN}
    for wanted in (True, False):
        for rule in rules:
            if rule.is_required is wanted and rule.id in is_open:
                return rule.id
    return None
