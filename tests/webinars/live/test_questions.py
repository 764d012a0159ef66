"""Questions to the hosts: with a name or without, up-votes, what became of them."""

import pytest
from django.forms.models import model_to_dict

from tests.webinars.factories import cmd, make_meeting
from tests.webinars.live.acting import done, id_of, last, refused, seen_by, state, types
from webinars.live import commands
from webinars.live.permissions import Audience
from webinars.models import Question, RoomCommand, RoomEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return make_meeting(learners=3)


def ask(meeting, user, text: str = "Как быть с криком?", **more) -> str:
    """Ask; returns the question's id."""
    done(meeting, user, "qa.ask", text=text, **more)
    return last(meeting).data["q"]


def questions_of(meeting, user) -> list[dict]:
    return seen_by(meeting, user)["qa"]["questions"]


def test_a_question_stands_under_its_authors_name(meeting):
    maria = meeting.learners[0]
    ask(meeting, maria)
    event = last(meeting)
    assert (event.actor, event.data["by"]) == (maria, maria.get_short_name())
    assert [q["by"] for q in questions_of(meeting, meeting.learners[1])] == [maria.get_short_name()]


def test_a_question_without_a_name_has_no_author_anywhere(meeting):
    maria = meeting.learners[0]
    frame = cmd("qa.ask", text="Можно ли плакать при клиенте?", anon=True)
    answer = commands.run_command(room=meeting.room, user=maria, frame=frame)
    event = RoomEvent.objects.get(type="qa.asked")
    assert (event.actor, event.actor_role, event.cmd_id) == (None, "", "")
    question = Question.objects.get()
    assert question.author is None
    assert maria.pk not in model_to_dict(question, exclude=["id", "room"]).values()
    for user in (maria, meeting.trainer):
        assert questions_of(meeting, user)[0]["by"] == ""
    assert not RoomCommand.objects.exists()
    assert answer.p == {}
    assert commands.run_command(room=meeting.room, user=maria, frame=frame) == answer
    assert Question.objects.count() == 1


def test_up_votes_are_counted_once_a_person_and_can_be_taken_back(meeting):
    maria, ivan, petr = meeting.learners
    question = ask(meeting, maria)
    for user, op in [(ivan, "vote"), (ivan, "vote"), (petr, "vote"), (petr, "unvote")]:
        done(meeting, user, f"qa.{op}", q=question)
    audience, value = state(meeting, "qa", question)
    assert audience is Audience.ROOM
    assert (value.version, value.data) == (4, {"votes": 1})
    assert questions_of(meeting, maria)[0]["votes"] == 1
    assert seen_by(meeting, ivan)["qa.me"] == {"votes": [question]}
    assert seen_by(meeting, petr)["qa.me"] == {"votes": []}
    assert types(meeting) == ["qa.asked"]
    assert last(meeting, "me", owner=petr).data == {"q": question, "on": False}


def test_hosts_say_what_became_of_a_question(meeting):
    question = ask(meeting, meeting.learners[0])
    done(meeting, meeting.trainer, "qa.state", q=question, state="live")
    assert last(meeting).data["state"] == "live"
    done(meeting, meeting.trainer, "qa.state", q=question, state="answered", answer="Пауза")
    shown = questions_of(meeting, meeting.learners[1])[0]
    assert (shown["state"], shown["answer"]) == ("answered", "Пауза")
    done(meeting, meeting.trainer, "qa.state", q=question, state="open")
    assert questions_of(meeting, meeting.learners[1])[0]["answer"] == ""
    answer = refused(meeting, meeting.trainer, "qa.state", q=question, state="answered", answer=" ")
    assert answer.field == "/d/answer"


def test_a_hidden_question_is_there_for_the_staff_only(meeting):
    maria, ivan, _petr = meeting.learners
    question = ask(meeting, maria, "Грубость")
    done(meeting, meeting.trainer, "qa.state", q=question, state="hidden")
    assert "Грубость" not in str(last(meeting).data)
    assert questions_of(meeting, ivan) == questions_of(meeting, maria) == []
    assert questions_of(meeting, meeting.trainer)[0]["state"] == "hidden"
    assert refused(meeting, ivan, "qa.vote", q=question).code == "forbidden"


@pytest.mark.parametrize("back", ["open", "live", "answered"])
def test_a_question_that_is_hidden_no_more_comes_back_whole(meeting, back):
    question = ask(meeting, meeting.learners[0], anon=True)
    for new in ("hidden", back):
        answer = "Так" if new == "answered" else ""
        done(meeting, meeting.trainer, "qa.state", q=question, state=new, answer=answer)
    assert last(meeting).data["text"] == "Как быть с криком?"
    assert last(meeting).data["by"] == ""


def test_nobody_keeps_more_than_ten_questions_open(meeting):
    maria = meeting.learners[0]
    for number in range(10):
        ask(meeting, maria, str(number))
    answer = refused(meeting, maria, "qa.ask", text="Ещё")
    assert answer.d == {"full": "own_questions", "n": 10}
    ask(meeting, meeting.learners[1])


def test_empty_and_foreign_questions_are_refused(meeting):
    other = make_meeting()
    foreign = ask(other, other.learners[0])
    maria = meeting.learners[0]
    assert refused(meeting, maria, "qa.ask", text="\n").field == "/d/text"
    for question in (foreign, "no-uuid"):
        assert refused(meeting, maria, "qa.vote", q=question).code == "forbidden"
        answer = refused(meeting, meeting.trainer, "qa.state", q=question, state="live")
        assert answer.code == "forbidden"


def test_a_silenced_person_asks_nothing_but_may_vote(meeting):
    maria, ivan, _petr = meeting.learners
    question = ask(meeting, ivan)
    done(meeting, meeting.trainer, "people.mute", user=id_of(maria), muted=True)
    assert refused(meeting, maria, "qa.ask", text="А?").d == {"muted": True}
    done(meeting, maria, "qa.vote", q=question)
