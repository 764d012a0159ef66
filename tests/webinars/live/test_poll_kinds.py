"""Polls: several options, a scale, words; with names or without; results while they run."""

import pytest

from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, last, log_of, refused, seen_by, state, types
from webinars.live.permissions import Audience
from webinars.live.snapshots import read_state
from webinars.models import Poll, PollVote
from webinars.sessions import close_session

pytestmark = pytest.mark.django_db
OPTIONS = ["Крик", "Слёзы", "Отказ"]


@pytest.fixture
def meeting():
    return make_meeting(learners=3)


def asked(meeting, *, options=OPTIONS, **fields) -> str:
    """A poll that is open; returns its id."""
    made = done(meeting, meeting.trainer, "poll.create", question="Что?", options=options, **fields)
    done(meeting, meeting.trainer, "poll.open", poll=made.d["poll"])
    return made.d["poll"]


def vote(meeting, user, poll: str, **answer):
    return done(meeting, user, "poll.vote", poll=poll, **answer)


def shown_to(meeting, user, poll: str) -> dict:
    return next(p for p in seen_by(meeting, user)["poll"]["polls"] if p["poll"] == poll)


# --- Kinds ------------------------------------------------------------------------------------
def test_of_several_options_each_counts(meeting):
    poll = asked(meeting, kind="multiple")
    vote(meeting, meeting.learners[0], poll, choices=[2, 0])
    vote(meeting, meeting.learners[1], poll, choices=[0])
    done(meeting, meeting.trainer, "poll.close", poll=poll)
    assert last(meeting).data["total"] == 2
    assert last(meeting).data["by"] == [2, 0, 1]


@pytest.mark.parametrize(
    ("kind", "answer", "field"),
    [
        ("single", {"choices": [0, 1]}, "/d/choices"),
        ("scale", {"choices": [0, 1]}, "/d/choices"),
        ("multiple", {"choices": [1, 1]}, "/d/choices"),
        ("multiple", {"choices": []}, "/d/choices"),
        ("multiple", {"choices": [0, 3]}, "/d/choices/1"),
        ("single", {"choices": [0], "words": ["да"]}, "/d/words"),
        ("words", {"choices": [0], "words": ["да"]}, "/d/choices"),
        ("words", {"words": []}, "/d/words"),
        ("words", {"words": ["  "]}, "/d/words"),
        ("words", {"words": ["а", "б", "в", "г"]}, "/d/words"),
    ],
)
def test_an_answer_that_does_not_fit_the_kind_is_refused(meeting, kind, answer, field):
    poll = asked(meeting, kind=kind, options=[] if kind == "words" else OPTIONS)
    told = refused(meeting, meeting.learners[0], "poll.vote", poll=poll, **answer)
    assert (told.code, told.field) == ("invalid", field)
    assert not PollVote.objects.exists()


@pytest.mark.parametrize(
    ("kind", "options"), [("single", []), ("scale", ["1"]), ("words", ["а", "б"]), ("words", ["а"])]
)
def test_a_poll_has_from_two_options_and_a_word_cloud_none(meeting, kind, options):
    told = refused(
        meeting, meeting.trainer, "poll.create", question="Что?", kind=kind, options=options
    )
    assert told.field == "/d/options"


def test_words_that_differ_only_in_case_and_spaces_are_one(meeting):
    maria, ivan, petr = meeting.learners
    poll = asked(meeting, kind="words", options=[])
    vote(meeting, maria, poll, words=["Покой", " покой ", "Я  здесь"])
    vote(meeting, ivan, poll, words=["ПОКОЙ", "злость"])
    vote(meeting, petr, poll, words=["покой"])
    assert state(meeting, "poll", poll)[1].data == {
        "total": 3, "words": [("покой", 3), ("злость", 1), ("я здесь", 1)],
    }  # fmt: skip
    assert seen_by(meeting, maria)["poll.me"] == {"votes": {poll: ["покой", "я здесь"]}}


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_moderator_takes_a_word_out_of_the_cloud(meeting, is_closed):
    poll = asked(meeting, kind="words", options=[])
    vote(meeting, meeting.learners[0], poll, words=["дурак", "покой"])
    vote(meeting, meeting.learners[1], poll, words=["дурак набитый"])
    if is_closed:
        done(meeting, meeting.trainer, "poll.close", poll=poll)
    done(meeting, meeting.trainer, "poll.remove_word", poll=poll, word="Дурак")
    assert state(meeting, "poll", poll)[1].data["words"] == [("дурак набитый", 1), ("покой", 1)]
    if is_closed:
        assert last(meeting).data["words"] == [["дурак набитый", 1], ["покой", 1]]


