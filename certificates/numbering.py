"""Numbers and codes: taken once for a purpose, without gaps."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from certificates.codes import new_code
from certificates.models import RegisterCounter, RegisterEntry

NUMBER_PREFIX = "БК"


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
        counter.last += 1
        counter.save(update_fields=["last"])
        return RegisterEntry.objects.create(
            purpose=purpose,
            number=f"{NUMBER_PREFIX}-{year}-{counter.last:06d}",
            code=new_code(),
        )
