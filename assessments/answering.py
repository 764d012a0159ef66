"""Answering a questionnaire: one answer at a time, checked, submitted exactly once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Attempt, Instrument, Item, Response, Scale, ScaleScore
from assessments.scoring import KeyedItem, score
from courses.ledger import record_completion
from courses.models import Enrollment

CANNOT_SAY = "cannot_say"
LONGEST_ITEM_SECONDS = 3600


class AlreadySubmitted(Exception):
    """The answers are locked."""


class Unanswered(Exception):
    """Items without an answer; ``numbers`` are their places, from 1."""

    def __init__(self, numbers: list[int]):
        super().__init__(numbers)
        self.numbers = numbers


class OutsideTheScale(ValueError):
    """The value is none of the answer options."""


def items_of(instrument: Instrument) -> list[Item]:
    """The items in the order in which everyone answers them, at every wave."""
    return list(instrument.items.order_by("sort_order", "pk"))


def start_attempt(*, enrollment: Enrollment, assessment: Assessment) -> Attempt:
    """The attempt of this enrolment at this assessment; begun on the first call.

    An attempt keeps the version of the instrument that it began with.
    """
    with transaction.atomic():
        attempt, _created = Attempt.objects.get_or_create(
            enrollment=enrollment,
            assessment=assessment,
            defaults={"instrument_id": assessment.instrument_id},
        )
    return attempt


@transaction.atomic
def answer(*, attempt: Attempt, item: Item, given: str, seconds: float | None = None) -> Response:
    """Keep one answer: the value of an option as text, or ``cannot_say``. The last one stands.

    Raises AlreadySubmitted, or OutsideTheScale for anything that is not an option.
    """
    locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if locked.submitted_at:
        raise AlreadySubmitted
    fields: dict = {"value": None, "missing": CANNOT_SAY}
    if given != CANNOT_SAY:
        fields = {"value": _option(attempt.instrument, given), "missing": ""}
    Instrument.objects.filter(pk=attempt.instrument_id, frozen_at=None).update(
        frozen_at=timezone.now()
    )
    response, _created = Response.objects.update_or_create(
        attempt=attempt, item=item, defaults=fields
    )
    if seconds is not None and 0 <= seconds <= LONGEST_ITEM_SECONDS:
        locked.item_seconds[item.code] = round(locked.item_seconds.get(item.code, 0) + seconds, 1)
        locked.save(update_fields=["item_seconds"])
    return response


def _option(instrument: Instrument, given: str) -> int:
    for value, _label in instrument.options:
        if given == str(value):
            return value
    raise OutsideTheScale(given)


def submit(attempt: Attempt) -> Attempt:
    """Lock the answers, score them, and record the activity as complete.

    Submitting again changes nothing. Raises Unanswered; then nothing is locked.
    """
    with transaction.atomic():
        locked = (
            Attempt.objects.select_for_update()
            .select_related("enrollment", "assessment", "instrument")
            .get(pk=attempt.pk)
        )
        if locked.submitted_at is None:
            items = items_of(locked.instrument)
            responses = {r.item_id: r for r in locked.responses.all()}
            missing = [n for n, item in enumerate(items, 1) if item.pk not in responses]
            if missing:
                raise Unanswered(missing)
            locked.answers = [responses[item.pk].value for item in items]
            locked.submitted_at = timezone.now()
            locked.save(update_fields=["answers", "submitted_at"])
            scales = scales_of(locked.instrument)
            ScaleScore.objects.bulk_create(scores_of(locked, items=items, scales=scales))
        record_completion(
            enrollment=locked.enrollment,
            activity=locked.assessment,
            evidence={"attempt": str(locked.uuid), "wave": locked.assessment.wave},
        )
    return locked


def scales_of(instrument: Instrument) -> dict[str, Scale]:
    """The scales of the instrument by code, in their order."""
    return {scale.code: scale for scale in instrument.scales.order_by("sort_order", "pk")}


def scores_of(
    attempt: Attempt, *, items: Sequence[Item], scales: Mapping[str, Scale]
) -> list[ScaleScore]:
    """Unsaved scores of an attempt whose answers stand in the order of ``items``."""
    instrument = attempt.instrument
    return [
        ScaleScore(
            attempt=attempt,
            scale=scales[found.scale],
            mean=found.mean,
            answered=found.answered,
            of_items=found.of_items,
        )
        for found in score(
            [KeyedItem(item.code, item.scale_code, item.is_reversed) for item in items],
            {item.code: value for item, value in zip(items, attempt.answers or [], strict=True)},
            minimum=instrument.minimum,
            maximum=instrument.maximum,
        )
    ]