# --- Names ------------------------------------------------------------------------------------
def test_in_an_anonymous_poll_no_vote_is_anybodys(meeting):
    maria = meeting.learners[0]
    poll = asked(meeting)
    vote(meeting, maria, poll, choices=[1])
    assert PollVote.objects.get().user is None
    assert str(maria.pk) != PollVote.objects.get().voter
    assert log_of(meeting, "me", owner=maria)[-1].data == {"poll": poll}
    assert "names" not in shown_to(meeting, meeting.trainer, poll)


def test_in_a_named_poll_the_staff_see_who_chose_what_and_learners_do_not(meeting):
    maria, ivan, _petr = meeting.learners
    poll = asked(meeting, anonymous=False)
    vote(meeting, maria, poll, choices=[1])
    vote(meeting, maria, poll, choices=[2])
    named = shown_to(meeting, meeting.trainer, poll)["names"]
    assert [(one["n"], one["choices"]) for one in named] == [(maria.get_short_name(), [2])]
    done(meeting, meeting.trainer, "poll.close", poll=poll)
    assert "names" not in shown_to(meeting, ivan, poll)
    assert "names" not in last(meeting).data
    assert seen_by(meeting, maria)["poll.me"] == {"votes": {poll: [2]}}


def test_when_an_anonymous_poll_ends_nobody_knows_any_more_whose_answers_they_are(meeting):
    poll = asked(meeting)
    for number, user in enumerate(meeting.learners):
        vote(meeting, user, poll, choices=[number])
    before = dict(PollVote.objects.values_list("voter", "pk"))
    done(meeting, meeting.trainer, "poll.close", poll=poll)
    after = dict(PollVote.objects.values_list("voter", "pk"))
    assert len(after) == 3
    assert not before.keys() & after.keys()
    # Rows in the order of voting beside "poll.voted" in the order of voting would tell.
    assert not set(before.values()) & set(after.values())
    assert seen_by(meeting, meeting.learners[0])["poll.me"] == {"votes": {}}
    assert shown_to(meeting, meeting.learners[0], poll)["by"] == [1, 1, 1]


def test_the_answers_stand_in_an_order_of_chance_afterwards(meeting, monkeypatch):
    monkeypatch.setattr("webinars.live.anonymity._chance.shuffle", lambda rows: rows.reverse())
    poll = asked(meeting)
    for number, user in enumerate(meeting.learners):
        vote(meeting, user, poll, choices=[number])
    done(meeting, meeting.trainer, "poll.close", poll=poll)
    assert [vote.choices for vote in PollVote.objects.order_by("pk")] == [[2], [1], [0]]


def test_a_poll_that_was_left_open_ends_with_the_webinar(meeting):
    poll = asked(meeting)
    vote(meeting, meeting.learners[0], poll, choices=[1])
    key = PollVote.objects.get().voter
    close_session(meeting.session, actor=meeting.trainer)
    assert Poll.objects.get(uuid=poll).state == Poll.State.CLOSED
    assert PollVote.objects.get().voter != key


# --- Results while it runs --------------------------------------------------------------------
def test_a_live_result_is_for_everybody(meeting):
    poll = asked(meeting, live=True)
    vote(meeting, meeting.learners[0], poll, choices=[1])
    audience, value = state(meeting, "poll.live", poll)
    assert audience is Audience.ROOM
    assert value.data == {"total": 1, "by": [0, 1, 0]}
    assert shown_to(meeting, meeting.learners[1], poll)["by"] == [0, 1, 0]


def test_otherwise_only_the_turnout_is(meeting):
    poll = asked(meeting)
    vote(meeting, meeting.learners[0], poll, choices=[1])
    assert read_state(meeting.room.pk, "poll.live", poll) is None
    assert state(meeting, "poll.turnout", poll)[1].data == {"total": 1}
    assert "by" not in shown_to(meeting, meeting.learners[1], poll)
    assert shown_to(meeting, meeting.trainer, poll)["by"] == [0, 1, 0]


def test_a_draft_is_for_the_staff_only(meeting):
    done(meeting, meeting.trainer, "poll.create", question="Что?", options=OPTIONS)
    assert types(meeting) == []
    assert types(meeting, "staff") == ["poll.created"]
    assert seen_by(meeting, meeting.learners[0])["poll"] == {"polls": []}
    assert len(seen_by(meeting, meeting.trainer)["poll"]["polls"]) == 1
