"""Raised hands: a queue in the order in which they went up."""

import pytest

from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, give, id_of, last, refused, seen_by, types
from webinars.live import commands

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting(learners=3)


def queue_of(meeting) -> list[str]:
    return [person["id"] for person in seen_by(meeting, meeting.learners[0])["hands"]["queue"]]


def test_the_queue_is_in_the_order_of_raising(meeting):
    maria, ivan, petr = meeting.learners
    for user in (petr, maria, ivan, petr):
        done(meeting, user, "hand.raise")
    assert queue_of(meeting) == [id_of(petr), id_of(maria), id_of(ivan)]
    assert types(meeting) == ["hand.raised"] * 3
    assert last(meeting).data == {"id": id_of(ivan), "n": ivan.get_short_name()}


def test_whoever_lowers_and_raises_again_stands_at_the_end(meeting):
    maria, ivan, _petr = meeting.learners
    for user, op in [(maria, "raise"), (ivan, "raise"), (maria, "lower"), (maria, "raise")]:
        done(meeting, user, f"hand.{op}")
    assert queue_of(meeting) == [id_of(ivan), id_of(maria)]


def test_lowering_what_is_not_up_is_no_event(meeting):
    done(meeting, meeting.learners[0], "hand.lower")
    done(meeting, meeting.trainer, "hand.lower_all")
    assert types(meeting) == []


def test_the_host_gives_the_word_to_one_and_ends_the_queue(meeting):
    maria, ivan, petr = meeting.learners
    for user in meeting.learners:
        done(meeting, user, "hand.raise")
    done(meeting, meeting.trainer, "hand.lower_other", user=id_of(ivan))
    assert last(meeting).data == {"id": id_of(ivan)}
    assert queue_of(meeting) == [id_of(maria), id_of(petr)]
    done(meeting, meeting.trainer, "hand.lower_all")
    assert queue_of(meeting) == []


def test_a_hand_that_is_not_up_cannot_be_lowered_for_somebody(meeting):
    for user in (id_of(meeting.learners[0]), "u_999999"):
        answer = refused(meeting, meeting.trainer, "hand.lower_other", user=user)
        assert answer.code == "forbidden"
    answer = refused(meeting, meeting.trainer, "hand.lower_other", user="1 OR 1=1")
    assert (answer.code, answer.field) == ("invalid", "/d/user")


def test_whoever_has_to_go_leaves_the_queue_of_everybody(meeting):
    maria, ivan, _petr = meeting.learners
    for user in (maria, ivan):
        done(meeting, user, "hand.raise")
    done(meeting, meeting.trainer, "people.remove", user=id_of(maria))
    assert (last(meeting).type, last(meeting).data) == ("hand.lowered", {"id": id_of(maria)})
    assert [p["id"] for p in seen_by(meeting, ivan)["hands"]["queue"]] == [id_of(ivan)]


def test_waving_is_limited(meeting):
    commands.buckets.clear()
    maria = meeting.learners[0]
    answers = [give(meeting, maria, "hand.raise") for _number in range(12)]
    assert "rate" in {getattr(answer, "code", None) for answer in answers}
