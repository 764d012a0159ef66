"""The sheet: which items a person answers, in which order, and what its bytes mean.

A sheet is one version of an instrument in one form, at one wave: looking back, only the items that
are asked again. Everyone answers a sheet in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from assessments.models import FORMS, Instrument, Item, Scale, Wave
from assessments.models.instrument import SATISFACTION
from assessments.scoring import JUDGEMENT_KINDS, KeyedChoice, KeyedItem, Kind

Option = tuple[int, str]
"""A value and its words."""


@dataclass(frozen=True)
class Sheet:
    """``items`` and ``keyed`` run in parallel; ``scales`` by code, in their order."""

    instrument: Instrument
    form: str
    wave: str
    items: tuple[Item, ...]
    keyed: tuple[KeyedItem, ...]
    scales: dict[str, Scale]

    @cached_property
    def width(self) -> int:
        """How many values a vector of this sheet has."""
        return sum(item.parts for item in self.keyed)

    @property
    def pages(self) -> int:
        return len(self.items)

    def choices_of(self, item: Item) -> list[str]:
        """The replies or feelings of an item in words."""
        return [choice.value["text"] for choice in item.choices]

    def options_of(self, item: Item) -> list[Option]:
        """What may be chosen for each part of the item, from the lowest."""
        return options_of(self.instrument, item)


def options_of(instrument: Instrument, item: Item) -> list[Option]:
    if item.kind == Kind.RATE_EACH:
        return [(value, words) for value, words in instrument.rating_options]
    if item.kind in (Kind.BEST_WORST, Kind.RECOGNITION):
        return [(number, choice.value["text"]) for number, choice in enumerate(item.choices)]
    if item.kind == Kind.SATISFACTION:
        return [(value, str(value)) for value in range(SATISFACTION[0], SATISFACTION[1] + 1)]
    if item.kind == Kind.REFLECTION:
        return []
    return [(value, words) for value, words in instrument.options]


def sheet_of(instrument: Instrument, *, form: str = "", wave: str = Wave.PRE) -> Sheet:
    """The sheet of a form at a wave, in two queries."""
    items = [
        item
        for item in items_of(instrument)
        if (wave != Wave.THEN and item.form in ("", form)) or item.is_asked_looking_back
    ]
    return Sheet(
        instrument=instrument,
        form=form,
        wave=wave,
        items=tuple(items),
        keyed=tuple(keyed_item(instrument, item) for item in items),
        scales={scale.code: scale for scale in instrument.scales.order_by("sort_order", "pk")},
    )


def items_of(instrument: Instrument) -> list[Item]:
    """All items of all forms in their order."""
    return list(instrument.items.order_by("sort_order", "pk"))


def forms_of(instrument: Instrument) -> tuple[str, ...]:
    """The parallel forms; one without a name where there are none."""
    has_forms = instrument.items.exclude(form="").exists()
    return FORMS if has_forms else ("",)


def keyed_item(instrument: Instrument, item: Item) -> KeyedItem:
    values = [value for value, _words in options_of(instrument, item)] or [0]
    return KeyedItem(
        code=item.code,
        scale=item.scale_code,
        is_reversed=item.is_reversed,
        kind=Kind(item.kind),
        minimum=min(values),
        maximum=max(values),
        choices=tuple(
            KeyedChoice(choice.value.get("key"), bool(choice.value.get("is_critical")))
            for choice in item.choices
        )
        if Kind(item.kind) in JUDGEMENT_KINDS
        else (),
        expected=item.expected,
    )
