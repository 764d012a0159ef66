"""Answering a questionnaire: one answer at a time, checked, submitted exactly once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.attention import attention
from assessments.drawing import form_for
from assessments.models import Assessment, Attempt, Instrument, Item, Response, ScaleScore
from assessments.own_words import LONGEST_TEXT, own_words
from assessments.scoring import Kind
from assessments.sheets import Sheet, forms_of, keyed_item, options_of, sheet_of
from assessments.totals import score_rows, totals_of, write_totals
from assessments.vectors import CANNOT_SAY as CANNOT_SAY_CODE
from assessments.vectors import NOT_APPLICABLE as NOT_APPLICABLE_CODE
from assessments.vectors import by_item, pack
from assessments.windows import GRACE, Standing, Window, window_of
from courses.ledger import record_completion
from courses.models import Enrollment

CANNOT_SAY = Response.Missing.CANNOT_SAY.value
NOT_APPLICABLE = Response.Missing.NOT_APPLICABLE.value
CODES = {CANNOT_SAY: CANNOT_SAY_CODE, NOT_APPLICABLE: NOT_APPLICABLE_CODE}
LONGEST_ITEM_SECONDS = 3600


class AlreadySubmitted(Exception):
    """The answers are locked."""


class NotOpen(Exception):
    """The wave is not open for this person; ``window`` and ``standing`` say why."""

    def __init__(self, window: Window, standing: Standing):
        super().__init__(standing)
        self.window, self.standing = window, standing


class NothingAsked(Exception):
    """The questionnaire has no questions at this wave."""


class NewerAnswerKept(Exception):
    """A later answer to the same item is there already, from another device."""


class Unanswered(Exception):
    """Items without an answer; ``numbers`` are their places, from 1."""

    def __init__(self, numbers: list[int]):
        super().__init__(numbers)
        self.numbers = numbers


class OutsideTheScale(ValueError):
    """The value is none of the answer options, or a part has no answer."""


class TooLong(OutsideTheScale):
    """Own words of ``length`` signs, more than are kept."""

    def __init__(self, length: int):
        super().__init__(length)
        self.length = length


def start_attempt(*, enrollment: Enrollment, assessment: Assessment) -> Attempt:
    """The attempt of this enrolment at this assessment; begun on the first call.

    An attempt keeps the version, the wave and the form that it began with. Raises NotOpen before
    or after the wave, NothingAsked for one without questions; an attempt that is there already is
    returned.
    """
    found = Attempt.objects.filter(enrollment=enrollment, assessment=assessment).first()
    if found is not None:
        return found
    window = window_of(assessment, enrollment)
    standing = window.standing(timezone.now())
    if standing is not Standing.OPEN:
        raise NotOpen(window, standing)
    if not sheet_of(
        assessment.instrument, form=forms_of(assessment.instrument)[0], wave=assessment.wave
    ).pages:
        raise NothingAsked
    with transaction.atomic():
        attempt, _created = Attempt.objects.get_or_create(
            enrollment=enrollment,
            assessment=assessment,
            defaults={
                "instrument_id": assessment.instrument_id,
                "wave": assessment.wave,
                "form": form_for(enrollment, assessment.instrument),
            },
        )
    return attempt


def sheet_for(attempt: Attempt) -> Sheet:
    """What this attempt is answered on."""
    return sheet_of(attempt.instrument, form=attempt.form, wave=attempt.wave)


@transaction.atomic
def answer(
    *,
    attempt: Attempt,
    item: Item,
    given: str | Sequence[str],
    seconds: float | None = None,
    key: str = "",
    after: Collection[str] = (),
    age: timedelta = timedelta(0),
    is_partial: bool = False,
) -> list[Response]:
    """Keep the answer to one item; the last one given stands.

    given: the value of an option as text for each part of the item (of a single one as it is),
    the words of an open question, or ``cannot_say`` or ``not_applicable`` for the whole item.
    key: one sending; sent again, it changes nothing. after: the keys of what the same device sent
    before, in the place of which this stands. age: how long ago the person answered, when the
    answer waited for a connection; between devices the later answer stands, as far as the time
    that requests are on their way lets it be known. is_partial: parts may still be empty.

    Raises AlreadySubmitted, NotOpen, NewerAnswerKept, or OutsideTheScale; then nothing is kept.
    """
    locked = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("instrument", "assessment", "enrollment")
        .get(pk=attempt.pk)
    )
    if locked.submitted_at:
        raise AlreadySubmitted
    answered_at = timezone.now() - max(age, timedelta(0))
    _check_open(locked, answered_at)
    words = [given] if isinstance(given, str) else list(given)
    parts = _parts(locked.instrument, item, words, is_partial=is_partial)
    key = own_words(key)[:40]
    there = list(locked.responses.filter(item=item))
    if key and any(response.key == key for response in there):
        return there
    if any(old.answered_at > answered_at and old.key not in after for old in there):
        raise NewerAnswerKept
    answered_at = max([answered_at, *(old.answered_at for old in there)])
    Instrument.objects.filter(pk=locked.instrument_id, frozen_at=None).update(
        frozen_at=timezone.now()
    )
    locked.responses.filter(item=item).delete()
    kept = Response.objects.bulk_create(
        Response(attempt=locked, item=item, part=part, key=key, answered_at=answered_at, **fields)
        for part, fields in parts.items()
    )
    if seconds is not None and 0 <= seconds <= LONGEST_ITEM_SECONDS:
        locked.item_seconds[item.code] = round(locked.item_seconds.get(item.code, 0) + seconds, 1)
        locked.save(update_fields=["item_seconds"])
    return kept


def _check_open(attempt: Attempt, at: datetime) -> None:
    """Raises NotOpen when ``at`` lies outside the window, or the grace after it is over."""
    window = window_of(attempt.assessment, attempt.enrollment)
    standing = window.standing(at)
    is_over = window.closes_at is not None and timezone.now() > window.closes_at + GRACE
    if standing is not Standing.OPEN or is_over:
        raise NotOpen(window, Standing.CLOSED if is_over else standing)


def _parts(
    instrument: Instrument, item: Item, given: list[str], *, is_partial: bool
) -> dict[int, dict]:
    """The fields of a response by the number of its part; raises OutsideTheScale."""
    if item.kind == Kind.REFLECTION:
        words = own_words(given[0]) if given else ""
        if len(words) > LONGEST_TEXT:
            raise TooLong(len(words))
        return {0: {"text": words} if words else {"missing": CANNOT_SAY}}
    keyed = keyed_item(instrument, item)
    if len(given) == 1 and given[0] in reasons_of(item):
        return {key: {"missing": given[0]} for key in range(keyed.parts)}
    if len(given) != keyed.parts:
        raise OutsideTheScale(given)
    allowed = {str(value): value for value, _words in options_of(instrument, item)}
    chosen = {part: one for part, one in enumerate(given) if one or not is_partial}
    if not chosen or any(one not in allowed for one in chosen.values()):
        raise OutsideTheScale(given)
    if item.kind == Kind.BEST_WORST and len(chosen) > len(set(chosen.values())):
        raise OutsideTheScale(given)
    return {part: {"value": allowed[one]} for part, one in chosen.items()}


def reasons_of(item: Item) -> list[str]:
    """The reasons that may stand for an answer; a check of attention has none."""
    if item.kind == Kind.INSTRUCTED:
        return []
    return [CANNOT_SAY, NOT_APPLICABLE] if item.allows_not_applicable else [CANNOT_SAY]


def submit(attempt: Attempt) -> Attempt:
    """Lock the answers, score them, and record the activity as complete.

    Submitting again changes nothing. Raises Unanswered or NotOpen; then nothing is locked. The
    number of queries does not depend on how many items there are.
    """
    with transaction.atomic():
        locked = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("enrollment", "assessment", "instrument")
            .get(pk=attempt.pk)
        )
        if locked.submitted_at is None:
            _lock(locked)
        record_completion(
            enrollment=locked.enrollment,
            activity=locked.assessment,
            evidence={"attempt": str(locked.uuid), "wave": locked.wave},
        )
    return locked


def _lock(attempt: Attempt) -> None:
    window = window_of(attempt.assessment, attempt.enrollment)
    if window.closes_at is not None and timezone.now() > window.closes_at + GRACE:
        raise NotOpen(window, Standing.CLOSED)
    if window.overtaken_at is not None:
        raise NotOpen(window, Standing.OVERTAKEN)
    sheet = sheet_for(attempt)
    responses: dict[int, dict[int, Response]] = {}
    for response in attempt.responses.all():
        responses.setdefault(response.item_id, {})[response.part] = response
    missing = [
        number
        for number, (item, keyed) in enumerate(zip(sheet.items, sheet.keyed, strict=True), 1)
        if len(responses.get(item.pk, {})) < keyed.parts
    ]
    if missing:
        raise Unanswered(missing)
    codes = [
        _code(responses[item.pk][part])
        for item, keyed in zip(sheet.items, sheet.keyed, strict=True)
        for part in range(keyed.parts)
    ]
    attempt.vector = pack(codes)
    attempt.submitted_at = timezone.now()
    values = attempt.values or []
    totals = totals_of(sheet, values)
    write_totals(attempt, totals)
    seen = attention(sheet.keyed, by_item(sheet.keyed, values), attempt.item_seconds)
    attempt.fast_pages = seen.fast_pages
    attempt.longest_run = seen.longest_run
    attempt.failed_instructed = seen.failed_instructed
    attempt.save()
    ScaleScore.objects.bulk_create(score_rows(attempt, sheet, totals))


def _code(response: Response) -> int:
    return CODES[response.missing] if response.value is None else response.value
