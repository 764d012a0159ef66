"""The events between rooms."""

from django.dispatch import Signal

course_completed = Signal()
"""Sent after commit with ``enrollment_id`` when an enrolment has become completed."""

people_written = Signal()
"""Sent inside the transaction by whoever writes many people and enrolments past their models, so
that ``post_save`` is silent. ``source``: as in the audit. ``created``, ``updated``: ids of people.
``transitions``: (id of an enrolment, state before, state after); "" before a new one."""

import_finished = Signal()
"""Sent inside the transaction with ``people_import`` when it has been carried out or undone."""
