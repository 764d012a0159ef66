"""An erased person is in no log any more, neither by name nor by word, whoever wrote the event."""

import json

import pytest

from lms.people.erasing import erase_person
from lms.people.merging import merge_people
from tests.factories import UserFactory, active_enrollment
from tests.webinars.factories import make_meeting
from tests.webinars.live.acting import done, id_of, last, log_of, seen_by
from webinars.live import bus
from webinars.models import ChatMessage, Note, Question, RoomCommand, RoomEvent, Stream

pytestmark = pytest.mark.django_db

NAME = "Редкоимённая"
WORDS = "сокровенно"


@pytest.fixture
def meeting():
    meeting = make_meeting(learners=2)
    person = UserFactory(given_name=NAME, family_name="Ыкова")
    active_enrollment(cohort=meeting.session.cohort, learner=person)
    meeting.learners.append(person)
    return meeting


@pytest.fixture
def person(meeting):
    return meeting.learners[-1]


def everything(meeting) -> str:
    """All that the room's log and the kept answers of its commands hold."""
    events = RoomEvent.objects.filter(stream__room=meeting.room).values_list("data", flat=True)
    answers = RoomCommand.objects.filter(room=meeting.room).values_list("result", flat=True)
    return json.dumps([list(events), list(answers)], ensure_ascii=False)


def took_part(meeting, person) -> None:
    """They have said everything that can be said, and others have answered and moved them."""
    host, maria = meeting.trainer, meeting.learners[0]
    done(meeting, person, "chat.send", text=f"{WORDS} 1")
    message = str(ChatMessage.objects.get(author=person).uuid)
    done(meeting, maria, "chat.send", text="Согласна", reply=message)
    done(meeting, host, "chat.hide", m=message)
    done(meeting, host, "chat.show", m=message)
    done(meeting, person, "chat.edit", m=message, text=f"{WORDS} 2")
    done(meeting, person, "qa.ask", text=f"{WORDS} 3")
    question = str(Question.objects.get(author=person).uuid)
    done(meeting, host, "qa.state", q=question, state="answered", answer="Ответ ведущей")
    done(meeting, person, "note.add", text=f"{WORDS} 4")
    note = str(Note.objects.get(author=person).uuid)
    done(meeting, host, "note.change", note=note, text=f"{WORDS} 5")
    done(meeting, host, "note.remove", note=note)
    done(meeting, person, "note.add", text=f"{WORDS} 6")
    done(meeting, person, "hand.raise")
    done(meeting, person, "desk.write", text=f"{WORDS} 7")
    done(meeting, host, "desk.answer", user=id_of(person), text=f"{NAME}, мы вам поможем")
    done(meeting, host, "role.set", user=id_of(person), role="moderator")
    done(meeting, person, "caption.say", text=f"{WORDS} 8")
    done(meeting, host, "people.mute", user=id_of(person), muted=True)
    done(meeting, host, "people.list")
    done(meeting, host, "people.remove", user=id_of(person))


def test_name_and_words_are_nowhere_in_the_log_whoever_wrote_the_event(meeting, person):
    took_part(meeting, person)
    numbers = list(RoomEvent.objects.values_list("stream", "seq", "type"))
    assert everything(meeting).count(NAME) >= 10
    erase_person(person, source="test")
    assert NAME not in everything(meeting)
    assert WORDS not in everything(meeting)
    assert list(RoomEvent.objects.values_list("stream", "seq", "type")) == numbers


def test_what_others_said_stays(meeting, person):
    host, maria = meeting.trainer, meeting.learners[0]
    done(meeting, maria, "chat.send", text="Слова Марии")
    done(meeting, maria, "qa.ask", text="Вопрос Марии")
    done(meeting, maria, "note.add", text="Заметка Марии")
    done(meeting, host, "role.set", user=id_of(person), role="cohost")
    message, question = ChatMessage.objects.get(), Question.objects.get()
    done(meeting, person, "chat.hide", m=str(message.uuid))
    done(meeting, person, "chat.show", m=str(message.uuid))
    done(meeting, person, "qa.state", q=str(question.uuid), state="live")
    done(meeting, person, "note.change", note=str(Note.objects.get().uuid), text="Исправлено")
    erase_person(person, source="test")
    log = {event.type: event.data for event in log_of(meeting)}
    assert log["chat.sent"]["text"] == log["chat.shown"]["text"] == "Слова Марии"
    assert log["qa.changed"]["text"] == "Вопрос Марии"
    assert log["note.added"]["text"] == "Заметка Марии"
    assert log["note.added"]["by"]["n"] == maria.get_short_name()


def test_a_room_of_somebody_erased_can_be_entered(meeting, person):
    took_part(meeting, person)
    erase_person(person, source="test")
    for user in (meeting.trainer, meeting.learners[0]):
        shown = json.dumps(seen_by(meeting, user), ensure_ascii=False)
        assert NAME not in shown
        assert WORDS not in shown


def test_words_in_a_cloud_with_names_go_and_those_of_others_stay(meeting, person):
    host, maria = meeting.trainer, meeting.learners[0]
    poll = done(meeting, host, "poll.create", question="Слово?", kind="words", anonymous=False).d[
        "poll"
    ]
    done(meeting, host, "poll.open", poll=poll)
    done(meeting, person, "poll.vote", poll=poll, words=[WORDS, "покой"])
    done(meeting, maria, "poll.vote", poll=poll, words=["покой"])
    done(meeting, host, "poll.close", poll=poll)
    assert last(meeting).data["words"] == [["покой", 2], [WORDS, 1]]
    erase_person(person, source="test")
    assert last(meeting).data["words"] == [["покой", 1]]


def test_a_name_from_before_two_entries_became_one_goes_too(meeting, person):
    took_part(meeting, person)
    other = UserFactory(region=person.region)
    merge_people(person=other, duplicate=person, source="test")
    erase_person(other, source="test")
    assert NAME not in everything(meeting)
    assert WORDS not in everything(meeting)


def test_processes_forget_the_frames_that_hold_the_name(
    meeting, person, monkeypatch, django_capture_on_commit_callbacks
):
    done(meeting, person, "hand.raise")
    done(meeting, person, "desk.write", text=WORDS)
    told: list[bus.Message] = []
    monkeypatch.setattr(bus, "publish", lambda _room, message: told.append(message))
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person, source="test")
    streams = Stream.objects.filter(events__actor=person).values_list("pk", flat=True)
    assert bus.Recheck() in told, "their sockets are asked to go at once"
    redacted = {message.stream for message in told if isinstance(message, bus.Redacted)}
    assert redacted == set(streams)
