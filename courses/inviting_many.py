"""Inviting many people at once, as ``invitations.invite`` invites one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from courses.invitations import hash_of
from courses.models import Cohort, Invitation
from lms.bulk import insert_rows, random_tokens, reserve_ids
from lms.mail.letters_many import write_letters

_TOKEN = "token"  # noqa: S105  stands in the address where each person's own token comes


class Invited(NamedTuple):
    """Whom to invite where. Demo people get a link, but never a letter."""

    enrollment_id: int
    learner_id: int
    email: str
    is_synthetic: bool
    cohort: Cohort


def invite_many(invited: Sequence[Invited], *, had_links: Collection[int] = ()) -> None:
    """New links, and letters with them.

    ``had_links``: enrolments whose earlier links stop working. To be called in the transaction
    that makes the enrolments.
    """
    if not invited:
        return
    now = timezone.now()
    expires_at = now + timedelta(days=settings.INVITATION_DAYS)
    if had_links:
        Invitation.objects.filter(enrollment__in=had_links, accepted_at__isnull=True).update(
            expires_at=now
        )
    ids = reserve_ids(Invitation, len(invited))
    tokens = random_tokens(len(invited))
    insert_rows(
        Invitation,
        ("id", "enrollment", "token_hash", "sent_to", "expires_at"),
        (
            (pk, one.enrollment_id, hash_of(token), one.email, expires_at)
            for pk, token, one in zip(ids, tokens, invited, strict=True)
        ),
    )
    address = settings.PUBLIC_URL + reverse("courses:invitation", args=[_TOKEN])
    about = {
        cohort.pk: _about(cohort)
        for cohort in {one.cohort.id: one.cohort for one in invited}.values()
    }
    write_letters(
        "invitation",
        [
            (
                one.learner_id,
                f"invitation:{pk}",
                {"link": address.replace(_TOKEN, token), **about[one.cohort.id]},
            )
            for pk, token, one in zip(ids, tokens, invited, strict=True)
            if one.email and not one.is_synthetic
        ],
    )


def _about(cohort: Cohort) -> dict[str, object]:
    return {
        "course": cohort.course.title,
        "cohort": cohort.title,
        "starts_at": cohort.starts_at.isoformat(),
        "days": settings.INVITATION_DAYS,
    }
