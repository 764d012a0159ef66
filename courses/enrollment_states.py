"""The states of an enrolment and the ways between them: pure, without Django."""

from __future__ import annotations

from enum import StrEnum


class EnrollmentState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN_STATES = frozenset({EnrollmentState.INVITED, EnrollmentState.ACTIVE})
HOLDS_NO_PLACE = frozenset({EnrollmentState.WITHDRAWN, EnrollmentState.EXPIRED})
"""Those who hold no place in their cohort any more."""

_WAYS: dict[EnrollmentState, frozenset[EnrollmentState]] = {
    EnrollmentState.INVITED: frozenset(
        {EnrollmentState.ACTIVE, EnrollmentState.WITHDRAWN, EnrollmentState.EXPIRED}
    ),
    EnrollmentState.ACTIVE: frozenset(
        {EnrollmentState.COMPLETED, EnrollmentState.WITHDRAWN, EnrollmentState.EXPIRED}
    ),
    EnrollmentState.COMPLETED: frozenset(),
    EnrollmentState.WITHDRAWN: frozenset({EnrollmentState.INVITED, EnrollmentState.ACTIVE}),
    EnrollmentState.EXPIRED: frozenset({EnrollmentState.INVITED, EnrollmentState.ACTIVE}),
}


class IllegalTransition(Exception):
    """The enrolment cannot go from its state to the one asked for."""

    def __init__(self, current: EnrollmentState, target: EnrollmentState):
        super().__init__(f"{current} → {target}")
        self.current = current
        self.target = target


def can_move(current: EnrollmentState, target: EnrollmentState) -> bool:
    return target in _WAYS[current]


def moved(current: EnrollmentState, target: EnrollmentState) -> EnrollmentState:
    """``target``; raises IllegalTransition where there is no way to it from ``current``."""
    if not can_move(current, target):
        raise IllegalTransition(current, target)
    return target
