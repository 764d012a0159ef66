"""The events between rooms."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.dispatch import Signal

course_completed = Signal()
"""Sent after commit with ``enrollment_id`` when an enrolment has become completed."""


class WrittenPerson(NamedTuple):
    """A person who was added, or changed. ``changes``: the fields, where the event names them."""

    pk: int
    uuid: UUID | str
    region_id: int | None
    is_new: bool
    changes: tuple[str, ...] | None = None


class MovedEnrollment(NamedTuple):
    """An enrolment that has come from state ``before``, "" where it is new."""

    uuid: UUID | str
    learner_id: int
    region_id: int | None
    cohort_uuid: UUID
    attempt: int
    before: str
    after: str


people_written = Signal()
"""Sent inside the transaction by whoever writes many people and enrolments past their models, so
that ``post_save`` is silent. ``source``: as in the audit. ``people``: WrittenPerson.
``enrollments``: MovedEnrollment. ``is_quiet``: one webhook tells of them all afterwards."""

import_finished = Signal()
"""Sent inside the transaction with ``people_import`` when it has been carried out or undone."""
