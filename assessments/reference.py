"""How exactly an instrument measures, learnt from the people who have answered it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

from assessments.models import Attempt, Instrument, Scale, Wave
from assessments.psychometrics import cronbach_alpha
from assessments.sheets import sheet_of
from assessments.vectors import points_table, table
from lms.people.models import Consent

ENOUGH_PEOPLE = 100
"""Fewer than this do not give a reliability worth using (evidence design, minimum n)."""
ENOUGH_RELIABILITY = 0.8
"""Below this, no statement is made about one person's change (evidence design, decision 6)."""
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class ScaleReference:
    """Standard deviation before the course, and reliability (Cronbach's α), of one scale."""

    sd: float
    reliability: float
    n: int


def references(instrument: Instrument) -> dict[str, ScaleReference]:
    """Scale code → reference, for scales that are known well enough to judge one person's change.

    Computed from the answers before the course of real people who agree that theirs help to check
    the questionnaire; kept for an hour, or until one of them takes that back.
    """
    return cache.get_or_set(_key(instrument.pk), lambda: _compute(instrument), timeout=KEPT_SECONDS)


def _key(instrument: int) -> str:
    return f"reference:{instrument}"


def forget_references(instruments: Iterable[int]) -> None:
    """Once the transaction is through, these instruments (by id) are learnt anew."""
    keys = [_key(instrument) for instrument in set(instruments)]
    transaction.on_commit(lambda: cache.delete_many(keys))


def notice_withdrawal(sender: type[Consent], instance: Consent, **_signal: Any) -> None:
    """Receiver of ``post_save``: a consent that is taken back anywhere counts here at once."""
    if instance.purpose == Consent.Purpose.NORMING and instance.withdrawn_at is not None:
        answered = Attempt.objects.submitted().filter(enrollment__learner=instance.user_id)
        forget_references(answered.values_list("instrument", flat=True))


def _compute(instrument: Instrument) -> dict[str, ScaleReference]:
    attempts = list(
        Attempt.objects.submitted()
        .filter(
            instrument=instrument,
            wave=Wave.PRE,
            enrollment__learner__is_synthetic=False,
            enrollment__learner__in=_agreeing().values("user"),
        )
        .values_list("form", "vector")
    )
    if len(attempts) < ENOUGH_PEOPLE:
        return {}
    scales: dict[str, list[np.ndarray]] = {}
    for form in {form for form, _vector in attempts}:
        sheet = sheet_of(instrument, form=form)
        vectors = [vector for its, vector in attempts if its == form]
        found = points_table(sheet.keyed, table(b"".join(map(bytes, vectors)), sheet.width))
        for code, columns in found.items():
            # One person's change is judged on self-report only (evidence design, decision 6).
            if sheet.scales[code].strand == Scale.Strand.SELF_REPORT:
                scales.setdefault(code, []).append(columns)
    return {
        code: reference
        for code, parts in scales.items()
        if (reference := _reference(parts)) is not None
    }


def _agreeing() -> QuerySet[Consent]:
    return Consent.objects.filter(purpose=Consent.Purpose.NORMING, withdrawn_at=None)


def _reference(parts: list[np.ndarray]) -> ScaleReference | None:
    """None while the scale is not known well enough, or its forms differ in length."""
    if len({part.shape[1] for part in parts}) != 1:
        return None
    columns = np.vstack(parts)
    complete = columns[np.isfinite(columns).all(axis=1)]
    if len(complete) < ENOUGH_PEOPLE:
        return None
    alpha = cronbach_alpha(complete).alpha
    if alpha is None or alpha < ENOUGH_RELIABILITY:
        return None
    return ScaleReference(float(complete.mean(axis=1).std(ddof=1)), alpha, len(complete))
