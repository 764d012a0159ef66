"""Playing a practicum: making a group, and every step of its state machine on the locked row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.models import Cohort, Enrollment
from lms.people.models import User
from webinars.live import log
from webinars.live.rooms import close_room, create_room, open_room
from webinars.models import (
    Practicum,
    PracticumRound,
    PracticumSeat,
    PracticumSession,
    Room,
    Stream,
)
from webinars.practicum import rounds
from webinars.practicum.rounds import Course, NotNow, Part, Phase

VANISHED_AFTER = timedelta(seconds=45)
"""Nobody is gone on without who was seen in this time: a page reload is no vanishing."""
COME_EARLY = timedelta(minutes=15)
LONGEST_EXTENSION = timedelta(minutes=30)

Step = Callable[[Course], Course]
End = PracticumRound.End


def open_seat(enrollment: Enrollment, practicum: Practicum) -> PracticumSeat | None:
    """The seat that the person plays on now, or that is planned for them."""
    return (
        PracticumSeat.objects.select_related("session__room", "enrollment__learner")
        .filter(enrollment=enrollment, practicum=practicum, is_open=True)
        .first()
    )


@transaction.atomic
def make_session(
    *,
    practicum: Practicum,
    cohort: Cohort,
    enrollments: Sequence[Enrollment],
    starts_at: datetime | None = None,
    begins_now: bool = False,
) -> PracticumSession:
    """Two to four people with a copy of the scenario and the rubric as they are now.

    ``begins_now``: everybody is at their screen, so the briefing begins; else people gather first.
    Raises IntegrityError ``person_plays_one_session_at_a_time``.
    """
    session = PracticumSession.objects.create(
        practicum=practicum,
        cohort=cohort,
        room=create_room(kind=Room.Kind.PRACTICUM, title=practicum.title),
        scenario=practicum.scenario.as_played(),
        rubric=practicum.rubric.as_played(),
        people=len(enrollments),
        starts_at=starts_at,
        keep_days=practicum.keep_days,
    )
    now = timezone.now()
    PracticumSeat.objects.bulk_create(
        PracticumSeat(
            session=session,
            enrollment=enrollment,
            practicum=practicum,
            number=number,
            last_seen_at=now if begins_now else None,
        )
        for number, enrollment in enumerate(enrollments)
    )
    if begins_now:
        move(session, rounds.advance)
    session.refresh_from_db()
    return session


@transaction.atomic
def move(
    session: PracticumSession,
    step: Step,
    *,
    end: End = End.AGREED,
    expected: int | None = None,
) -> PracticumSession:
    """Take one step of the machine on the locked row, and tell the room.

    ``end``: how a round ends, if the step ends one. ``expected``: the version that was looked at;
    if it is no longer that, somebody else was first and nothing is done. A step that changes
    nothing is not told. Raises rounds.NotNow; then nothing has changed.
    """
    locked = _locked(session)
    if expected is not None and locked.version != expected:
        return locked
    before = locked.course()
    after = step(before)
    if after != before:
        _write(locked, before, after, end=end)
    return locked


def _locked(session: PracticumSession) -> PracticumSession:
    rows = PracticumSession.objects.select_for_update(of=("self",)).select_related("room")
    return rows.get(pk=session.pk)


def _write(session: PracticumSession, before: Course, after: Course, *, end: End) -> None:
    now = timezone.now()
    _keep_time(session, before, after, now)
    session.phase = after.phase
    session.specialist, session.client = after.specialist, after.client
    session.round = after.round
    session.played, session.away = sorted(after.played), sorted(after.away)
    session.done = sorted(after.done)
    session.paused_from = after.paused_from or ""
    session.is_eased = after.is_eased
    session.version += 1
    if after.phase is Phase.CLOSED:
        session.closed_at = now
        session.erase_at = now + timedelta(days=session.keep_days)
    session.save()
    _keep_round(session, before, after, end=end, now=now)
    if before.phase is Phase.LOBBY and after.phase is Phase.BRIEFING:
        open_room(session.room, actor=None)
    _tell(session, before, after)
    if after.phase is Phase.CLOSED:
        session.seats.update(is_open=False)
        close_room(session.room, actor=None)


def _is_new_phase(before: Course, after: Course) -> bool:
    def where(course: Course) -> tuple[Any, ...]:
        return course.phase, course.round, course.specialist, course.client

    return where(before) != where(after)


def _keep_time(session: PracticumSession, before: Course, after: Course, now: datetime) -> None:
    """A pause keeps the seconds that were left; another phase has its own minutes."""
    if not _is_new_phase(before, after):
        return
    if after.phase is Phase.PAUSED:
        left = session.phase_ends_at - now if session.phase_ends_at else timedelta()
        session.seconds_left = max(30, round(left.total_seconds()))
        session.phase_ends_at = None
        return
    if before.phase is Phase.PAUSED and after.phase is before.paused_from:
        session.phase_ends_at = now + timedelta(seconds=session.seconds_left or 0)
    else:
        minutes = session.scenario["minutes"].get(after.phase)
        session.phase_ends_at = now + timedelta(minutes=minutes) if minutes else None
        if after.phase is Phase.BRIEFING:
            session.facts_shown = 0
    session.seconds_left = None


def _keep_round(
    session: PracticumSession, before: Course, after: Course, *, end: End, now: datetime
) -> None:
    if after.phase is Phase.BRIEFING and before.phase is not Phase.PAUSED:
        seats = {seat.number: seat for seat in session.seats.all()}
        PracticumRound.objects.update_or_create(
            session=session,
            number=after.round,
            defaults={
                "specialist": seats[after.specialist],
                "client": seats[after.client],
                "began_at": now,
            },
        )
    elif after.phase is Phase.FEEDBACK and before.phase is not Phase.FEEDBACK:
        played = PracticumRound.objects.filter(session=session, number=after.round)
        played.update(ended_at=now, end=end)


def _tell(session: PracticumSession, before: Course, after: Course) -> None:
    log.append(
        stream=log.shared_stream(session.room, Stream.Kind.ROOM),
        type="practicum.phase" if _is_new_phase(before, after) else "practicum.ready",
        data={
            "phase": after.phase,
            "round": after.round,
            "done": len(after.done),
            "awaited": len(after.awaited),
            "version": session.version,
            "ends_at": log.milliseconds(session.phase_ends_at) if session.phase_ends_at else None,
        },
        # Nobody is named: a stop needs no explanation, and agreeing is nobody's business.
        actor=None,
    )


# --- What people do ---------------------------------------------------------------------------
def here(session: PracticumSession) -> str:
    """What a step belongs to: an old page must not take one that it did not show."""
    return f"{session.phase}/{session.round}"


@transaction.atomic
def go_to_next(session: PracticumSession, *, seen: str | None = None) -> PracticumSession:
    """A trainer goes on from the step that they saw, whoever is still awaited. Raises NotNow."""
    locked = _locked(session)
    if seen is not None and seen != here(locked):
        raise NotNow("it has moved on already")
    return move(locked, rounds.advance, end=End.TRAINER)


def agree(seat: PracticumSeat, *, seen: str | None = None) -> PracticumSession:
    """Ready to go on from the step that was ``seen``; of a step that is over it changes nothing.

    In the swap it also says that the feedback has been read. Raises NotNow.
    """
    with transaction.atomic():
        before = _locked(seat.session)
        if seen is not None and seen != here(before):
            return before
        number = before.round
        moved = move(seat.session, lambda c: rounds.agree(c, seat.number))
        if before.phase == Phase.SWAP:
            _note_reading(before, number, seat)
        return moved


def _note_reading(session: PracticumSession, number: int, seat: PracticumSeat) -> None:
    played = PracticumRound.objects.filter(session=session, number=number).first()
    if played is not None and seat.number not in played.readers:
        played.readers = sorted([*played.readers, seat.number])
        played.save(update_fields=["readers"])


def pause(seat: PracticumSeat) -> PracticumSession:
    return move(seat.session, rounds.pause)


def ease(seat: PracticumSeat) -> PracticumSession:
    """“This is hard for me”: the round is over, nobody asks why."""
    return move(seat.session, rounds.ease, end=End.EASED)


def vanished(session: PracticumSession, *, now: datetime | None = None) -> list[PracticumSeat]:
    """Those who are waited for and have not been seen for a while."""
    limit = (now or timezone.now()) - VANISHED_AFTER
    awaited = session.course().awaited
    return [
        seat
        for seat in session.seats.select_related("enrollment__learner")
        if seat.number in awaited and (seat.last_seen_at is None or seat.last_seen_at < limit)
    ]


@transaction.atomic
def go_on(seat: PracticumSeat) -> PracticumSession:
    """Do not wait for those who have vanished. Raises NotNow while everyone is there."""
    session = _locked(seat.session)
    gone = frozenset(one.number for one in vanished(session)) - {seat.number}
    return move(session, lambda c: rounds.go_on_without(c, gone), end=End.VANISHED)


@transaction.atomic
def leave(seat: PracticumSeat) -> PracticumSession:
    """Leave; the others go on, and what was played counts."""
    away = frozenset({seat.number})
    session = _locked(seat.session)
    if session.phase != Phase.CLOSED and seat.number not in session.away:
        session = move(session, lambda c: rounds.go_on_without(c, away), end=End.VANISHED)
    # Also for whoever leaves on an old page: the others have gone on without them already.
    PracticumSeat.objects.filter(pk=seat.pk).update(is_open=False)
    return session


@transaction.atomic
def arrive(seat: PracticumSeat) -> PracticumSession:
    """Somebody opens the page: they are seen, and taken in again if the others had gone on.

    In a group that gathers it says that they are there.
    """
    now = timezone.now()
    PracticumSeat.objects.filter(pk=seat.pk).update(last_seen_at=now)
    session = seat.session
    if session.phase == Phase.CLOSED:
        return session
    if seat.number in session.away and not _plays_elsewhere(seat):
        session = move(session, lambda c: rounds.come_back(c, seat.number))
        PracticumSeat.objects.filter(pk=seat.pk).update(is_open=True)
    is_time = session.starts_at is None or now >= session.starts_at - COME_EARLY
    if session.phase == Phase.LOBBY and is_time and seat.number not in session.done:
        session = move(session, lambda c: rounds.agree(c, seat.number))
    return session


def _plays_elsewhere(seat: PracticumSeat) -> bool:
    others = PracticumSeat.objects.filter(
        enrollment=seat.enrollment, practicum=seat.practicum, is_open=True
    )
    return others.exclude(pk=seat.pk).exists()


@transaction.atomic
def extend(
    session: PracticumSession, *, minutes: int, seen: datetime | None = None
) -> PracticumSession:
    """A trainer gives the phase more time, up to half an hour from now; never less than it has.

    ``seen``: the end that they saw; asked again about the same end, it is given once. Raises NotNow
    where no clock runs.
    """
    locked = _locked(session)
    if locked.phase_ends_at is None or locked.phase == Phase.CLOSED:
        raise NotNow("no clock runs")
    latest = timezone.now() + LONGEST_EXTENSION
    known = min(seen, locked.phase_ends_at) if seen else locked.phase_ends_at
    wanted = min(known + timedelta(minutes=minutes), latest)
    if wanted <= locked.phase_ends_at:
        return locked
    locked.phase_ends_at = wanted
    locked.version += 1
    locked.save(update_fields=["phase_ends_at", "version"])
    course = locked.course()
    _tell(locked, course, course)
    return locked


# --- What the clock does ----------------------------------------------------------------------
def meet_deadlines(session: PracticumSession, *, now: datetime) -> None:
    """End the phase whose time is over, reveal the facts whose minute has come.

    By compare-and-set on the version: whoever is first of several processes does it.
    """
    if session.phase_ends_at is not None and session.phase_ends_at <= now:
        move(session, rounds.time_over, end=End.TIME, expected=session.version)
    elif session.phase == Phase.ROLEPLAY and len(due_facts(session, now=now)) > session.facts_shown:
        reveal_facts(session, now=now)


def due_facts(session: PracticumSession, *, now: datetime) -> list[dict[str, Any]]:
    """The facts whose minute of the conversation has come, in order."""
    if session.phase != Phase.ROLEPLAY or session.phase_ends_at is None:
        return []
    whole = timedelta(minutes=session.scenario["minutes"]["roleplay"])
    minute = (whole - (session.phase_ends_at - now)) / timedelta(minutes=1)
    return [fact for fact in session.scenario.get("facts", []) if fact["minute"] <= minute]


@transaction.atomic
def reveal_facts(session: PracticumSession, *, now: datetime, up_to: int = 0) -> int:
    """Tell the facts that are due, and the first ``up_to``, to those whom they concern."""
    locked = _locked(session)
    facts = locked.scenario.get("facts", [])
    count = min(max(len(due_facts(locked, now=now)), up_to), len(facts))
    new = list(enumerate(facts))[locked.facts_shown : count]
    if locked.phase != Phase.ROLEPLAY or not new:
        return 0
    locked.facts_shown = count
    locked.save(update_fields=["facts_shown"])
    course = locked.course()
    seats = list(locked.seats.select_related("enrollment__learner"))
    told = [
        (log.stream_of(locked.room, Stream.Kind.ME, seat.enrollment.learner), number, fact["text"])
        for number, fact in new
        for seat in seats
        if fact["role"] in ("everyone", course.part_of(seat.number))
    ]
    for stream, number, text in sorted(told, key=lambda one: log.in_order(one[0])):
        data = {"fact": number, "text": text}
        log.append(stream=stream, type="practicum.fact", data=data, actor=None)
    return len(new)


def facts_known_to(session: PracticumSession, part: Part | None) -> list[str]:
    """What has come to light in this round for whoever plays ``part``; None: for a trainer."""
    shown = session.scenario.get("facts", [])[: session.facts_shown]
    return [fact["text"] for fact in shown if part is None or fact["role"] in ("everyone", part)]


def _all_leave(course: Course) -> Course:
    return rounds.go_on_without(course, frozenset(course.present))


@transaction.atomic
def close_forgotten(*, now: datetime | None = None, after: timedelta = timedelta(days=7)) -> int:
    """Close the sessions that nobody has touched for ``after``; how many."""
    limit = (now or timezone.now()) - after
    forgotten = PracticumSession.objects.exclude(phase=Phase.CLOSED).filter(created_at__lt=limit)
    count = 0
    for session in forgotten.prefetch_related("seats"):
        seen = [seat.last_seen_at for seat in session.seats.all() if seat.last_seen_at]
        planned = session.starts_at or session.created_at
        if max([*seen, planned]) < limit:
            move(session, _all_leave)
            count += 1
    return count


def seat_of(session: PracticumSession, user: User) -> PracticumSeat | None:
    return (
        session.seats.select_related("enrollment__learner", "session__room")
        .filter(enrollment__learner=user)
        .first()
    )
