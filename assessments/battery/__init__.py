"""Our own battery in Russian, forms A and B: emotions in contact with people who need help.

Not yet normed: the key of the situations is the authors' own, reliabilities and error are unknown.
``docs/battery-pilot.ru.md`` says how that is to change. All sentences are ours.
"""

from __future__ import annotations

from typing import Any

from assessments.battery.self_report import OPTIONS, REFLECTION, SCALES, self_report_items
from assessments.battery.situation import placed
from assessments.battery.situations_a import FORM_A
from assessments.battery.situations_b import FORM_B
from assessments.battery.situations_shared import SHARED
from assessments.loading import load_instrument
from assessments.models import Instrument

CODE = "BK-B"

INSTRUMENT: dict[str, Any] = {
    "code": CODE,
    "title": "Чувства в работе с людьми",
    "purpose": (
        "Анкета помогает увидеть, как вы справляетесь с чувствами в трудных разговорах на "
        "работе и что меняется со временем. Это не экзамен и не оценка вас как специалиста. "
        "Сначала вопросы о вас, потом шестнадцать ситуаций."
    ),
    "who_sees": (
        "Ваши ответы и личный результат видите только вы. Организаторы видят сводную картину по "
        "большой группе, без имён и только с вашего согласия. На сертификат ответы не влияют."
    ),
    "instruction": (
        "Вспомните разговоры с людьми на работе за последние 4 недели. Отметьте, как часто вы "
        "поступали так, как сказано в предложении. Отвечайте так, как было, а не так, как "
        "хотелось бы."
    ),
    "judgement_instruction": (
        "Прочитайте ситуацию и оцените, что следовало бы сделать специалисту. Речь о том, как "
        "лучше поступить, а не о том, как поступили бы вы."
    ),
    "then_instruction": (
        "Вспомните разговоры на работе за 4 недели до начала курса. Как часто вы поступали так "
        "тогда? Отвечайте, как видите то время сейчас."
    ),
    "minutes": 25,
    "rating_options": [
        (1, "Навредит"),
        (2, "Скорее навредит"),
        (3, "Почти не повлияет"),
        (4, "Скорее поможет"),
        (5, "Поможет"),
    ],
    "is_normed": False,
}


def battery_items() -> list[dict[str, Any]]:
    """All items of both forms, in their order: about oneself, then situations, then own words."""
    shared = placed(SHARED)
    own = {"A": placed(FORM_A), "B": placed(FORM_B)}
    situations = []
    for number in range(len(FORM_A)):
        if number % 3 == 0:
            situations.append(shared[number // 3])
        situations += [{**own[form][number], "form": form} for form in ("A", "B")]
    return [*self_report_items(), *situations, REFLECTION]


def install_battery() -> Instrument:
    """Version 1 of the battery in the library; one that is there is left as it is."""
    return load_instrument(INSTRUMENT, scales=SCALES, items=battery_items(), options=OPTIONS)
