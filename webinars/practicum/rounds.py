"""The course of a practicum as a state machine: pure, without Django.

lobby → (briefing → roleplay → feedback → swap) for each person as specialist → debrief → closed;
briefing and roleplay ⇄ paused. Seats are numbered from 0. Who plays the specialist is the next
seat that has not yet; the client is the next one who is there, everyone else observes.

A seat may be *away*: the others have gone on without it. It comes back at any time before the
end, and its turn as specialist has waited for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Phase(StrEnum):
    LOBBY = "lobby"
    BRIEFING = "briefing"
    ROLEPLAY = "roleplay"
    PAUSED = "paused"
    FEEDBACK = "feedback"
    SWAP = "swap"
    DEBRIEF = "debrief"
    CLOSED = "closed"


class Part(StrEnum):
    """What a person is in a round."""

    SPECIALIST = "specialist"
    CLIENT = "client"
    OBSERVER = "observer"


class NotNow(Exception):
    """What was asked for does not belong to this phase, or not to this seat."""


TIMED = frozenset({Phase.BRIEFING, Phase.ROLEPLAY})
"""Phases that end by the clock, and that a pause interrupts."""
PLAYED = TIMED | {Phase.PAUSED}
"""Phases in which a round is under way."""
AGREED = PLAYED | {Phase.LOBBY, Phase.SWAP}
"""Phases that go on when everyone has said that they are ready."""
STOP_WORDS = frozenset({"стоп", "стоп-слово", "stop"})
SMALLEST = 2


@dataclass(frozen=True, slots=True)
class Course:
    """Where a practicum stands.

    ``done``: seats that have agreed, rated or written by now. ``played``: seats whose turn as
    specialist is over. ``is_eased``: somebody found this round too hard, so nobody has to rate it.
    """

    people: int
    phase: Phase = Phase.LOBBY
    specialist: int = 0
    client: int = 1
    played: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()
    done: frozenset[int] = frozenset()
    paused_from: Phase | None = None
    is_eased: bool = False

    @property
    def present(self) -> list[int]:
        return [seat for seat in range(self.people) if seat not in self.away]

    @property
    def round(self) -> int:
        """The number of the present round, from 0; after the last, that of the last."""
        begun = len(self.played) - (self.specialist in self.played)
        return min(begun, self.people - 1)

    def part_of(self, seat: int) -> Part:
        """What ``seat`` is in the present round."""
        if seat == self.specialist:
            return Part.SPECIALIST
        return Part.CLIENT if seat == self.client else Part.OBSERVER

    @property
    def awaited(self) -> frozenset[int]:
        """The seats that the phase waits for: of a conversation only its two players."""
        if self.phase is Phase.CLOSED:
            return frozenset()
        here = frozenset(self.present)
        if self.phase is Phase.ROLEPLAY:
            here &= {self.specialist, self.client}
        return here - self.done


def agree(course: Course, seat: int) -> Course:
    """``seat`` is ready to go on. When all who are awaited are, the phase ends.

    After a round that was too hard, it also stands for feedback that one does not give. Agreeing
    twice is no change. Raises NotNow in feedback and debrief, and for an observer's wish to end a
    conversation.
    """
    is_free = course.phase is Phase.FEEDBACK and course.is_eased
    if course.phase not in AGREED and not is_free:
        raise NotNow(f"nothing to agree on in {course.phase}")
    return _count(course, seat)


def rate(course: Course, seat: int) -> Course:
    """``seat`` has filled in the rubric; when all have, the feedback is read. Raises NotNow."""
    if course.phase is not Phase.FEEDBACK:
        raise NotNow("no feedback is asked for now")
    return _count(course, seat, once=True)


def debrief(course: Course, seat: int) -> Course:
    """``seat`` has written the debrief; when all have, the practicum is closed."""
    if course.phase is not Phase.DEBRIEF:
        raise NotNow("the debrief comes later")
    return _count(course, seat, once=True)


def pause(course: Course) -> Course:
    """The pause or the stop word of anyone, at any moment; where nothing runs, nothing changes."""
    if course.phase not in TIMED:
        return course
    return replace(_enter(course, Phase.PAUSED), paused_from=course.phase)


def ease(course: Course) -> Course:
    """“This is hard for me”: the round is over at once; at any moment, for anyone.

    It counts as played. Outside of a round nothing changes.
    """
    if course.phase not in PLAYED:
        return course
    return replace(_enter(course, Phase.FEEDBACK), is_eased=True)


def is_stop_word(text: str) -> bool:
    """Whether a line is nothing but a word that stops everything: «Стоп!»."""
    return text.strip(" .!,…\n").casefold() in STOP_WORDS


def time_over(course: Course) -> Course:
    """The clock of the phase has run out: briefing and role-play end, other phases wait."""
    return _next(course) if course.phase in TIMED else course


def advance(course: Course) -> Course:
    """A trainer goes on, whoever is still awaited. Raises NotNow when it is closed."""
    if course.phase is Phase.CLOSED:
        raise NotNow("it is closed already")
    return _next(course)


def go_on_without(course: Course, seats: frozenset[int]) -> Course:
    """The others do not wait for ``seats`` any longer, or those leave by themselves.

    A conversation that has begun keeps what was said: without its specialist it ends with
    feedback, without its client an observer gets the card, and the round is prepared anew. Who is
    left alone gives feedback and writes the debrief. Raises NotNow for seats that are not there.
    """
    if course.phase is Phase.CLOSED or not seats or not seats <= frozenset(course.present):
        raise NotNow("nobody to go on without")
    left = replace(course, away=course.away | seats, done=course.done - seats)
    if not left.present or (left.phase is Phase.LOBBY and len(left.present) < SMALLEST):
        return _enter(left, Phase.CLOSED)
    begun = left.paused_from or left.phase
    if begun is Phase.BRIEFING and left.specialist in seats:
        return _next_round(left)
    if begun is Phase.ROLEPLAY and left.specialist in seats:
        return _enter(left, Phase.FEEDBACK)
    if begun in TIMED and left.client in seats:
        if len(left.present) >= SMALLEST:
            return _brief(left)
        return _enter(left, Phase.FEEDBACK if begun is Phase.ROLEPLAY else Phase.DEBRIEF)
    return left if left.awaited else _next(left)


def come_back(course: Course, seat: int) -> Course:
    """Somebody who was away is there again; a debrief that nobody has begun waits for their turn.

    Raises NotNow when the practicum is closed.
    """
    if course.phase is Phase.CLOSED:
        raise NotNow("it is closed already")
    back = replace(course, away=course.away - {seat})
    if back.phase is Phase.DEBRIEF and not back.done:
        return _next_round(back)
    return back


def may_speak(course: Course, seat: int) -> bool:
    """Who may write: the two players in the role-play, everyone between rounds and at the end."""
    if seat in course.away:
        return False
    if course.phase is Phase.ROLEPLAY:
        return course.part_of(seat) is not Part.OBSERVER
    return course.phase in (Phase.SWAP, Phase.DEBRIEF)


def turn(course: Course, last: int | None) -> int | None:
    """Whose turn it is after a line of seat ``last``: the client begins. None outside a talk."""
    if course.phase is not Phase.ROLEPLAY:
        return None
    return course.specialist if last == course.client else course.client


def _enter(course: Course, phase: Phase) -> Course:
    played = course.played | {course.specialist} if phase is Phase.FEEDBACK else course.played
    return replace(
        course, phase=phase, played=played, done=frozenset(), paused_from=None, is_eased=False
    )


def _next(course: Course) -> Course:
    match course.phase:
        case Phase.LOBBY | Phase.SWAP:
            return _next_round(course)
        case Phase.BRIEFING:
            return _enter(course, Phase.ROLEPLAY)
        case Phase.PAUSED:
            return _enter(course, course.paused_from or Phase.ROLEPLAY)
        case Phase.ROLEPLAY:
            return _enter(course, Phase.FEEDBACK)
        case Phase.FEEDBACK:
            return replace(_enter(course, Phase.SWAP), is_eased=course.is_eased)
        case _:
            return _enter(course, Phase.CLOSED)


def _next_round(course: Course) -> Course:
    """The briefing of the next specialist, or the debrief when nobody's turn is left."""
    pending = [seat for seat in course.present if seat not in course.played]
    if not pending or len(course.present) < SMALLEST:
        return _enter(course, Phase.DEBRIEF)
    return _brief(replace(course, specialist=pending[0]))


def _brief(course: Course) -> Course:
    """The briefing of the present specialist with the next who is there as client."""
    following = [(course.specialist + step) % course.people for step in range(1, course.people)]
    client = next(seat for seat in following if seat not in course.away)
    return _enter(replace(course, client=client), Phase.BRIEFING)


def _count(course: Course, seat: int, *, once: bool = False) -> Course:
    if seat in course.done:
        if once:
            raise NotNow("this seat has done it already")
        return course
    if seat not in course.awaited:
        raise NotNow("this seat is not asked now")
    counted = replace(course, done=course.done | {seat})
    return counted if counted.awaited else _next(counted)
