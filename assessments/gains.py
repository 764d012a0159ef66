"""Whose answers may count in results of groups."""

from __future__ import annotations

from django.db.models import Q

from lms.people.models import Consent

AGREED = Q(learner__is_synthetic=True) | Q(
    learner__in=Consent.objects.filter(purpose=Consent.Purpose.ANSWERS, withdrawn_at=None).values(
        "user"
    )
)
"""Enrolments whose answers may count in group results."""
