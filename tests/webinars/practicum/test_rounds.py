"""The machine of a practicum: what holds whatever people do, in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from webinars.practicum import rounds
from webinars.practicum.rounds import PLAYED, Course, NotNow, Part, Phase

seats = st.integers(0, 3)


class PracticumMachine(RuleBasedStateMachine):
    """People agree, rate, pause, stop, vanish and come back as they like."""

    @initialize(people=st.integers(2, 4))
    def somebody_forms_a_group(self, people):
        self.course = Course(people=people)
        self.conversations: list[int] = []

    def _try(self, step) -> None:
        before = self.course
        try:
            self.course = step(before)
        except NotNow:
            return
        if before.phase is not Phase.FEEDBACK and self.course.phase is Phase.FEEDBACK:
            self.conversations.append(before.specialist)

    @rule(seat=seats)
    def somebody_agrees(self, seat):
        self._try(lambda c: rounds.agree(c, seat))

    @rule()
    def everybody_agrees(self):
        for seat in sorted(self.course.awaited):
            self._try(lambda c, seat=seat: rounds.agree(c, seat))

    @rule(seat=seats)
    def somebody_rates(self, seat):
        before = self.course
        self._try(lambda c: rounds.rate(c, seat))
        if before.phase is Phase.FEEDBACK and seat in before.done:
            assert self.course is before, "nobody rates twice"

    @rule()
    def everybody_rates(self):
        for seat in sorted(self.course.awaited):
            self._try(lambda c, seat=seat: rounds.rate(c, seat))

    @rule(seat=seats)
    def somebody_writes_the_debrief(self, seat):
        self._try(lambda c: rounds.debrief(c, seat))

    @rule()
    def somebody_pauses(self):
        before = self.course
        self.course = rounds.pause(before)  # never refused
        if before.phase in PLAYED:
            assert self.course.phase is Phase.PAUSED
        else:
            assert self.course is before

    @rule()
    def it_is_hard_for_somebody(self):
        before = self.course
        self._try(rounds.ease)
        if before.phase in PLAYED:
            assert self.course.phase is Phase.FEEDBACK
            assert self.course.is_eased
        else:
            assert self.course is before

    @rule()
    def the_clock_runs_out(self):
        before = self.course
        self._try(rounds.time_over)
        if before.phase not in (Phase.BRIEFING, Phase.ROLEPLAY):
            assert self.course is before

    @rule()
    def the_trainer_goes_on(self):
        self._try(rounds.advance)

    @rule(gone=st.frozensets(seats, min_size=1, max_size=3))
    def somebody_vanishes(self, gone):
        before = self.course
        self._try(lambda c: rounds.go_on_without(c, gone))
        if self.course is not before and before.phase is Phase.ROLEPLAY:
            assert self.course.played >= before.played, "what was played stays played"

    @rule(seat=seats)
    def somebody_comes_back(self, seat):
        if seat < self.course.people:
            self._try(lambda c: rounds.come_back(c, seat))

    @invariant()
    def nobody_is_specialist_of_two_conversations(self):
        assert len(self.conversations) == len(set(self.conversations))
        assert set(self.conversations) == set(self.course.played)

    @invariant()
    def whoever_stayed_has_had_their_turn_at_the_end(self):
        course = self.course
        if course.phase is Phase.DEBRIEF and len(course.present) > 1 and not course.done:
            assert set(course.present) <= set(course.played)

    @invariant()
    def an_open_practicum_waits_for_somebody_who_is_there(self):
        if self.course.phase is not Phase.CLOSED:
            assert self.course.awaited
        assert self.course.awaited <= set(self.course.present)

    @invariant()
    def a_round_under_way_has_one_specialist_and_one_client_who_are_there(self):
        course = self.course
        parts = [course.part_of(seat) for seat in range(course.people)]
        assert parts.count(Part.SPECIALIST) == parts.count(Part.CLIENT) == 1
        if course.phase in PLAYED:
            assert not {course.specialist, course.client} & course.away

    @invariant()
    def rounds_are_numbered_within_the_group(self):
        assert 0 <= self.course.round < self.course.people

    @invariant()
    def only_a_pause_remembers_where_it_came_from(self):
        assert (self.course.paused_from is not None) == (self.course.phase is Phase.PAUSED)


TestPracticumMachine = PracticumMachine.TestCase
TestPracticumMachine.settings = settings(max_examples=80, stateful_step_count=50)


def everyone(course: Course, step) -> Course:
    for seat in sorted(course.awaited):
        course = step(course, seat)
    return course


@pytest.mark.parametrize("people", [2, 3, 4])
def test_a_group_plays_every_round_and_comes_to_its_end(people):
    course = everyone(Course(people=people), rounds.agree)
    clients = []
    for number in range(people):
        assert (course.phase, course.round) == (Phase.BRIEFING, number)
        course = everyone(course, rounds.agree)
        clients.append(course.client)
        course = everyone(course, rounds.agree)
        course = everyone(course, rounds.rate)
        assert course.phase is Phase.SWAP
        course = everyone(course, rounds.agree)
    assert sorted(clients) == list(range(people)), "everyone is the client once, too"
    assert everyone(course, rounds.debrief).phase is Phase.CLOSED


def playing(people: int, phase: Phase = Phase.ROLEPLAY, **fields) -> Course:
    return Course(people=people, phase=phase, **fields)


def test_a_pause_ends_when_everyone_is_ready_and_goes_on_where_it_was():
    course = rounds.pause(playing(2, Phase.BRIEFING))
    course = rounds.agree(course, 0)
    assert course.phase is Phase.PAUSED
    assert rounds.agree(course, 1).phase is Phase.BRIEFING


def test_an_observer_does_not_end_the_conversation_of_others():
    with pytest.raises(NotNow):
        rounds.agree(playing(3), 2)


def test_after_a_round_that_was_too_hard_nobody_has_to_rate():
    course = rounds.ease(playing(2))
    course = rounds.rate(course, 0)
    assert rounds.agree(course, 1).phase is Phase.SWAP


def test_feedback_of_an_ordinary_round_cannot_be_skipped():
    with pytest.raises(NotNow):
        rounds.agree(playing(2, Phase.FEEDBACK), 1)


def test_without_its_client_a_round_is_prepared_anew_with_an_observer():
    course = rounds.go_on_without(playing(3), frozenset({1}))
    assert (course.phase, course.specialist, course.client) == (Phase.BRIEFING, 0, 2)


def test_without_its_specialist_a_conversation_ends_with_feedback():
    course = rounds.go_on_without(playing(3), frozenset({0}))
    assert course.phase is Phase.FEEDBACK
    assert course.awaited == {1, 2}


def test_the_turn_of_a_specialist_who_vanished_while_preparing_waits_for_them():
    course = rounds.go_on_without(playing(3, Phase.BRIEFING), frozenset({0}))
    assert (course.phase, course.specialist) == (Phase.BRIEFING, 1)
    course = rounds.come_back(course, 0)
    for _round in range(3):
        course = rounds.advance(rounds.advance(rounds.advance(rounds.advance(course))))
    assert (course.phase, course.played) == (Phase.DEBRIEF, {0, 1, 2})


def test_who_is_left_alone_gives_feedback_and_may_be_joined_again():
    course = rounds.go_on_without(playing(2), frozenset({0}))
    assert (course.phase, course.awaited) == (Phase.FEEDBACK, {1})
    course = rounds.agree(rounds.rate(course, 1), 1)
    assert course.phase is Phase.DEBRIEF
    course = rounds.come_back(course, 0)
    assert (course.phase, course.specialist, course.client) == (Phase.BRIEFING, 1, 0)


def test_turns_alternate_and_the_client_begins():
    course = playing(2)
    assert rounds.turn(course, None) == 1
    assert rounds.turn(course, 1) == 0
    assert rounds.turn(course, 0) == 1
    assert rounds.turn(playing(2, Phase.SWAP), 0) is None
