"""Making an instrument from plain data, as the demo, the battery and imports bring it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from assessments.models import Instrument, Item, Scale
from assessments.scoring import JUDGEMENT_KINDS, UNSCORED_KINDS, Kind

INSTRUMENT_FIELDS = (
    "title",
    "purpose",
    "who_sees",
    "instruction",
    "minutes",
    "rating_options",
    "judgement_instruction",
    "then_instruction",
    "is_normed",
    "draw_seed",
)


class BrokenInstrument(ValueError):
    """The data does not make an instrument: the message says what is wrong."""


@transaction.atomic
def load_instrument(
    instrument: Mapping[str, Any],
    *,
    scales: Sequence[Mapping[str, Any]],
    items: Sequence[Mapping[str, Any]],
    options: Sequence[tuple[int, str]],
) -> Instrument:
    """Version 1 of the instrument; one that exists already is returned as it is.

    Raises BrokenInstrument when an item names an unknown scale or a scale has no items.
    """
    existing = Instrument.objects.filter(code=instrument["code"], version=1).first()
    if existing is not None:
        return existing
    return make_version(instrument, scales=scales, items=items, options=options, version=1)


@transaction.atomic
def make_version(
    instrument: Mapping[str, Any],
    *,
    scales: Sequence[Mapping[str, Any]],
    items: Sequence[Mapping[str, Any]],
    options: Sequence[tuple[int, str]],
    version: int,
) -> Instrument:
    """A new version from plain data.

    scales: fields of ``Scale``. items: code, scale, text; and where needed kind, form, reversed,
    not_applicable, looking_back, expected, choices (text, key, is_critical), described.
    Raises BrokenInstrument; then nothing is made.
    """
    check_structure(scales=scales, items=items)
    made = Instrument(
        code=instrument["code"],
        version=version,
        options=[list(option) for option in options],
        **{name: instrument[name] for name in INSTRUMENT_FIELDS if name in instrument},
    )
    made.rating_options = [list(option) for option in made.rating_options]
    made.save()
    Scale.objects.bulk_create(
        Scale(instrument=made, sort_order=order, **scale) for order, scale in enumerate(scales)
    )
    rows = [_item(made, order, item) for order, item in enumerate(items)]
    for row in rows:
        _check_item(row)
    Item.objects.bulk_create(rows)
    return made


def check_structure(
    *, scales: Sequence[Mapping[str, Any]], items: Sequence[Mapping[str, Any]]
) -> None:
    """Raises BrokenInstrument when scales and items do not fit together."""
    known = {scale["code"] for scale in scales}
    used = {item["scale"] for item in items if item.get("scale")}
    if used - known:
        raise BrokenInstrument(f"Items name unknown scales: {sorted(used - known)}")
    if known - used:
        raise BrokenInstrument(f"Scales without items: {sorted(known - used)}")
    codes = [item["code"] for item in items]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BrokenInstrument(f"Items with the same code: {twice}")


def _item(instrument: Instrument, order: int, item: Mapping[str, Any]) -> Item:
    return Item(
        instrument=instrument,
        sort_order=order,
        code=item["code"],
        kind=item.get("kind", Kind.LABELLED.value),
        form=item.get("form", ""),
        scale_code=item.get("scale", ""),
        text=item["text"],
        is_reversed=item.get("reversed", False),
        allows_not_applicable=item.get("not_applicable", False),
        is_asked_looking_back=item.get("looking_back", False),
        expected=item.get("expected"),
        choices=[("choice", dict(choice)) for choice in item.get("choices", ())],
        described=item.get("described", ""),
    )


def _check_item(item: Item) -> None:
    kind = Kind(item.kind)
    if (kind in UNSCORED_KINDS) == bool(item.scale_code):
        raise BrokenInstrument(f"{item.code}: a scale for scored items, and only for them")
    if kind in JUDGEMENT_KINDS and len(item.choices) < 2:
        raise BrokenInstrument(f"{item.code}: at least two options to choose from")
    if (kind is Kind.INSTRUCTED) == (item.expected is None):
        raise BrokenInstrument(f"{item.code}: an expected answer for checks of attention only")
    try:
        item.validate_constraints(exclude={"instrument"})
    except ValidationError as problem:
        raise BrokenInstrument(f"{item.code}: {'; '.join(problem.messages)}") from problem


@transaction.atomic
def new_version_of(instrument: Instrument) -> Instrument:
    """A copy with the next free number, open for changes; what was answered stays as it is."""
    last = Instrument.objects.select_for_update().filter(code=instrument.code).first()
    assert last is not None
    scales = list(instrument.scales.order_by("sort_order", "pk"))
    items = list(instrument.items.order_by("sort_order", "pk"))
    copy = Instrument.objects.get(pk=instrument.pk)
    copy.pk, copy.version, copy.frozen_at, copy.is_normed = None, last.version + 1, None, False
    copy.save()
    for row in [*scales, *items]:
        row.pk, row.instrument = None, copy
    Scale.objects.bulk_create(scales)
    Item.objects.bulk_create(items)
    return copy
