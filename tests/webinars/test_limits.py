"""Token buckets: a burst, then a pace, and no second payment for the same thing."""

from __future__ import annotations

from webinars.live.limits import Buckets


def test_a_burst_is_allowed_and_then_one_waits():
    buckets = Buckets()
    waits = [buckets.take("chat", per_second=0.001, burst=3) for _number in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert waits[3] > 0


def test_a_repetition_of_the_last_thing_allowed_is_free():
    buckets = Buckets()
    waits = [
        buckets.take("chat", per_second=0.001, burst=1, what="one command") for _number in range(8)
    ]
    assert waits == [0] * 8
    assert buckets.take("chat", per_second=0.001, burst=1, what="another") > 0


def test_what_was_refused_is_not_free_next_time():
    buckets = Buckets()
    buckets.take("chat", per_second=0.001, burst=1, what="one command")
    for _number in range(2):
        assert buckets.take("chat", per_second=0.001, burst=1, what="another") > 0
