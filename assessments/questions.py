"""One question as a page shows it: groups of answers, what is chosen, what may stand instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.answering import NOT_APPLICABLE, reasons_of
from assessments.models import Attempt, Instrument, Item, Response, Wave
from assessments.own_words import LONGEST_TEXT, own_words
from assessments.scoring import Kind
from assessments.sheets import Option, Sheet, keyed_item, options_of

JUDGEMENTS = (Kind.RATE_EACH, Kind.BEST_WORST)


@dataclass(frozen=True)
class Group:
    """One set of radio buttons. ``legend`` is empty where the question itself says it."""

    name: str
    legend: str
    options: list[Option]
    chosen: str
    part: int = 0
    is_missing: bool = False
    """It was sent without an answer that can be kept."""

    @property
    def first_id(self) -> str:
        """Of its first button: where the summary of errors leads."""
        return f"answer-{self.part}" if self.part else "first-answer"


@dataclass(frozen=True)
class Question:
    number: int
    total: int
    item: Item
    groups: tuple[Group, ...]
    instruction: str
    reasons: list[tuple[str, str]]
    """What may stand for an answer: its code and words."""
    reason: str
    text: str
    """The person's own words, of an open question."""

    @property
    def error_at(self) -> str:
        """The id of what has to be corrected first."""
        return next((one.first_id for one in self.groups if one.is_missing), "first-answer")

    @property
    def is_open(self) -> bool:
        return self.item.kind == Kind.REFLECTION

    @property
    def longest(self) -> int:
        return LONGEST_TEXT

    @property
    def is_single(self) -> bool:
        return len(self.groups) == 1


def reason_in_words(reason: str) -> str:
    if reason == NOT_APPLICABLE:
        return _("There were no such conversations")
    return _("Hard to say")


def question_of(sheet: Sheet, number: int, responses: Iterable[Response] = ()) -> Question:
    """The question at place ``number`` (from 1) with what was answered so far."""
    item, keyed = sheet.items[number - 1], sheet.keyed[number - 1]
    given = {response.part: response for response in responses}
    first = given.get(0)
    legends = _legends(item)
    groups = tuple(
        Group(
            name="answer" if keyed.parts == 1 else f"answer-{part}",
            legend=legends[part] if part < len(legends) else "",
            options=_worded(sheet.instrument, item),
            chosen=_chosen(given.get(part)),
            part=part,
        )
        for part in range(keyed.parts)
    )
    return Question(
        number=number,
        total=sheet.pages,
        item=item,
        groups=groups,
        instruction=_instruction(sheet, number),
        reasons=[]
        if item.kind == Kind.REFLECTION
        else [(reason, reason_in_words(reason)) for reason in reasons_of(item)],
        reason=first.missing if first else "",
        text=first.text if first else "",
    )


def as_sent(question: Question, data: Mapping[str, str]) -> Question:
    """The question with what the person has just sent, though it cannot be kept as it is."""
    if question.is_open:
        return replace(question, text=own_words(data.get("answer", "")))
    groups = [replace(group, chosen=data.get(group.name, "")) for group in question.groups]
    chosen = [group.chosen for group in groups]
    return replace(
        question,
        groups=tuple(
            replace(
                group,
                is_missing=group.chosen not in {str(value) for value, _words in group.options}
                or (question.item.kind == Kind.BEST_WORST and chosen.count(group.chosen) > 1),
            )
            for group in groups
        ),
        reason=data.get("reason", ""),
    )


def _legends(item: Item) -> list[str]:
    if item.kind == Kind.RATE_EACH:
        return [choice.value["text"] for choice in item.choices]
    if item.kind == Kind.BEST_WORST:
        return [_("The best reply"), _("The worst reply")]
    return []


def _worded(instrument: Instrument, item: Item) -> list[Option]:
    options = options_of(instrument, item)
    if item.kind == Kind.SATISFACTION:
        ends = {0: _("0: not at all"), 10: _("10: completely")}
        return [(value, ends.get(value, words)) for value, words in options]
    return options


def _chosen(response: Response | None) -> str:
    return "" if response is None or response.value is None else str(response.value)


def _instruction(sheet: Sheet, number: int) -> str:
    """Above the first question of its sort; above every situation, for they are read apart."""
    item, instrument = sheet.items[number - 1], sheet.instrument
    if item.kind in JUDGEMENTS:
        return instrument.judgement_instruction
    if sheet.wave == Wave.THEN:
        return instrument.then_instruction or instrument.instruction
    return instrument.instruction if number == 1 else ""


def given_in(
    data: QueryDict | Mapping[str, str], instrument: Instrument, item: Item
) -> str | list[str]:
    """What a form says about the item: one value, a list of them, or a reason."""
    if reason := data.get("reason"):
        return reason
    parts = keyed_item(instrument, item).parts
    if parts <= 1:
        return data.get("answer", "")
    return [data.get(f"answer-{part}", "") for part in range(parts)]


def in_words(sheet: Sheet, number: int, responses: list[Response]) -> str:
    """The answer to one question as the check page shows it; empty while it is not complete."""
    question = question_of(sheet, number, responses)
    if question.reason and not question.is_open:
        return reason_in_words(question.reason)
    if question.is_open:
        return question.text or (_("No words") if question.reason else "")
    found = []
    for group in question.groups:
        words = {str(value): label for value, label in group.options}
        if group.chosen not in words:
            return ""
        found.append(words[group.chosen])
    if question.item.kind == Kind.BEST_WORST:
        return _("Best: “%(best)s” Worst: “%(worst)s”") % {"best": found[0], "worst": found[1]}
    return " · ".join(found)


def responses_by_item(attempt: Attempt) -> dict[int, list[Response]]:
    """All answers of a draft, in one query."""
    found: dict[int, list[Response]] = {}
    for response in attempt.responses.all():
        found.setdefault(response.item_id, []).append(response)
    return found
