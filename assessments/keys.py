"""What every answer of an instrument earns, and what an author should look at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.models import Instrument, Item, Wave
from assessments.scoring import JUDGEMENT_KINDS, UNSCORED_KINDS, KeyedItem, Kind, points
from assessments.sheets import Sheet, forms_of, options_of, sheet_of

FEW_ITEMS = 3
MOST_LOOKING_BACK = 8


@dataclass(frozen=True)
class KeyRow:
    """One item: its answers in words with what each earns; None earns nothing or is not keyed."""

    item: Item
    scale: str
    answers: list[tuple[str, float | None, bool]]
    """Words, points (for a rated reply: the experts' rating), whether it is a critical error."""


def key_rows(sheet: Sheet) -> list[KeyRow]:
    return [
        KeyRow(
            item=item,
            scale=sheet.scales[item.scale_code].title if item.scale_code in sheet.scales else "",
            answers=_answers(sheet.instrument, item, keyed),
        )
        for item, keyed in zip(sheet.items, sheet.keyed, strict=True)
        if keyed.kind not in UNSCORED_KINDS
    ]


def _answers(
    instrument: Instrument, item: Item, keyed: KeyedItem
) -> list[tuple[str, float | None, bool]]:
    if keyed.kind in (Kind.RATE_EACH, Kind.BEST_WORST):
        return [
            (choice.value["text"], key.key, key.is_critical)
            for choice, key in zip(item.choices, keyed.choices, strict=True)
        ]
    return [(words, points(keyed, [value]), False) for value, words in options_of(instrument, item)]


def doubts(instrument: Instrument) -> list[str]:
    """What does not stop anybody, but should be looked at before people answer."""
    found: list[str] = []
    for form in forms_of(instrument):
        sheet = sheet_of(instrument, form=form)
        found += [f"{form}: {words}" if form else words for words in _doubts_of(sheet)]
    again = sheet_of(instrument, wave=Wave.THEN).pages
    if again > MOST_LOOKING_BACK:
        found.append(_("More than eight items are asked again looking back: %(n)s.") % {"n": again})
    if again and not instrument.then_instruction:
        found.append(_("There is no instruction for looking back."))
    return list(dict.fromkeys(found))


def _doubts_of(sheet: Sheet) -> Iterator[str]:
    for code, scale in sheet.scales.items():
        count = sum(item.scale_code == code for item in sheet.items)
        if not count:
            yield _("The scale “%(scale)s” has no items.") % {"scale": scale.title}
        elif count < FEW_ITEMS:
            yield _("The scale “%(scale)s” has only %(n)s items.") % {
                "scale": scale.title,
                "n": count,
            }
    for item in sheet.keyed:
        keys = [choice.key for choice in item.choices]
        if item.scale and item.scale not in sheet.scales:
            yield _("%(code)s: there is no scale “%(scale)s”.") % {
                "code": item.code,
                "scale": item.scale,
            }
        if item.kind not in JUDGEMENT_KINDS:
            continue
        known = [key for key in keys if key is not None]
        if len(known) < len(keys):
            yield _("%(code)s: not every reply has a key.") % {"code": item.code}
        elif len(set(known)) == 1:
            yield _("%(code)s: all replies have the same key.") % {"code": item.code}
        if item.kind is Kind.RATE_EACH and any(
            not item.minimum <= key <= item.maximum for key in known
        ):
            yield _("%(code)s: a key lies outside the ratings.") % {"code": item.code}
