"""An instrument as plain data and back: what every file format is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.loading import INSTRUMENT_FIELDS, BrokenInstrument, make_version
from assessments.models import Instrument, Item, Scale

SCALE_FIELDS = (
    "code", "title", "description", "next_practice", "strand", "role", "higher_is_better"
)  # fmt: skip


@dataclass(frozen=True)
class PlainInstrument:
    """As ``loading.make_version`` takes it."""

    facts: dict[str, Any]
    scales: list[dict[str, Any]]
    items: list[dict[str, Any]]
    options: list[tuple[int, str]]
    version: int = 1


def plain_of(instrument: Instrument) -> PlainInstrument:
    return PlainInstrument(
        facts={"code": instrument.code}
        | {name: getattr(instrument, name) for name in INSTRUMENT_FIELDS},
        scales=[_scale(scale) for scale in instrument.scales.order_by("sort_order", "pk")],
        items=[_item(item) for item in instrument.items.order_by("sort_order", "pk")],
        options=[(value, words) for value, words in instrument.options],
        version=instrument.version,
    )


def _scale(scale: Scale) -> dict[str, Any]:
    return {name: getattr(scale, name) for name in SCALE_FIELDS}


def _item(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "kind": item.kind,
        "form": item.form,
        "scale": item.scale_code,
        "text": item.text,
        "reversed": item.is_reversed,
        "not_applicable": item.allows_not_applicable,
        "looking_back": item.is_asked_looking_back,
        "expected": item.expected,
        "described": item.described,
        "choices": [
            {
                "text": choice.value["text"],
                "key": choice.value.get("key"),
                "is_critical": bool(choice.value.get("is_critical")),
            }
            for choice in item.choices
        ],
    }


@transaction.atomic
def take_in(plain: PlainInstrument) -> Instrument:
    """The instrument in the library: the next version of its code, or the first.

    A number that the file brings does not count: versions are counted here. Nothing that comes by
    file is normed before somebody here has said so. Raises BrokenInstrument.
    """
    code = plain.facts.get("code")
    if not isinstance(code, str):
        raise BrokenInstrument(_("The questionnaire has no code."))
    last = Instrument.objects.select_for_update().filter(code=code).first()
    return make_version(
        plain.facts | {"is_normed": False},
        scales=plain.scales,
        items=plain.items,
        options=plain.options,
        version=last.version + 1 if last else 1,
    )
