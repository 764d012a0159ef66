from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from webinars.practicum import rounds
from webinars.practicum.rounds import Course, NotNow, Part, Phase


class PracticumMachine(RuleBasedStateMachine):
    """People do whatever they like in any order; the practicum stays a practicum."""

    seats = Bundle("seats")

    @initialize(people=st.integers(2, 4))
    def begin(self, people):
        self.course = Course(people=people)
        self.specialists = []

    def _try(self, step):
        before = self.course
        try:
            self.course = step(before)
        except NotNow:
            assert self.course is before
        entered = (before.phase, before.round) != (self.course.phase, self.course.round)
        if entered and self.course.phase is Phase.BRIEFING:
            self.specialists.append(self.course.round)

    @rule()
    def somebody_comes(self):
        self._try(rounds.sit_down)

    @rule(seat=st.integers(0, 3))
    def somebody_agrees(self, seat):
        self._try(lambda c: rounds.agree(c, seat))

    @rule()
    def somebody_stops(self):
        was_played = self.course.phase in (Phase.ROLEPLAY, Phase.PAUSED)
        self._try(rounds.stop)
        if was_played:
            assert self.course.phase is Phase.PAUSED

    @rule()
    def the_round_is_ended(self):
        self._try(rounds.end_round)

    @rule(seat=st.integers(0, 3))
    def somebody_rates(self, seat):
        specialist = (
            self.course.part_of(seat) is Part.SPECIALIST if seat < self.course.people else False
        )
        before = self.course
        self._try(lambda c: rounds.rate(c, seat))
        if specialist and before.phase is Phase.FEEDBACK:
            assert self.course is before, "nobody rates themselves"

    @rule(seat=st.integers(0, 3))
    def somebody_debriefs(self, seat):
        self._try(lambda c: rounds.debrief(c, seat))

    @invariant()
    def everyone_is_specialist_at_most_once_and_in_order(self):
        assert self.specialists == list(range(len(self.specialists)))
        if self.course.phase in (Phase.DEBRIEF, Phase.CLOSED):
            assert len(self.specialists) == self.course.people

    @invariant()
    def a_phase_waits_for_somebody_until_it_is_closed(self):
        if self.course.phase not in (Phase.LOBBY, Phase.CLOSED):
            assert self.course.awaited

    @invariant()
    def every_round_has_one_specialist_and_one_client(self):
        parts = [self.course.part_of(seat) for seat in range(self.course.people)]
        assert parts.count(Part.SPECIALIST) == parts.count(Part.CLIENT) == 1


TestPracticumMachine = PracticumMachine.TestCase
TestPracticumMachine.settings = settings(max_examples=80, stateful_step_count=60)


def play_through(people: int) -> Course:
    course = Course(people=people)
    for _ in range(people):
        course = rounds.sit_down(course)
    for _ in range(people):
        for _phase in (Phase.BRIEFING, Phase.ROLEPLAY):
            for seat in range(people):
                course = rounds.agree(course, seat)
        for seat in sorted(course.raters):
            course = rounds.rate(course, seat)
    for seat in range(people):
        course = rounds.debrief(course, seat)
    return course


def test_a_practicum_of_two_three_and_four_comes_to_its_end():
    for people in (2, 3, 4):
        assert play_through(people).phase is Phase.CLOSED


def test_a_stop_is_undone_only_by_everyone():
    course = Course(people=2, seated=2, phase=Phase.ROLEPLAY)
    course = rounds.stop(course)
    course = rounds.agree(course, 0)
    assert course.phase is Phase.PAUSED
    assert rounds.agree(course, 1).phase is Phase.ROLEPLAY
