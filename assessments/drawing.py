"""Which of two parallel forms a person answers: AB or BA, drawn in balanced blocks.

Half of a cohort begins with A and half with B (permuted blocks of four), so that a difference in
difficulty between the forms cancels out of the gain. The draw depends on the instrument's seed
alone: whoever knows the seed can repeat it.
"""

from __future__ import annotations

import random

from assessments.models import FORMS, Attempt, Instrument
from assessments.sheets import forms_of
from courses.models import Cohort, Enrollment

BLOCK = 4


def form_for(enrollment: Enrollment, instrument: Instrument) -> str:
    """The form of the next attempt: the other one than last time, the first by the draw.

    Called in the transaction that makes the attempt: the cohort is locked, so that two who begin
    at once draw one after the other. Empty for an instrument without forms.
    """
    if forms_of(instrument) == ("",):
        return ""
    Cohort.objects.select_for_update().get(pk=enrollment.cohort_id)
    of_instrument = Attempt.objects.filter(instrument__code=instrument.code).exclude(form="")
    last = of_instrument.filter(enrollment=enrollment).order_by("-started_at", "-pk").first()
    if last is not None:
        return FORMS[1] if last.form == FORMS[0] else FORMS[0]
    drawn = (
        of_instrument.filter(enrollment__cohort=enrollment.cohort_id)
        .order_by()
        .values("enrollment")
        .distinct()
        .count()
    )
    return drawn_form(instrument, str(enrollment.cohort.uuid), drawn)


def drawn_form(instrument: Instrument, cohort: str, number: int) -> str:
    """The first form of the person who is drawn as ``number`` (from 0) in a cohort."""
    block, place = divmod(number, BLOCK)
    forms = list(FORMS) * (BLOCK // len(FORMS))
    random.Random(  # noqa: S311  a draw that anyone can repeat, no secret
        f"{instrument.draw_seed}:{instrument.code}:{cohort}:{block}"
    ).shuffle(forms)
    return forms[place]
