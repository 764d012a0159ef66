"""Polls through the commands that people give."""

import pytest
from django.db import IntegrityError, transaction

from tests.webinars.factories import cmd, make_meeting
from webinars.live import snapshots
from webinars.live.commands import run_command
from webinars.live.features import poll as polls
from webinars.live.permissions import Audience, Role
from webinars.models import Poll, PollVote, RoomEvent
from webinars.sessions import open_session

pytestmark = pytest.mark.django_db
PREPARED = ("poll", {"question": "Что труднее?", "options": ["Крик", "Слёзы", "Отказ"]})


@pytest.fixture
def meeting():
    return make_meeting(polls=[PREPARED])


def ask(meeting, user, op: str, **data):
    return run_command(room=meeting.room, user=user, frame=cmd(op, **data))


def opened(meeting) -> Poll:
    poll = Poll.objects.get()
    assert ask(meeting, meeting.trainer, "poll.open", poll=str(poll.uuid)).id
    poll.refresh_from_db()
    return poll


def last_event() -> RoomEvent:
    return RoomEvent.objects.order_by("pk").last()


def test_prepared_polls_wait_for_the_host_once(meeting):
    open_session(meeting.session, actor=meeting.trainer)
    poll = Poll.objects.get()
    assert (poll.question, poll.options) == ("Что труднее?", ["Крик", "Слёзы", "Отказ"])
    assert poll.state == Poll.State.DRAFT
    assert polls.polls(meeting.room, Role.PARTICIPANT) == {"polls": []}
    assert len(polls.polls(meeting.room, Role.HOST)["polls"]) == 1


def test_a_host_who_came_before_the_opening_hears_of_prepared_polls():
    meeting = make_meeting(is_open=False, polls=[PREPARED])
    before = snapshots.shared_snapshot(meeting.room.pk, Role.HOST)
    assert before.data["poll"] == {"polls": []}
    open_session(meeting.session, actor=meeting.trainer)
    open_session(meeting.session, actor=meeting.trainer)
    (told,) = RoomEvent.objects.filter(stream__room=meeting.room, type="poll.created")
    assert told.stream.kind == Audience.STAFF
    assert told.seq > before.heads["staff"].q
    assert told.data == polls.described(Poll.objects.get())


def test_each_has_one_vote_and_may_change_it(meeting):
    poll = opened(meeting)
    maria, ivan = meeting.learners
    for user, choice in [(maria, 0), (ivan, 1), (maria, 2)]:
        answer = ask(meeting, user, "poll.vote", poll=str(poll.uuid), choices=[choice])
        assert answer.p == {"me": 1 if (user, choice) != (maria, 2) else 2}
    assert polls.tally(poll) == {"total": 2, "by": [0, 1, 1]}
    assert polls.own_votes(meeting.room, maria, Role.PARTICIPANT) == {
        "votes": {str(poll.uuid): [2]}
    }


def test_a_vote_is_told_to_nobody_but_its_person(meeting):
    poll = opened(meeting)
    ask(meeting, meeting.learners[0], "poll.vote", poll=str(poll.uuid), choices=[1])
    event = last_event()
    assert (event.type, event.stream.kind) == ("poll.voted", "me")
    assert event.stream.owner == meeting.learners[0]


def test_the_result_is_an_event_without_names(meeting):
    poll = opened(meeting)
    for user in meeting.learners:
        ask(meeting, user, "poll.vote", poll=str(poll.uuid), choices=[1])
    ask(meeting, meeting.trainer, "poll.close", poll=str(poll.uuid))
    event = last_event()
    assert (event.type, event.stream.kind) == ("poll.closed", "room")
    assert event.data["by"] == [0, 2, 0]
    assert event.data["total"] == 2
    assert "Иванова" not in str(event.data)


def test_the_tally_is_for_hosts_while_the_poll_is_open(meeting):
    poll = opened(meeting)
    ask(meeting, meeting.learners[0], "poll.vote", poll=str(poll.uuid), choices=[1])
    audience, value = snapshots.read_state(meeting.room.pk, "poll", str(poll.uuid))
    assert audience is Audience.STAFF
    assert value.data == {"total": 1, "by": [0, 1, 0]}
    audience, value = snapshots.read_state(meeting.room.pk, "poll.turnout", str(poll.uuid))
    assert audience is Audience.ROOM
    assert value.data == {"total": 1}
    shown = polls.polls(meeting.room, Role.PARTICIPANT)["polls"][0]
    assert "by" not in shown
    ask(meeting, meeting.trainer, "poll.close", poll=str(poll.uuid))
    assert polls.polls(meeting.room, Role.PARTICIPANT)["polls"][0]["by"] == [0, 1, 0]


def test_the_version_of_a_tally_never_falls(meeting):
    poll = opened(meeting)
    seen = []
    for choice in (0, 1, 1, 0):
        ask(meeting, meeting.learners[0], "poll.vote", poll=str(poll.uuid), choices=[choice])
        seen.append(polls.current_tally(meeting.room, str(poll.uuid)).version)
    assert seen == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("op", "who", "data", "code", "field"),
    [
        ("poll.vote", "learner", {"choices": [3]}, "invalid", "/d/choices/0"),
        ("poll.vote", "learner", {"choices": [-1]}, "invalid", "/d/choices/0"),
        ("poll.vote", "learner", {"choices": []}, "invalid", "/d/choices"),
        ("poll.vote", "learner", {"choices": [0, 1]}, "invalid", "/d/choices"),
        ("poll.vote", "trainer", {"choices": [0]}, "forbidden", ""),
        ("poll.close", "learner", {}, "forbidden", ""),
        ("poll.open", "trainer", {}, "state", ""),
    ],
)
def test_what_may_not_be_done_is_refused_and_changes_nothing(meeting, op, who, data, code, field):
    poll = opened(meeting)
    events = RoomEvent.objects.count()
    user = meeting.trainer if who == "trainer" else meeting.learners[0]
    answer = ask(meeting, user, op, poll=str(poll.uuid), **data)
    assert (answer.code, answer.field) == (code, field)
    assert RoomEvent.objects.count() == events
    assert not PollVote.objects.exists()


def test_voting_after_the_end_is_refused(meeting):
    poll = opened(meeting)
    ask(meeting, meeting.trainer, "poll.close", poll=str(poll.uuid))
    answer = ask(meeting, meeting.learners[0], "poll.vote", poll=str(poll.uuid), choices=[0])
    assert (answer.code, answer.d) == ("state", {"state": "closed"})


def test_a_poll_of_another_room_is_as_good_as_not_there(meeting):
    other = make_meeting(polls=[PREPARED])
    foreign = Poll.objects.get(room=other.room)
    for poll_id in (str(foreign.uuid), "no-uuid", "00000000-0000-4000-8000-000000000000"):
        answer = ask(meeting, meeting.trainer, "poll.open", poll=poll_id)
        assert (answer.code, answer.d) == ("forbidden", {})


def test_a_host_asks_something_new(meeting):
    made = ask(meeting, meeting.trainer, "poll.create", question="Готовы?", options=["Да", "Нет"])
    assert last_event().stream.kind == "staff"
    assert Poll.objects.get(uuid=made.d["poll"]).state == Poll.State.DRAFT


def test_the_database_takes_one_vote_of_a_person(meeting):
    poll = opened(meeting)
    PollVote.objects.create(poll=poll, voter="one", choices=[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        PollVote.objects.create(poll=poll, voter="one", choices=[1])
