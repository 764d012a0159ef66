"""The one event between rooms."""

from django.dispatch import Signal

course_completed = Signal()
"""Sent after commit with ``enrollment_id`` when an enrolment has become completed."""
