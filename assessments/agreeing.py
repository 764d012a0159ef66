"""For what a person lets their answers be used: asked per purpose, withdrawn at any time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Instrument
from lms.people.models import Consent, User

WORDING = "2026-11"
"""Changes with the sentences below."""
PURPOSES = (Consent.Purpose.ANSWERS.value, Consent.Purpose.NORMING.value)


@dataclass(frozen=True)
class Asked:
    purpose: str
    words: str
    is_given: bool


def purposes_of(user: User) -> list[Asked]:
    """Every purpose with its words, and whether the person agrees now."""
    given = set(
        Consent.objects.filter(user=user, purpose__in=PURPOSES, withdrawn_at=None).values_list(
            "purpose", flat=True
        )
    )
    return [Asked(purpose, words, purpose in given) for purpose, words in _wordings().items()]


def purposes_open_to(user: User, instrument: Instrument) -> list[Asked]:
    """What there is still to ask before this instrument is answered."""
    return [
        asked
        for asked in purposes_of(user)
        if not asked.is_given
        and (asked.purpose != Consent.Purpose.NORMING or not instrument.is_normed)
    ]


def _wordings() -> dict[str, str]:
    return {
        Consent.Purpose.ANSWERS.value: _(
            "I agree that my answers, without my name, count in the results of large groups. "
            "You can take part without this, too."
        ),
        Consent.Purpose.NORMING.value: _(
            "I agree that my answers, without my name, help to check the questionnaire itself: "
            "whether its questions are clear and fair."
        ),
    }


def agree(user: User, purpose: str) -> None:
    """The person agrees; agreeing twice changes nothing."""
    try:
        with transaction.atomic():
            Consent.objects.get_or_create(
                user=user, purpose=purpose, wording=WORDING, withdrawn_at=None
            )
    except IntegrityError:
        return  # two windows at once


def withdraw(user: User, purpose: str) -> None:
    """From now on the person's answers no longer count for the purpose."""
    for consent in Consent.objects.filter(user=user, purpose=purpose, withdrawn_at=None):
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])  # one by one: others listen to it
