"""Letters by the thousand: written in one go, sent in parcels, each letter once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.core.mail import get_connection

from lms.bulk import insert_rows, reserve_ids
from lms.jobs.models import Job
from lms.jobs.queue import advance, enqueue_many, job_handler
from lms.mail.letters import send
from lms.mail.models import Letter

logger = logging.getLogger(__name__)

PARCEL = 200
"""Letters of one job: other work, such as a single letter, gets its turn between parcels."""


def write_letters(template: str, letters: Sequence[tuple[int, str, dict[str, Any]]]) -> None:
    """Ask for letters (id of the recipient, key, context); keys that are new. Sent after commit.

    Unlike ``write_letter`` it does not look whether a person may be written to: the caller has.
    """
    if not letters:
        return
    ids = reserve_ids(Letter, len(letters))
    insert_rows(
        Letter,
        ("id", "recipient", "key", "template", "context"),
        (
            (pk, recipient, key, template, context)
            for pk, (recipient, key, context) in zip(ids, letters, strict=True)
        ),
    )
    parcels = [ids[start : start + PARCEL] for start in range(0, len(ids), PARCEL)]
    enqueue_many(
        "mail.letters",
        [(str(parcel[0]), {"letters": parcel}, len(parcel)) for parcel in parcels],
    )


@job_handler("mail.letters")
def send_letters(job: Job) -> None:
    """Send what of a parcel is not sent yet; one letter that fails does not hold up the others.

    Raises the last failure, so that the job is tried again for those that are left.
    """
    letters = Letter.objects.select_related("recipient").filter(
        pk__in=job.payload["letters"], sent_at__isnull=True
    )
    done, failure = job.total - len(letters), None
    with get_connection() as connection:
        for letter in letters:
            try:
                send(letter, connection=connection)
            except Exception as error:
                logger.exception("Letter %s could not be sent", letter.pk)
                failure = error
            else:
                done += 1
            advance(job, done=done)
    if failure is not None:
        raise failure
