"""Numbers and codes: taken once for a purpose, without gaps."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from certificates.codes import new_code
from certificates.models import RegisterCounter, RegisterEntry

NUMBER_PREFIX = "БК"
STATUS_LIST_LENGTH = 131_072
"""Bits of a list: the least that hides one among many (Bitstring Status List 1.0, section 6.1)."""


def reserve(purpose: str) -> RegisterEntry:
    """The number, code and id of the certificate that ``purpose`` names; the same each time.

    A short transaction of its own: nobody waits for a number while another's file is drawn.
    """
    entry = RegisterEntry.objects.filter(purpose=purpose).first()
    if entry is not None:
        return entry
    year = timezone.localdate().year
    RegisterCounter.objects.get_or_create(year=year)
    with transaction.atomic():
        counter = RegisterCounter.objects.select_for_update().get(year=year)
        entry = RegisterEntry.objects.filter(purpose=purpose).first()  # now nobody else takes it
        if entry is not None:
            return entry
        status_list, status_index = _free_place()
        counter.last += 1
        counter.save(update_fields=["last"])
        return RegisterEntry.objects.create(
            purpose=purpose,
            number=f"{NUMBER_PREFIX}-{year}-{counter.last:06d}",
            code=new_code(),
            status_list=status_list,
            status_index=status_index,
        )


def _free_place() -> tuple[int, int]:
    """A random free index of the newest status list; a new list when it is half full.

    Random, so that a place tells nothing of when a certificate was issued (Bitstring Status
    List 1.0, section 5.1). Half empty, two draws on average are enough.
    """
    taken = RegisterEntry.objects.exclude(status_index=None)
    number = taken.aggregate(newest=Max("status_list"))["newest"] or 1
    mine = taken.filter(status_list=number)
    if mine.count() >= STATUS_LIST_LENGTH // 2:
        return number + 1, secrets.randbelow(STATUS_LIST_LENGTH)
    while True:
        index = secrets.randbelow(STATUS_LIST_LENGTH)
        if not mine.filter(status_index=index).exists():
            return number, index
