"""What trainers do: come to watch, comment, decide, look after reports."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lms.people.models import User
from webinars.live import log
from webinars.models import (
    LineComment,
    PracticumReport,
    PracticumReview,
    PracticumSeat,
    PracticumSession,
    PracticumVisit,
    Stream,
)
from webinars.models.practicum import PracticumSessionQuerySet
from webinars.practicum import letters
from webinars.practicum.completion import complete_if_done
from webinars.practicum.rounds import Phase
from webinars.practicum.transcript import lines_of

ANNOUNCE_AGAIN = timedelta(minutes=10)
WATCHES = timedelta(seconds=45)


class NoSuchLine(ValueError):
    """The line is not one of this session's role-plays."""


@transaction.atomic
def announce_visit(session: PracticumSession, trainer: User) -> None:
    """A trainer watches: everyone in the room is told, once for each visit."""
    if session.phase in (Phase.LOBBY, Phase.CLOSED):
        return
    now = timezone.now()
    visit = PracticumVisit.objects.filter(session=session, trainer=trainer).first()
    is_new = visit is None or now - visit.seen_at > ANNOUNCE_AGAIN
    PracticumVisit.objects.update_or_create(session=session, trainer=trainer)
    if is_new:
        log.append(
            stream=log.shared_stream(session.room, Stream.Kind.ROOM),
            type="practicum.visited",
            data={"id": log.public_id(trainer.pk), "n": trainer.get_short_name()},
            actor=None,
        )


def watching(session: PracticumSession) -> list[str]:
    """The names of the trainers who are in the room now."""
    visits = session.visits.filter(seen_at__gte=timezone.now() - WATCHES).select_related("trainer")
    return [visit.trainer.get_short_name() for visit in visits]


@transaction.atomic
def comment(session: PracticumSession, trainer: User, *, line: int, text: str) -> LineComment:
    """A word beside a line; participants read it with the transcript. Raises NoSuchLine.

    The same words sent again, as after a lost connection, are the same comment.
    """
    PracticumSession.objects.select_for_update().get(pk=session.pk)
    if line not in {one.number for one in lines_of(session)}:
        raise NoSuchLine(line)
    said = {"session": session, "line": line, "author": trainer, "text": text}
    known = LineComment.objects.filter(**said).first()
    return known or LineComment.objects.create(**said)


@transaction.atomic
def decide(
    seat: PracticumSeat, trainer: User, *, outcome: PracticumReview.Outcome, text: str
) -> PracticumReview:
    """Accept a person's part, or ask for another round; an accepted one counts at once."""
    review, _created = PracticumReview.objects.update_or_create(
        seat=seat, defaults={"trainer": trainer, "outcome": outcome, "text": text}
    )
    if outcome == PracticumReview.Outcome.ACCEPTED:
        complete_if_done(seat)
    letters.tell_of_review(review)
    return review


@transaction.atomic
def report(seat: PracticumSeat, *, text: str = "") -> PracticumReport:
    """Tell the trainers of the cohort, by a letter, too; nobody in the group learns it.

    The same words sent again, before a trainer has looked, are the same report.
    """
    PracticumSeat.objects.select_for_update().get(pk=seat.pk)
    told = {"session": seat.session, "seat": seat, "text": text.strip()[:2000]}
    known = PracticumReport.objects.filter(**told, settled_at=None).first()
    if known is not None:
        return known
    made = PracticumReport.objects.create(**told)
    letters.tell_trainers(made)
    return made


def settle(found: PracticumReport, trainer: User) -> None:
    """A trainer has looked after a report."""
    PracticumReport.objects.filter(pk=found.pk, settled_at=None).update(
        settled_at=timezone.now(), settled_by=trainer
    )


def waiting_for_review(user: User) -> PracticumSessionQuerySet:
    """Sessions with somebody who has written the debrief and waits for a trainer's decision."""
    return (
        PracticumSession.objects.reviewed_by(user)
        .filter(
            practicum__requires_review=True,
            seats__debrief__isnull=False,
            seats__review__isnull=True,
        )
        .annotate(waiting=Count("seats", distinct=True))
        .select_related("practicum", "cohort")
        .order_by("created_at")
        .distinct()
    )


def under_way(user: User) -> PracticumSessionQuerySet:
    return (
        PracticumSession.objects.run_by(user)
        .exclude(phase=Phase.CLOSED)
        .select_related("practicum", "cohort")
        .prefetch_related("seats__enrollment__learner")
        .order_by("starts_at", "created_at")
    )


def open_reports(user: User) -> QuerySet[PracticumReport]:
    return (
        PracticumReport.objects.filter(
            session__in=PracticumSession.objects.reviewed_by(user), settled_at=None
        )
        .select_related("session__practicum", "session__cohort", "seat__enrollment__learner")
        .order_by("created_at")
    )


def closed_lately(user: User, *, limit: int = 30) -> PracticumSessionQuerySet:
    """Finished sessions, newest first, with how many rounds were ended as too hard."""
    return (
        PracticumSession.objects.reviewed_by(user)
        .filter(phase=Phase.CLOSED, rounds__isnull=False)
        .annotate(eased=Count("rounds", filter=Q(rounds__end="eased"), distinct=True))
        .select_related("practicum", "cohort")
        .prefetch_related("seats__enrollment__learner")
        .order_by("-closed_at")[:limit]
    )


def waiting_in_all(user: User) -> int:
    """How much waits for the trainer: reports and sessions to decide about."""
    return open_reports(user).count() + waiting_for_review(user).count()
