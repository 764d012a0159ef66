"""A questionnaire with every kind of item, in two forms, and a course around it."""

from __future__ import annotations

from typing import Any

from assessments.answering import answer, sheet_for, start_attempt, submit
from assessments.loading import load_instrument
from assessments.models import Assessment, Attempt, Instrument
from assessments.scoring import Kind
from courses.models import Enrollment
from tests.factories import CohortFactory, active_enrollment, add_page, make_course, make_module

OPTIONS = [(0, "Никогда"), (1, "Редко"), (2, "Иногда"), (3, "Часто"), (4, "Почти всегда")]
RATINGS = [(1, "Навредит"), (2, "Скорее навредит"), (3, "Ни то ни сё"), (4, "Скорее поможет"),
           (5, "Поможет")]  # fmt: skip
REPLIES = [
    {"text": "Похоже, вы очень расстроены.", "key": 5},
    {"text": "Успокойтесь.", "key": 1},
    {"text": "Закрыть дверь и выйти.", "key": 2, "is_critical": True},
]
SCALES = [
    {"code": "feelings", "title": "Слышу чувства", "description": "Слышать.",
     "next_practice": "Спросите."},
    {"code": "hiding", "title": "Прячу чувства", "description": "Прятать.",
     "higher_is_better": False},
    {"code": "sjt", "title": "Ситуации", "description": "Оценивать.", "strand": "judgement"},
    {"code": "papers", "title": "Документы", "description": "Бланки.", "role": "control"},
    {"code": "tired", "title": "Усталость", "description": "Уставать.", "role": "risk",
     "higher_is_better": False},
]  # fmt: skip
ITEMS: list[dict[str, Any]] = [
    {"code": "F1", "scale": "feelings", "text": "Я дослушиваю.", "looking_back": True},
    {"code": "F2", "scale": "feelings", "text": "Я перебиваю.", "reversed": True,
     "not_applicable": True},
    {"code": "H1", "scale": "hiding", "text": "Я прячу обиду."},
    {"code": "C1", "kind": "instructed", "text": "Здесь выберите «Редко».", "expected": 1},
    {"code": "P1", "scale": "papers", "text": "Я нахожу бланк сразу."},
    {"code": "T1", "scale": "tired", "text": "После приёма сил нет."},
    {"code": "VA", "scale": "sjt", "kind": "rate_each", "form": "A", "text": "Ситуация А.",
     "choices": REPLIES},
    {"code": "VB", "scale": "sjt", "kind": "rate_each", "form": "B", "text": "Ситуация Б.",
     "choices": REPLIES},
    {"code": "VW", "scale": "sjt", "kind": "best_worst", "text": "Ситуация В.",
     "choices": REPLIES},
    {"code": "E1", "scale": "sjt", "kind": "recognition", "text": "«Да делайте что хотите».",
     "choices": [{"text": "Бессилие", "key": 2}, {"text": "Радость", "key": 0}]},
    {"code": "R1", "kind": "reflection", "text": "Что было самым трудным?"},
]  # fmt: skip
FACTS = {
    "code": "FULL",
    "title": "Полная анкета",
    "purpose": "Зачем",
    "who_sees": "Только вы",
    "minutes": 5,
    "instruction": "За 4 недели",
    "then_instruction": "Вспомните время до курса",
    "judgement_instruction": "Оцените каждый ответ",
    "rating_options": RATINGS,
}


def full_instrument() -> Instrument:
    return load_instrument(FACTS, scales=SCALES, items=ITEMS, options=OPTIONS)


def course_with_waves(
    *waves: str, instrument: Instrument | None = None
) -> tuple[dict[str, Assessment], Enrollment]:
    """A course of nothing but the questionnaire at these waves, and somebody who studies it."""
    instrument = instrument or full_instrument()
    module = make_module(make_course())
    found = {
        wave: add_page(
            module,
            Assessment(
                title=f"Анкета {wave}",
                instrument=instrument,
                wave=wave,
                is_required=wave in ("pre", "post"),
            ),
        )
        for wave in waves
    }
    cohort = CohortFactory(course=module.get_parent().specific)
    return found, active_enrollment(cohort=cohort)


def chosen(kind: str, parts: int, level: int) -> list[str]:
    """Some answer to an item of this kind; ``level`` for labelled ones."""
    if kind == Kind.REFLECTION:
        return ["Слушать молча."]
    if kind == Kind.INSTRUCTED:
        return ["1"]
    if kind == Kind.RATE_EACH:
        return ["5", "1", "2"]
    return [str(level)] if kind == Kind.LABELLED else ["0", "1"][:parts]


def answered(enrollment: Enrollment, assessment: Assessment, *, level: int = 2) -> Attempt:
    """The assessment answered to the end and sent."""
    attempt = start_attempt(enrollment=enrollment, assessment=assessment)
    sheet = sheet_for(attempt)
    for item, keyed in zip(sheet.items, sheet.keyed, strict=True):
        answer(attempt=attempt, item=item, given=chosen(item.kind, keyed.parts, level))
    return submit(attempt)
