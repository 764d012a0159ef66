"""Answers without names that are still one for each person.

The key under which an answer stands comes from the person and a secret of the installation, so
that somebody can change their own answer while the question is open, and the database alone does
not tell whose it is. When the question is closed the keys are replaced by random ones, and the
answers are written anew in an order of chance: from then on nobody can tell, neither with the
secret nor by comparing rows with the log of who answered when.
"""

from __future__ import annotations

import random
import uuid

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

_chance = random.SystemRandom()
SMALLEST_GROUP = 5
"""A distribution of fewer answers could tell whose they are."""


def voter_key(question: uuid.UUID, user_id: int) -> str:
    """64 hexadecimal digits, the same for the same person and question."""
    return salted_hmac(f"webinars.voter.{question}", str(user_id), algorithm="sha256").hexdigest()


def forget_voters(answers: QuerySet) -> None:
    """Cut the last thread between answers and people, inside the caller's transaction.

    ``answers`` have a ``voter``, and nothing refers to them.
    """
    anew = list(answers)
    answers.delete()
    _chance.shuffle(anew)
    for answer in anew:
        answer.pk, answer.voter = None, uuid.uuid4().hex
    answers.model._default_manager.bulk_create(anew)
