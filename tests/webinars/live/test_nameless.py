"""What is said without a name leaves none in the database, and may be sent again all the same."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from tests.webinars.factories import cmd, make_meeting
from tests.webinars.live.acting import done, last
from webinars.live import commands
from webinars.live.commands import content_hash, run_command
from webinars.live.protocol import Err, Ok
from webinars.models import CheckInAnswer, NamelessCommand, PollVote, Question, RoomCommand
from webinars.tasks import forget_old_commands

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting(learners=2)


def poll_of(meeting, **fields) -> str:
    made = done(
        meeting, meeting.trainer, "poll.create", question="Да?", options=["а", "б"], **fields
    )
    done(meeting, meeting.trainer, "poll.open", poll=made.d["poll"])
    return made.d["poll"]


def checkin_of(meeting) -> str:
    done(meeting, meeting.trainer, "checkin.open", moment="now")
    return last(meeting).data["checkin"]


NAMELESS = {
    "poll.vote": lambda meeting: {"poll": poll_of(meeting), "choices": [1]},
    "checkin.submit": lambda meeting: {"checkin": checkin_of(meeting), "value": 2},
    "qa.ask": lambda meeting: {"text": "Можно ли плакать?", "anon": True},
}


@pytest.fixture(params=NAMELESS)
def said(request, meeting):
    """A command without a name, and its answer."""
    frame = cmd(request.param, **NAMELESS[request.param](meeting))
    commands.buckets.clear()
    return frame, run_command(room=meeting.room, user=meeting.learners[0], frame=frame)


def everything_kept() -> str:
    """Every row of every table of live rooms, as text."""
    models = apps.get_app_config("webinars").get_models()
    rows = [row for model in models for row in model.objects.all()]
    return serializers.serialize("json", rows)


def test_no_list_says_who_gave_a_command_without_a_name(meeting, said):
    frame, _answer = said
    assert not RoomCommand.objects.filter(user=meeting.learners[0]).exists()
    assert not RoomCommand.objects.filter(op=frame.op).exists()
    kept = NamelessCommand.objects.get()
    assert (kept.at.minute, kept.at.second, kept.at.microsecond) == (0, 0, 0)


def test_what_was_said_cannot_be_found_by_trying_not_even_with_the_secret(meeting, said):
    """A vote has few answers; a hash of it would betray it to whoever tries them all."""
    frame, _answer = said
    assert content_hash(frame) not in everything_kept()


def test_sent_again_it_is_done_once_and_answered_alike(meeting, said):
    frame, first = said
    assert isinstance(first, Ok)
    assert run_command(room=meeting.room, user=meeting.learners[0], frame=frame) == first
    done_so_far = Question.objects.count() + PollVote.objects.count()
    assert done_so_far + CheckInAnswer.objects.count() == 1
    assert NamelessCommand.objects.count() == 1


def test_an_answer_is_found_again_after_the_end_of_the_question(meeting):
    poll = poll_of(meeting)
    frame = cmd("poll.vote", poll=poll, choices=[0])
    first = run_command(room=meeting.room, user=meeting.learners[0], frame=frame)
    done(meeting, meeting.trainer, "poll.close", poll=poll)
    assert run_command(room=meeting.room, user=meeting.learners[0], frame=frame) == first
    other = run_command(room=meeting.room, user=meeting.learners[1], frame=frame)
    assert isinstance(other, Err)
    assert other.code == "state"


def test_an_id_of_a_command_with_a_name_is_not_used_for_one_without(meeting):
    maria = meeting.learners[0]
    named = cmd("qa.ask", text="С именем")
    assert isinstance(run_command(room=meeting.room, user=maria, frame=named), Ok)
    again = cmd("qa.ask", id=named.id, text="Без имени", anon=True)
    answer = run_command(room=meeting.room, user=maria, frame=again)
    assert isinstance(answer, Err)
    assert answer.code == "id_reused"
    assert Question.objects.count() == 1


def test_an_answer_with_a_name_is_kept_with_it(meeting):
    maria = meeting.learners[0]
    done(meeting, maria, "poll.vote", poll=poll_of(meeting, anonymous=False), choices=[0])
    done(meeting, maria, "qa.ask", text="С именем")
    assert RoomCommand.objects.filter(user=maria).count() == 2
    assert not NamelessCommand.objects.exists()


def test_they_are_forgotten_after_a_day(meeting, said):
    NamelessCommand.objects.update(at=timezone.now() - timedelta(hours=25))
    assert forget_old_commands() == 1
    assert not NamelessCommand.objects.exists()
