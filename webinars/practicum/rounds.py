"""The course of a practicum as a state machine: pure, without Django.

lobby → (briefing → roleplay ⇄ paused → feedback) for each person as specialist → debrief → closed.
Seats are numbered from 0 in the order of arrival. In round r the specialist is seat r, the client
the next seat, everyone else observes; so everyone plays the specialist exactly once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Phase(StrEnum):
    LOBBY = "lobby"
    BRIEFING = "briefing"
    ROLEPLAY = "roleplay"
    PAUSED = "paused"
    FEEDBACK = "feedback"
    DEBRIEF = "debrief"
    CLOSED = "closed"


class Part(StrEnum):
    """What a person is in a round."""

    SPECIALIST = "specialist"
    CLIENT = "client"
    OBSERVER = "observer"


class NotNow(Exception):
    """What was asked for does not belong to this phase, or not to this seat."""


PLAYED = frozenset({Phase.BRIEFING, Phase.ROLEPLAY, Phase.PAUSED})
"""Phases that go on when everyone has agreed."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where a practicum stands. ``done``: seats that have agreed, rated or debriefed by now."""

    people: int
    seated: int = 0
    phase: Phase = Phase.LOBBY
    round: int = 0
    done: frozenset[int] = field(default_factory=frozenset)

    def part_of(self, seat: int) -> Part:
        """What ``seat`` is in the present round."""
        distance = (seat - self.round) % self.people
        if distance == 0:
            return Part.SPECIALIST
        return Part.CLIENT if distance == 1 else Part.OBSERVER

    @property
    def raters(self) -> frozenset[int]:
        """Who fills in the rubric of this round: everyone but the specialist."""
        return frozenset(range(self.people)) - {self.round}

    @property
    def awaited(self) -> frozenset[int]:
        """The seats that the phase waits for."""
        if self.phase in PLAYED or self.phase is Phase.DEBRIEF:
            return frozenset(range(self.people)) - self.done
        if self.phase is Phase.FEEDBACK:
            return self.raters - self.done
        return frozenset()


def sit_down(course: Course) -> Course:
    """One more person has come; the last one begins the first briefing. Raises NotNow if full."""
    if course.phase is not Phase.LOBBY:
        raise NotNow("the practicum has begun")
    seated = course.seated + 1
    phase = Phase.BRIEFING if seated == course.people else Phase.LOBBY
    return replace(course, seated=seated, phase=phase)


def agree(course: Course, seat: int) -> Course:
    """``seat`` is ready to go on. When everyone is, the phase ends; agreeing twice is no change.

    Briefing leads to the role-play, the role-play to feedback, a pause back to the role-play.
    Raises NotNow in the other phases.
    """
    if course.phase not in PLAYED:
        raise NotNow(f"nothing to agree on in {course.phase}")
    following = {
        Phase.BRIEFING: Phase.ROLEPLAY,
        Phase.ROLEPLAY: Phase.FEEDBACK,
        Phase.PAUSED: Phase.ROLEPLAY,
    }
    return _count(course, seat, then=lambda now: _enter(now, following[course.phase]))


def stop(course: Course) -> Course:
    """The pause or the stop word of anyone; a second one changes nothing.

    Raises NotNow outside the role-play.
    """
    if course.phase is Phase.PAUSED:
        return course
    if course.phase is not Phase.ROLEPLAY:
        raise NotNow(f"there is no role-play to stop in {course.phase}")
    return _enter(course, Phase.PAUSED)


def end_round(course: Course) -> Course:
    """From a pause straight to feedback: the way out of a conversation that was too hard."""
    if course.phase is not Phase.PAUSED:
        raise NotNow("only a paused role-play is ended like this")
    return _enter(course, Phase.FEEDBACK)


def rate(course: Course, seat: int) -> Course:
    """``seat`` has filled in the rubric; when all raters have, the next round or the debrief.

    Raises NotNow for the specialist of the round and outside the feedback.
    """
    if course.phase is not Phase.FEEDBACK or seat not in course.raters:
        raise NotNow("no feedback is asked from this seat now")

    def after_feedback(now: Course) -> Course:
        if now.round + 1 < now.people:
            return _enter(replace(now, round=now.round + 1), Phase.BRIEFING)
        return _enter(now, Phase.DEBRIEF)

    return _count(course, seat, then=after_feedback)


def debrief(course: Course, seat: int) -> Course:
    """``seat`` has written the debrief; when all have, the practicum is closed."""
    if course.phase is not Phase.DEBRIEF:
        raise NotNow("the debrief comes later")
    return _count(course, seat, then=lambda now: _enter(now, Phase.CLOSED))


def leave(course: Course) -> Course:
    """Somebody has gone for good: the practicum is closed where it stands."""
    if course.phase is Phase.CLOSED:
        raise NotNow("it is closed already")
    return _enter(course, Phase.CLOSED)


def may_speak(course: Course, seat: int) -> bool:
    """Who may write: the two players in the role-play, everyone in feedback and debrief."""
    if course.phase is Phase.ROLEPLAY:
        return course.part_of(seat) is not Part.OBSERVER
    return course.phase in (Phase.FEEDBACK, Phase.DEBRIEF)


def _enter(course: Course, phase: Phase) -> Course:
    return replace(course, phase=phase, done=frozenset())


def _count(course: Course, seat: int, *, then: Callable[[Course], Course]) -> Course:
    if not 0 <= seat < course.people:
        raise NotNow("there is no such seat")
    counted = replace(course, done=course.done | {seat})
    return counted if counted.awaited else then(counted)
