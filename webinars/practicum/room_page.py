"""What the page of a practicum shows to one person in the present phase."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from webinars.feedback import ReactionForm, rating_context
from webinars.live.log import public_id
from webinars.live.rooms import live_urls
from webinars.models import LineMark, PracticumSeat, PracticumSession
from webinars.practicum import library, reviewing, sessions
from webinars.practicum.feedback import received
from webinars.practicum.rounds import Course, Part, Phase, may_speak
from webinars.practicum.transcript import annotated, by_round, with_hints

PART_WORDS = {
    Part.SPECIALIST: lambda: _("specialist"),
    Part.CLIENT: lambda: _("client"),
    Part.OBSERVER: lambda: _("observer"),
}
BETWEEN = (Phase.FEEDBACK, Phase.SWAP, Phase.DEBRIEF, Phase.CLOSED)


def room_context(session: PracticumSession, seat: PracticumSeat | None) -> dict[str, Any]:
    """For ``seat``, or for a trainer who has none."""
    course = session.course()
    part = course.part_of(seat.number) if seat else None
    seats = list(session.seats.select_related("enrollment__learner"))
    is_awaited = seat is not None and seat.number in course.awaited
    context = {
        "session": session,
        "practicum": session.practicum,
        "seat": seat,
        "part": part,
        "part_word": PART_WORDS[part]() if part else _("trainer"),
        "card": _card(session, part),
        "cards": session.scenario["roles"] if seat is None else {},
        "facts": sessions.facts_known_to(session, part),
        "facts_left": len(session.scenario.get("facts", [])) - session.facts_shown,
        "round_number": session.round + 1,
        "is_away": seat is not None and seat.number in course.away,
        "is_done": seat is not None and seat.number in course.done,
        "is_awaited": is_awaited,
        "is_player": part in (Part.SPECIALIST, Part.CLIENT),
        "is_talk_open": seat is None or may_speak(course, seat.number),
        "others": [_other(one, course) for one in seats if seat is None or one.pk != seat.pk],
        "lost": [one for one in sessions.vanished(session) if seat is None or one.pk != seat.pk],
        "expected": [
            {"id": public_id(one.enrollment.learner_id), "name": one.name}
            for one in seats
            if one.number in course.awaited and (seat is None or one.pk != seat.pk)
        ],
        "watching": reviewing.watching(session),
        "is_early": _is_early(session),
        "urls": live_urls(session.room),
        "words": practicum_words(),
        "feelings": LineMark.Feeling.choices,
        "criteria": session.rubric,
    }
    return context | _afterwards(session, course, seat, part)


def _card(session: PracticumSession, part: Part | None) -> dict[str, str] | None:
    return session.scenario["roles"].get(part) if part else None


def _other(seat: PracticumSeat, course: Course) -> dict[str, Any]:
    return {
        "name": seat.name,
        "part": PART_WORDS[course.part_of(seat.number)](),
        "is_away": seat.number in course.away,
        "is_here": seat.number in course.done,
        "seen_at": seat.last_seen_at,
    }


def _is_early(session: PracticumSession) -> bool:
    if session.phase != Phase.LOBBY or session.starts_at is None:
        return False
    return timezone.now() < session.starts_at - sessions.COME_EARLY


def _afterwards(
    session: PracticumSession, course: Course, seat: PracticumSeat | None, part: Part | None
) -> dict[str, Any]:
    """The transcript and the feedback, once there is something to look back on."""
    if session.phase not in BETWEEN:
        return {}
    is_over = session.phase in (Phase.DEBRIEF, Phase.CLOSED)
    number = None if is_over else course.round
    lines = annotated(session, round=number)
    if seat is not None and session.phase != Phase.FEEDBACK:
        with_hints(lines, seat.enrollment.learner_id)
    context: dict[str, Any] = {
        "lines": lines,
        "rounds": sorted(by_round(lines).items()),
        "quotable": [
            line
            for line in lines
            if line.is_specialist and not line.is_breath and line.round == course.round
        ],
    }
    if session.phase == Phase.SWAP:
        context["received"] = received(session, round=course.round)
    elif is_over:
        context["received"] = received(session, ratee=seat)
        if seat is not None and may_rate(session, seat):
            context |= rating_context(
                session, seat.enrollment.learner, ReactionForm, ended_at=session.closed_at
            )
    if seat is not None and session.phase == Phase.CLOSED:
        context["library_answers"] = library.answers_of(
            seat.enrollment.learner, seat.practicum
        ).filter(seat=seat)
    return context


def may_rate(session: PracticumSession, seat: PracticumSeat) -> bool:
    """Whoever has written the debrief, and everybody once the session is closed."""
    return session.phase == Phase.CLOSED or (
        session.phase == Phase.DEBRIEF and hasattr(seat, "debrief")
    )


def practicum_words() -> dict[str, str]:
    """What the script of the conversation says."""
    return {
        "said_by": _("{name}, {part}"),
        "specialist": _("specialist"),
        "client": _("client"),
        "observer": _("observer"),
        "trainer": _("trainer"),
        "you": _("you"),
        "breath": _("{name} takes a breath"),
        "offline": _("No connection. We are coming back; what you said is kept."),
        "refused": _("This could not be said now. The practicum has moved on."),
        "turn": _("It is the other one's turn. Your words are kept in the field."),
        "your_turn": _("It is your turn"),
        "their_turn": _("{name} has the word"),
        "typing": _("{name} is writing…"),
        "too_fast": _("A little slower, please: the line will go in a moment."),
        "heard": _("I felt heard"),
        "judged": _("I felt judged"),
        "calmer": _("I became calmer"),
        "worse": _("It became worse"),
        "mark": _("How did this line feel?"),
        "minute_left": _("One minute is left."),
        "seconds_left": _("Ten seconds are left."),
        "minutes_left": _("{n} min left"),
        "less_left": _("less than a minute left"),
        "time_is_up": _("the time is up: finish calmly"),
        "visited": _("Trainer {name} has come in and watches."),
        "fact": _("Something new for your role"),
        "personal": _("This line has not been sent: it holds {kinds}."),
        "personal_why": _(
            "Here we play with invented people only, so that nobody real is harmed. Say it without "
            "that, or with something invented."
        ),
        "kind_phone": _("what looks like a telephone number"),
        "kind_email": _("an e-mail address"),
        "kind_snils": _("what looks like an insurance number (SNILS)"),
        "kind_document": _("what looks like the number of a document or card"),
        "kind_name": _("what looks like somebody's full name"),
        "invented": _("The name is invented: send it"),
        "absent": _("{names}: no connection at the moment. The place is kept."),
        "ended": _("The connection to the room has ended."),
    }
