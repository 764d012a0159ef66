"""Making an instrument from plain data, as the demo and imports bring it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from assessments.models import Instrument, Item, Scale


class BrokenInstrument(ValueError):
    """The data does not make an instrument: the message says what is wrong."""


@transaction.atomic
def load_instrument(
    instrument: dict[str, Any],
    *,
    scales: Sequence[dict[str, Any]],
    items: Sequence[dict[str, Any]],
    options: Sequence[tuple[int, str]],
) -> Instrument:
    """Version 1 of the instrument; one that exists already is returned as it is.

    Raises BrokenInstrument when an item names an unknown scale or a scale has no items.
    """
    existing = Instrument.objects.filter(code=instrument["code"], version=1).first()
    if existing is not None:
        return existing
    known = {scale["code"] for scale in scales}
    used = {item["scale"] for item in items}
    if used - known:
        raise BrokenInstrument(f"Items name unknown scales: {sorted(used - known)}")
    if known - used:
        raise BrokenInstrument(f"Scales without items: {sorted(known - used)}")
    made = Instrument.objects.create(
        code=instrument["code"],
        title=instrument["title"],
        purpose=instrument["purpose"],
        who_sees=instrument["who_sees"],
        instruction=instrument["instruction"],
        minutes=instrument["minutes"],
        options=[list(option) for option in options],
    )
    Scale.objects.bulk_create(
        Scale(instrument=made, sort_order=order, **scale) for order, scale in enumerate(scales)
    )
    Item.objects.bulk_create(
        Item(
            instrument=made,
            sort_order=order,
            code=item["code"],
            scale_code=item["scale"],
            text=item["text"],
            is_reversed=item["reversed"],
        )
        for order, item in enumerate(items)
    )
    return made
