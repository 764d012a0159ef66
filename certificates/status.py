"""The status lists that machines read, made of the states of the register."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max
from django.urls import reverse

from certificates.credential import StatusEntry
from certificates.issuer import current_issuer
from certificates.models import Certificate, RegisterEntry
from certificates.status_list import status_list_credential

State = Certificate.State
Purpose = Literal["revocation", "suspension"]
SET_BY: dict[str, tuple[str, ...]] = {
    "revocation": (State.REVOKED, State.SUPERSEDED),
    "suspension": (State.SUSPENDED,),
}
"""Which states set the bit of a list. Who was superseded no longer holds either."""
KEPT = timedelta(hours=1)


class NoSuchList(Exception):
    """No certificate has a place in such a list."""


def address_of_list(number: int, purpose: str) -> str:
    return settings.PUBLIC_URL + reverse("certificates:status_list", args=[number, purpose])


def entries_for(number: int, index: int) -> tuple[StatusEntry, ...]:
    """The two entries of a credential: may it be revoked, may it be suspended."""
    purposes: tuple[Purpose, ...] = ("revocation", "suspension")
    return tuple(StatusEntry(p, address_of_list(number, p), index) for p in purposes)


def signed_list(number: int, purpose: str) -> str:
    """The list as signed JSON; made anew as soon as a state of it changes.

    Raises NoSuchList, KeysMissing or KeysUnreadable.
    """
    if purpose not in SET_BY:
        raise NoSuchList(purpose)
    began = (
        RegisterEntry.objects.filter(status_list=number).order_by("taken_at").values("taken_at")
    ).first()
    if began is None:
        raise NoSuchList(number)
    changed = Certificate.objects.filter(status_list=number).aggregate(
        count=Count("changed_at"), newest=Max("changed_at")
    )
    issuer = current_issuer()
    valid_from = changed["newest"] or began["taken_at"]
    key = f"status-list:{number}:{purpose}:{changed['count']}:{valid_from.timestamp()}"
    key = f"{key}:{issuer.verification_method}"
    if (kept := cache.get(key)) is not None:
        return kept
    places = Certificate.objects.filter(
        status_list=number, state__in=SET_BY[purpose], status_index__isnull=False
    ).values_list("status_index", flat=True)
    document = status_list_credential(
        url=address_of_list(number, purpose),
        purpose="revocation" if purpose == "revocation" else "suspension",
        set_indexes=sorted(index for index in places if index is not None),
        issuer=issuer,
        valid_from=valid_from,
    )
    text = json.dumps(document, ensure_ascii=False)
    cache.set(key, text, timeout=KEPT.total_seconds())
    return text
