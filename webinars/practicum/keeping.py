"""How long transcripts are kept: as the people agreed, then the lines are erased."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from lms.people.models import Consent, User
from webinars.live import log
from webinars.models import (
    ExcellentRound,
    LineComment,
    Practicum,
    PracticumSession,
    PracticumTicket,
    Stream,
)
from webinars.practicum import library
from webinars.practicum.rounds import Phase
from webinars.practicum.transcript import spoken


def wording_of(practicum: Practicum) -> str:
    """What is agreed to: the wording of 2026-11 with the number of days."""
    return f"2026-11/{practicum.keep_days}"


def agree_to_transcript(user: User, practicum: Practicum) -> Consent:
    return Consent.objects.get_or_create(
        user=user,
        purpose=Consent.Purpose.TRANSCRIPT,
        wording=wording_of(practicum),
        withdrawn_at=None,
    )[0]


def has_agreed(user: User, practicum: Practicum) -> bool:
    return Consent.objects.filter(
        user=user,
        purpose=Consent.Purpose.TRANSCRIPT,
        wording=wording_of(practicum),
        withdrawn_at=None,
    ).exists()


@transaction.atomic
def withdraw(user: User) -> int:
    """Take back every consent to transcripts; how many. What the library shows goes at once, and
    so do places in queues: nobody waits for somebody who may not be written down.

    The next run of the job erases the transcripts.
    """
    library.take_down_of_person(user, ExcellentRound.End.WITHDRAWN)
    PracticumTicket.objects.filter(enrollment__learner=user).delete()
    return Consent.objects.filter(
        user=user, purpose=Consent.Purpose.TRANSCRIPT, withdrawn_at=None
    ).update(withdrawn_at=timezone.now())


def due_for_erasing(*, now: datetime) -> list[PracticumSession]:
    """Finished sessions whose time is over, or of which somebody has taken the consent back.

    Who has agreed again since means other conversations, not those from before.
    """
    taken_back = Consent.objects.filter(
        purpose=Consent.Purpose.TRANSCRIPT,
        withdrawn_at__gte=OuterRef("room__opened_at"),
        user__enrollments__practicum_seats__session=OuterRef("pk"),
    )
    standing = Consent.objects.filter(purpose=Consent.Purpose.TRANSCRIPT, withdrawn_at=None).values(
        "user_id"
    )
    withdrawn = (
        Consent.objects.filter(purpose=Consent.Purpose.TRANSCRIPT, withdrawn_at__isnull=False)
        .exclude(user_id__in=standing)
        .values("user_id")
    )
    finished = PracticumSession.objects.filter(phase=Phase.CLOSED, erased_at=None)
    due = finished.filter(
        Q(erase_at__lte=now) | Q(seats__enrollment__learner__in=withdrawn) | Exists(taken_back)
    )
    return list(due.select_related("room").distinct())


@transaction.atomic
def erase_transcript(session: PracticumSession, *, now: datetime) -> int:
    """Take the words out of the log and out of comments on them; how many lines.

    Scores, dates and what people wrote as feedback stay: they are the record of the practicum. So
    does a round in the library, which has a consent and a time of its own.
    """
    locked = PracticumSession.objects.select_for_update().get(pk=session.pk)
    if locked.erased_at is not None:
        return 0
    count = spoken(locked).filter(data__has_key="text").count()
    stream = log.stream_of(locked.room, Stream.Kind.ROOM)
    log.redact(stream, where={"has_key": "text"}, fields=["text"])
    LineComment.objects.filter(session=locked).delete()
    library.take_down_unpublished(locked, ExcellentRound.End.TIME)
    locked.erased_at = now
    locked.save(update_fields=["erased_at"])
    return count


def erase_due(*, now: datetime | None = None) -> int:
    """Erase every transcript whose time has come; how many sessions. The library's time, too."""
    now = now or timezone.now()
    library.take_down_due(now=now)
    due = due_for_erasing(now=now)
    for session in due:
        erase_transcript(session, now=now)
    return len(due)
