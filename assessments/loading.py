"""Making an instrument from plain data, as the demo, the battery and imports bring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Instrument, Item, Scale
from assessments.scoring import Kind
from assessments.vectors import HIGHEST

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
    Raises BrokenInstrument for whatever is not so, of any type; then nothing is made.
    """
    check_structure(scales=scales, items=items)
    facts = {name: instrument[name] for name in INSTRUMENT_FIELDS if name in instrument}
    facts["rating_options"] = checked_options(facts.get("rating_options") or [])
    made = Instrument(
        code=instrument.get("code"), version=version, options=checked_options(options), **facts
    )
    if not made.options:
        raise BrokenInstrument(_("At least two answers to choose from."))
    _check_row(made, str(made.code))
    made.save()
    facets = [
        Scale(instrument=made, sort_order=order, **scale) for order, scale in enumerate(scales)
    ]
    for facet in facets:
        _check_row(facet, facet.code)
    Scale.objects.bulk_create(facets)
    rows = [_item(made, order, item) for order, item in enumerate(items)]
    for row in rows:
        _check_row(row, row.code)
        _check_choices(row)
    Item.objects.bulk_create(rows)
    return made


def checked_options(options: Any) -> list[list]:
    """Options as stored: the value and its words, lowest first, each once, in a byte of an answer.

    Empty where there are none. Raises BrokenInstrument.
    """
    try:
        found = [[value, words] for value, words in options]
    except (TypeError, ValueError) as problem:
        raise BrokenInstrument(_("Answers to choose from are pairs: value and words.")) from problem
    values = [value for value, _words in found]
    if not all(type(value) is int and value >= 0 for value in values) or not all(
        isinstance(words, str) and words.strip() and "\x00" not in words for _value, words in found
    ):
        raise BrokenInstrument(_("Answers to choose from are pairs: value and words."))
    if values != sorted(set(values)):
        raise BrokenInstrument(_("From the lowest to the highest, each number once."))
    if values and values[-1] > HIGHEST:
        raise BrokenInstrument(_("Numbers up to %(highest)s.") % {"highest": HIGHEST})
    if len(values) == 1:
        raise BrokenInstrument(_("At least two answers to choose from."))
    return found


def check_structure(
    *, scales: Sequence[Mapping[str, Any]], items: Sequence[Mapping[str, Any]]
) -> None:
    """Raises BrokenInstrument when scales and items do not fit together."""
    fields = {field.name for field in Scale._meta.fields} - {"id", "instrument", "sort_order"}
    for row in (*scales, *items):
        if not isinstance(row.get("code"), str) or not row["code"]:
            raise BrokenInstrument(_("A scale or a question has no code."))
    strange = sorted({name for scale in scales for name in scale if name not in fields})
    if strange:
        raise BrokenInstrument(_("Scales have no such field: %(names)s.") % _listed(strange))
    known = [scale["code"] for scale in scales]
    used = {item["scale"] for item in items if item.get("scale")}
    if used - set(known):
        raise BrokenInstrument(
            _("Questions name scales that are not there: %(names)s.") % _listed(used - set(known))
        )
    if set(known) - used:
        raise BrokenInstrument(
            _("Scales without questions: %(names)s.") % _listed(set(known) - used)
        )
    for codes in (known, [item["code"] for item in items]):
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise BrokenInstrument(_("Codes that stand twice: %(names)s.") % _listed(twice))


def _listed(names: Iterable[str]) -> dict[str, str]:
    return {"names": ", ".join(sorted(names))}


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


def _check_row(row: Instrument | Scale | Item, name: str) -> None:
    """By the rules of its fields and of its table; a text may be empty. Raises BrokenInstrument."""
    empty = {field.name for field in row._meta.fields if getattr(row, field.attname) in ("", [])}
    left_out = {"instrument", "choices", *empty} - {"code", "title"}
    try:
        for field in row._meta.fields:
            value = getattr(row, field.attname)
            if isinstance(value, str) and "\x00" in value:
                raise ValidationError(_("There is a sign in it that cannot be stored."))
        row.clean_fields(exclude=left_out)
        if isinstance(row, Item):
            row.clean()
        row.validate_constraints(exclude={"instrument"})
    except (ValidationError, OverflowError, TypeError, ValueError) as problem:
        raise BrokenInstrument(f"{name}: {_in_words(problem)}") from problem


def _check_choices(item: Item) -> None:
    """As the editor of the CMS would have it. Raises BrokenInstrument."""
    try:
        for choice in item.choices:
            choice.block.clean(choice.value)
            if "\x00" in choice.value["text"]:
                raise ValidationError(_("There is a sign in it that cannot be stored."))
    except (ValidationError, TypeError, ValueError) as problem:
        words = _("one of the answers to choose from is not complete.")
        raise BrokenInstrument(f"{item.code}: {words}") from problem


def _in_words(problem: Exception) -> str:
    """With the names of fields, as people know them."""
    if not isinstance(problem, ValidationError):
        return str(problem)
    if not hasattr(problem, "error_dict"):
        return " ".join(problem.messages)
    names = {
        field.name: field.verbose_name
        for m in (Instrument, Scale, Item)
        for field in m._meta.fields
    }
    return " ".join(
        f"{names[name]} — {' '.join(words)}" if name in names else " ".join(words)
        for name, words in problem.message_dict.items()
    )


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
