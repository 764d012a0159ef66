"""The emotion check-in: only distributions of five or more, and nobody's answer."""

import pytest

from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import (
    done,
    everything_written,
    id_of,
    last,
    refused,
    seen_by,
    state,
    types,
)
from webinars.live.permissions import Audience
from webinars.models import CheckIn, CheckInAnswer
from webinars.sessions import close_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting(learners=6)


def opened(meeting, moment: str = "now") -> str:
    done(meeting, meeting.trainer, "checkin.open", moment=moment)
    return last(meeting).data["checkin"]


def answers(meeting, checkin: str, values: list[int]) -> None:
    for user, value in zip(meeting.learners, values, strict=False):
        done(meeting, user, "checkin.submit", checkin=checkin, value=value)


def test_everybody_learns_that_a_check_in_is_open(meeting):
    checkin = opened(meeting, "before")
    assert last(meeting).data == {"checkin": checkin, "moment": "before", "is_open": True}
    shown = seen_by(meeting, meeting.learners[0])
    assert shown["checkin"] == {"checkins": [last(meeting).data]}
    assert shown["checkin.me"] == {"checkin": checkin, "value": None}


@pytest.mark.parametrize(
    ("values", "by"), [([1, 2, 5, 5], None), ([1, 2, 5, 5, 3], [1, 1, 1, 0, 2])]
)
def test_fewer_than_five_answers_are_not_shown_to_hosts_either(meeting, values, by):
    checkin = opened(meeting)
    answers(meeting, checkin, values)
    audience, value = state(meeting, "checkin", checkin)
    assert audience is Audience.STAFF
    assert value.data == {"total": len(values), "by": by}
    for_host = seen_by(meeting, meeting.trainer)["checkin"]["checkins"][0]
    assert (for_host["total"], for_host["by"]) == (len(values), by)
    assert "by" not in str(seen_by(meeting, meeting.learners[0])["checkin"])


def test_an_answer_is_no_event_and_is_shown_to_its_person_only(meeting):
    checkin = opened(meeting)
    maria, ivan = meeting.learners[:2]
    for value in (2, 4):
        done(meeting, maria, "checkin.submit", checkin=checkin, value=value)
    assert CheckInAnswer.objects.get().value == 4
    assert types(meeting) == ["checkin.opened"]
    assert "value" not in everything_written(meeting.room)
    assert seen_by(meeting, maria)["checkin.me"]["value"] == 4
    assert seen_by(meeting, ivan)["checkin.me"]["value"] is None


def test_afterwards_nobody_knows_whose_answers_they_are(meeting):
    checkin = opened(meeting)
    answers(meeting, checkin, [1, 2, 3, 4, 5])
    before = dict(CheckInAnswer.objects.values_list("voter", "pk"))
    done(meeting, meeting.trainer, "checkin.close", checkin=checkin)
    after = dict(CheckInAnswer.objects.values_list("voter", "pk"))
    assert len(after) == 5
    assert not before.keys() & after.keys()
    assert not set(before.values()) & set(after.values())
    assert seen_by(meeting, meeting.learners[0])["checkin.me"] == {}
    assert seen_by(meeting, meeting.learners[0])["checkin"] == {"checkins": []}
    shown = seen_by(meeting, meeting.trainer)["checkin"]["checkins"][0]
    assert (shown["is_open"], shown["by"]) == (False, [1, 1, 1, 1, 1])


def test_a_check_in_that_was_left_open_ends_with_the_webinar(meeting):
    answers(meeting, opened(meeting), [3])
    key = CheckInAnswer.objects.get().voter
    close_session(meeting.session, actor=meeting.trainer)
    assert CheckIn.objects.get().closed_at is not None
    assert CheckInAnswer.objects.get().voter != key


def test_one_check_in_at_a_time_and_no_answer_after_its_end(meeting):
    checkin = opened(meeting)
    assert refused(meeting, meeting.trainer, "checkin.open", moment="now").code == "state"
    done(meeting, meeting.trainer, "checkin.close", checkin=checkin)
    assert refused(meeting, meeting.trainer, "checkin.close", checkin=checkin).code == "state"
    late = refused(meeting, meeting.learners[0], "checkin.submit", checkin=checkin, value=3)
    assert late.code == "state"
    assert opened(meeting, "after") != checkin


@pytest.mark.parametrize("value", [0, 6, 2.5, "3", None])
def test_a_value_off_the_scale_is_refused(meeting, value):
    checkin = opened(meeting)
    answer = refused(meeting, meeting.learners[0], "checkin.submit", checkin=checkin, value=value)
    assert (answer.code, answer.field) == ("invalid", "/d/value")


def test_a_check_in_of_another_room_is_as_good_as_not_there(meeting):
    other = make_meeting()
    foreign = opened(other)
    for checkin in (foreign, "no-uuid"):
        answer = refused(meeting, meeting.learners[0], "checkin.submit", checkin=checkin, value=3)
        assert answer.code == "forbidden"


def test_hosts_and_observers_do_not_answer(meeting):
    checkin = opened(meeting)
    maria = meeting.learners[0]
    done(meeting, meeting.trainer, "role.set", user=id_of(maria), role="observer")
    for user in (maria, meeting.trainer):
        answer = refused(meeting, user, "checkin.submit", checkin=checkin, value=3)
        assert answer.code == "forbidden"
