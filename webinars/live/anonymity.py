"""Answers without names that are still one for each person.

The key under which an answer stands comes from the person and a secret of the installation, so
that somebody can change their own answer while the question is open, and the key alone does not
tell whose it is. (Whoever reads the database meanwhile could still lay the order of its rows beside
the times at which people voted.) When the question is closed the keys are replaced by random ones,
and the answers are written anew in an order of chance: from then on nobody can tell, neither with
the secret nor by comparing rows with the log of who answered when.

The list of commands, too, must not tell: of a command that is given without a name it keeps an
answer for repetitions under a key that only the sender's browser could make again, and neither
person nor words nor minute (``NamelessCommand``).
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


def command_key(room: uuid.UUID, user_id: int, cmd_id: str) -> str:
    """Under which the answer of a command without a name is kept; its content plays no part."""
    value = f"{room}.{user_id}.{cmd_id}"
    return salted_hmac("webinars.nameless", value, algorithm="sha256").hexdigest()


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
