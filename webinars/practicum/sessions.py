"""Playing a practicum: finding a partner, moving on, feedback, debrief, completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from statistics import mean
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.ledger import record_completion
from courses.models import Cohort, Enrollment
from lms.people.models import User
from webinars.live import log
from webinars.live.rooms import close_room, create_room, open_room
from webinars.models import (
    Practicum,
    PracticumDebrief,
    PracticumFeedback,
    PracticumSeat,
    PracticumSession,
    Room,
    RubricRating,
    Stream,
)
from webinars.practicum import rounds
from webinars.practicum.rounds import Course, Phase

HIGHEST_SCORE = 3


class BrokenFeedback(ValueError):
    """Parts of the feedback are missing or no anchors; ``missing`` names the fields."""

    def __init__(self, missing: list[str]):
        super().__init__(missing)
        self.missing = missing


def open_seat(enrollment: Enrollment, practicum: Practicum) -> PracticumSeat | None:
    """The seat that the person plays on now, or waits on."""
    return (
        PracticumSeat.objects.select_related("session__room", "enrollment__learner")
        .filter(enrollment=enrollment, practicum=practicum, is_open=True)
        .first()
    )


@transaction.atomic
def find_partner(*, enrollment: Enrollment, practicum: Practicum) -> PracticumSeat:
    """Sit down with whoever of the cohort waits longest, or wait; again is the same seat.

    The cohort's row is locked, so two people who press at once meet instead of both waiting.
    """
    Cohort.objects.select_for_update().get(pk=enrollment.cohort_id)
    seat = open_seat(enrollment, practicum)
    if seat is not None:
        return seat
    session = (
        PracticumSession.objects.filter(
            practicum=practicum, cohort_id=enrollment.cohort_id, phase=Phase.LOBBY
        )
        .order_by("created_at", "pk")
        .first()
    )
    session = session or _new_session(enrollment, practicum)
    number = session.seats.count()
    seat = PracticumSeat.objects.create(
        session=session, enrollment=enrollment, practicum=practicum, number=number
    )
    before = session.course(seated=number)
    _write(session, before, rounds.sit_down(before), actor=enrollment.learner)
    return seat


def _new_session(enrollment: Enrollment, practicum: Practicum) -> PracticumSession:
    room = create_room(kind=Room.Kind.PRACTICUM, title=practicum.title)
    return PracticumSession.objects.create(
        practicum=practicum,
        cohort_id=enrollment.cohort_id,
        room=room,
        scenario=practicum.scenario.as_played(),
        rubric=practicum.rubric.as_played(),
        people=practicum.people,
    )


@transaction.atomic
def move(
    session: PracticumSession, step: Callable[[Course], Course], *, actor: User
) -> PracticumSession:
    """Take one step of the machine on the locked row, and tell the room.

    Raises rounds.NotNow; then nothing has changed.
    """
    locked = PracticumSession.objects.select_for_update().select_related("room").get(pk=session.pk)
    before = locked.course(seated=locked.seats.count())
    _write(locked, before, step(before), actor=actor)
    return locked


def _write(session: PracticumSession, before: Course, after: Course, *, actor: User) -> None:
    session.phase = after.phase
    session.round = after.round
    session.done = sorted(after.done)
    session.version += 1
    has_new_phase = (before.phase, before.round) != (after.phase, after.round)
    if has_new_phase:
        session.phase_ends_at = _end_of(after.phase, session.scenario["minutes"])
    session.save()
    if before.phase is Phase.LOBBY and after.phase is Phase.BRIEFING:
        open_room(session.room, actor=None)
    log.append(
        stream=log.stream_of(session.room, Stream.Kind.ROOM),
        type="practicum.phase" if has_new_phase else "practicum.ready",
        data={
            "phase": after.phase,
            "round": after.round,
            "done": len(after.done),
            "version": session.version,
        },
        # Nobody is named: a stop needs no explanation, and agreeing is nobody's business.
        actor=None,
    )
    if after.phase is Phase.CLOSED:
        session.seats.update(is_open=False)
        close_room(session.room, actor=None)


def _end_of(phase: Phase, minutes: Mapping[str, int]) -> datetime | None:
    if phase not in minutes:
        return None
    return timezone.now() + timedelta(minutes=minutes[phase])


def agree(seat: PracticumSeat) -> PracticumSession:
    return move(seat.session, lambda c: rounds.agree(c, seat.number), actor=seat.enrollment.learner)


def stop(seat: PracticumSeat) -> PracticumSession:
    return move(seat.session, rounds.stop, actor=seat.enrollment.learner)


def end_round(seat: PracticumSeat) -> PracticumSession:
    return move(seat.session, rounds.end_round, actor=seat.enrollment.learner)


def leave(seat: PracticumSeat) -> PracticumSession:
    """Leave for good; the others are free to find another partner."""
    return move(seat.session, rounds.leave, actor=seat.enrollment.learner)


@transaction.atomic
def give_feedback(
    seat: PracticumSeat, *, scores: Mapping[str, Any], worked: str, try_next: str = ""
) -> PracticumFeedback:
    """Keep the rubric that ``seat`` filled in about the specialist of this round.

    scores: criterion code → 0..3 (texts of digits are read). What worked comes first and must be
    said. Raises BrokenFeedback, or rounds.NotNow; then nothing is kept.
    """
    session = PracticumSession.objects.select_for_update().get(pk=seat.session_id)
    read = _read_scores(session.rubric, scores, worked)
    specialist = session.seats.get(number=session.round)
    present_round = session.round
    move(session, lambda c: rounds.rate(c, seat.number), actor=seat.enrollment.learner)
    feedback = PracticumFeedback.objects.create(
        session=session,
        round=present_round,
        rater=seat,
        ratee=specialist,
        worked=worked.strip(),
        try_next=try_next.strip(),
    )
    RubricRating.objects.bulk_create(
        RubricRating(feedback=feedback, criterion=code, score=score) for code, score in read.items()
    )
    return feedback


def _read_scores(
    rubric: list[dict[str, Any]], scores: Mapping[str, Any], worked: str
) -> dict[str, int]:
    read = {
        criterion["code"]: int(given)
        for criterion in rubric
        if (given := str(scores.get(criterion["code"], ""))).isdecimal()
        and int(given) <= HIGHEST_SCORE
    }
    missing = [criterion["code"] for criterion in rubric if criterion["code"] not in read]
    if not worked.strip():
        missing.insert(0, "worked")
    if missing:
        raise BrokenFeedback(missing)
    return read


@transaction.atomic
def write_debrief(
    seat: PracticumSeat, *, felt: str, learned: str, will_try: str
) -> PracticumDebrief:
    """Keep what the person takes away; with it their own practicum is complete.

    Raises BrokenFeedback for empty answers, or rounds.NotNow.
    """
    answers = {"felt": felt.strip(), "learned": learned.strip(), "will_try": will_try.strip()}
    if missing := [name for name, text in answers.items() if not text]:
        raise BrokenFeedback(missing)
    if PracticumDebrief.objects.filter(seat=seat).exists():
        raise rounds.NotNow("the debrief is written already")
    move(seat.session, lambda c: rounds.debrief(c, seat.number), actor=seat.enrollment.learner)
    written = PracticumDebrief.objects.create(seat=seat, **answers)
    scores = list(RubricRating.objects.filter(feedback__ratee=seat).values_list("score", flat=True))
    record_completion(
        enrollment=seat.enrollment,
        activity=seat.session.practicum,
        score=round(mean(scores), 2) if scores else None,
        evidence={"session": str(seat.session.uuid), "rounds": seat.session.people},
    )
    return written
