"""One stream as a process hears it, whatever the bus does to it."""

from hypothesis import given
from hypothesis import strategies as st

from webinars.live.encoded import Encoded
from webinars.live.line import RING, Head, Line
from webinars.live.outbox import MAX_FRAMES, Joiner, Outbox
from webinars.live.presence import FORGET_SECONDS, Person, Presence
from webinars.live.protocol import MAX_REPLAY, Position


def frame(seq: int) -> Encoded:
    return Encoded(str(seq))


def line_of(count: int, *, floor: int = 0) -> Line:
    """A line that has heard so many events."""
    line = Line(1, "room", Head("e", 0, floor))
    for seq in range(1, count + 1):
        line.receive(seq, frame(seq))
    return line


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 12)), st.sets(st.integers(1, 12)))
def test_lost_doubled_and_reordered_wake_ups_give_every_event_once_in_order(order, again, empty):
    """``empty``: those whose wake-up came without the event, so that the log has to be read."""
    line = Line(1, "room", Head("e", 0))
    told = []
    for seq in [*order, *again]:
        told += line.receive(seq, None if seq in empty else frame(seq))
    while line.has_gap:  # what the hub does: read the log from the head on
        head = line.head
        for seq in range(head + 1, 13):
            told += line.receive(seq, frame(seq))
    assert [int(one.text) for one in told] == list(range(1, 13))
    assert [int(one.text) for one in line.after(0)] == list(range(1, 13))


def test_what_came_early_waits_for_what_is_missing():
    line = line_of(1)
    assert line.receive(3, frame(3)) == []
    assert line.has_gap
    assert [int(one.text) for one in line.receive(2, frame(2))] == [2, 3]
    assert not line.has_gap


def test_the_ring_forgets_the_oldest_and_says_so():
    line = line_of(RING + 10)
    assert line.after(9) is None
    assert [int(one.text) for one in line.after(10)][:2] == [11, 12]
    assert line.after(RING + 10) == []
    assert line.after(RING + 99) == []


def test_a_line_that_began_late_knows_nothing_of_before():
    line = Line(1, "room", Head("e", 5))
    assert line.after(4) is None
    assert line.after(5) == []
    line.receive(6, frame(6))
    assert line.after(4) is None
    assert [int(one.text) for one in line.after(5)] == [6]


@given(st.integers(-5, 700))
def test_who_may_resume_is_decided_by_the_table(seq):
    line = line_of(600, floor=50)
    expected = 600 - MAX_REPLAY <= seq <= 600 and seq >= 50
    assert line.can_resume(Position("e", seq)) is expected
    assert not line.can_resume(Position("other", seq))
    assert not line.can_resume(None)


# --- Outbox -----------------------------------------------------------------------------------
def test_durable_frames_keep_their_order_and_the_last_state_stands_behind_them():
    outbox = Outbox()
    outbox.state("presence:", frame(100))
    outbox.durable(frame(1))
    outbox.state("presence:", frame(101))
    outbox.durable(frame(2))
    assert [one.text for one in outbox.take()] == ["1", "2", "101"]
    assert not outbox


def test_a_batch_stays_below_the_limit_and_nothing_is_lost():
    outbox = Outbox()
    for number in range(10):
        outbox.durable(Encoded(str(number) * 1000))
    taken = []
    while outbox:
        batch = outbox.take(most_bytes=3500)
        assert sum(one.size for one in batch) < 3500
        taken += batch
    assert [one.text[0] for one in taken] == list("0123456789")


def test_too_much_waiting_is_over_but_history_is_not_counted():
    outbox = Outbox()
    outbox.history([frame(number) for number in range(500)])
    assert not outbox.is_over
    for number in range(MAX_FRAMES + 1):
        outbox.durable(frame(number))
    assert outbox.is_over


def test_the_same_frames_are_joined_once_for_all_sockets():
    joiner, frames = Joiner(), [frame(1), frame(2)]
    for join in (joiner.batch, joiner.run):
        assert join(frames) is join(list(frames))
        assert join(frames[:1]) is frames[0]


def test_a_run_is_the_frames_one_behind_the_other():
    frames = [frame(1), frame(2), frame(3)]
    run = Joiner().run(frames)
    assert run.texts == tuple(one.text for one in frames)
    assert run.framed == b"".join(one.framed for one in frames)


def test_a_frame_is_framed_as_websocket_text():
    for size in (5, 125, 126, 65_535, 65_536):
        framed = Encoded("x" * size).framed
        assert framed[0] == 0x81
        assert framed.endswith(b"x" * size)
        assert len(framed) - size == (2 if size < 126 else 4 if size < 65_536 else 10)


# --- Presence ---------------------------------------------------------------------------------
class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_people_of_all_processes_are_counted_once():
    presence = Presence()
    assert presence.join(1, Person("Мария", "participant"))
    assert not presence.join(1, Person("Мария", "participant"))
    assert presence.hear("other", {1: ("Мария", "participant"), 2: ("Иван", "participant")})
    assert not presence.hear("other", {1: ("Мария", "participant"), 2: ("Иван", "participant")})
    told = presence.state(str)
    assert told["count"] == 2
    assert [person["n"] for person in told["people"]] == ["Иван", "Мария"]
    assert not presence.leave(1)
    assert presence.leave(1)
    assert presence.state(str)["count"] == 2


def test_a_process_that_fell_silent_is_forgotten():
    clock = Clock()
    presence = Presence(clock=clock)
    presence.hear("other", {2: ("Иван", "participant")})
    clock.now = FORGET_SECONDS + 1
    assert presence.forget_silent()
    assert presence.state(str) == {"count": 0, "people": []}


def test_a_crowd_is_a_number_without_names():
    presence = Presence()
    for number in range(51):
        presence.join(number, Person(f"Участник {number}", "participant"))
    assert presence.state(str) == {"count": 51}
    assert {name for name, _role in presence.gossip().values()} == {""}
