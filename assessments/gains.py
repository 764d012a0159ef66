"""Whose answers may count in results of groups."""

from __future__ import annotations

from django.db.models import Q

from lms.people.models import Consent, Region


def agreed(learner: str = "learner") -> Q:
    """Those whose answers may count in group results: they agreed, or are made up for the demo.

    learner: the way from the model that is filtered to the person.
    """
    consents = Consent.objects.filter(purpose=Consent.Purpose.ANSWERS, withdrawn_at=None)
    sandboxes = Region.objects.filter(is_sandbox=True)  # few: no join with the regions
    made_up = Q(**{f"{learner}__is_synthetic": True}) & ~Q(**{f"{learner}__region__in": sandboxes})
    return made_up | Q(**{f"{learner}__in": consents.values("user")})
