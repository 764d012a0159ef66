"""Taking a person out of the logs of rooms: words and names go, numbers and order stay.

A person stands in events of their own, and in those that others caused about them: somebody gives
them a role, shows their message again, answers them at the desk, quotes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from lms.people.models import Merge, User
from webinars.live import log
from webinars.live.rooms import forget_roles
from webinars.models.poll import PollVote
from webinars.models.room import Room, RoomCommand, RoomEvent
from webinars.models.talk import ChatMessage, Note, Question

_SAID = ("text", "answer")
"""Members of an event's data that hold what its actor said."""
_SAID_BY_ANOTHER = {"chat.shown": ("text",), "qa.changed": ("text",)}
"""Where a member repeats somebody else's words instead."""
_ANSWERS_WITH_NAMES = ("people.list", "breakout.board", "breakout.place", "breakout.results")
"""Commands whose kept answers name people or quote them."""


@dataclass(frozen=True)
class _Traces:
    """By what an event is known to be about somebody: ids as they stand in its data."""

    person: User
    ids: list[str]
    messages: list[str]
    questions: list[str]
    notes: list[str]
    words: dict[str, list[str]]
    """What they wrote in word clouds with names, by poll."""

    @property
    def in_events(self) -> Q:
        return (
            Q(actor=self.person)
            | Q(data__id__in=self.ids)
            | Q(data__by__id__in=self.ids)
            | Q(data__with__id__in=self.ids)
            | Q(data__m__in=self.messages)
            | Q(data__reply__m__in=self.messages)
            | Q(data__q__in=self.questions)
            | Q(data__note__in=self.notes)
            | Q(type="poll.closed", data__poll__in=list(self.words))
        )


@transaction.atomic
def take_out_of_logs(person: User) -> int:
    """Take words and name of ``person`` out of every event; the number of events.

    To be called while their messages, questions, notes and votes still say whose they are.
    """
    entries = _entries_of(person)
    rooms = _rooms_of(entries)
    traces = _traces_of(person, entries)
    RoomCommand.objects.filter(room__in=rooms, op__in=_ANSWERS_WITH_NAMES).delete()
    for room in rooms:
        if room.closed_at is None:
            forget_roles(room)  # they may be in it at this moment
    return sum(  # room by room: what an event says of people stands in no index
        log.rewrite(
            RoomEvent.objects.filter(traces.in_events, stream__room=room),
            lambda event: _without(traces, event),
        )
        for room in rooms
    )


def _entries_of(person: User) -> list[User]:
    """The person, and the entries that were made one with theirs: the log has their old ids."""
    found = [person]
    for entry in found:
        found += [merge.person for merge in Merge.objects.filter(into=entry)]
    return found


def _rooms_of(entries: list[User]) -> list[Room]:
    """Where they have been, have said something, or were spoken of."""
    has_been = Q(streams__owner__in=entries) | Q(streams__events__actor__in=entries)
    has_said = Q(messages__author__in=entries) | Q(notes__author__in=entries)
    has_asked = Q(questions__author__in=entries) | Q(hands__user__in=entries)
    is_spoken_of = Q(members__user__in=entries)
    has_watched = Q(practicum_session__visits__trainer__in=entries)
    found: set[int] = set()
    for why in (has_been, has_said, has_asked, is_spoken_of, has_watched):
        found |= set(Room.objects.filter(why).values_list("pk", flat=True))
    return list(Room.objects.filter(pk__in=found).order_by("pk"))


def _traces_of(person: User, entries: list[User]) -> _Traces:
    added = RoomEvent.objects.filter(actor__in=entries, type="note.added")
    votes = PollVote.objects.filter(user__in=entries).exclude(words=[])
    return _Traces(
        person=person,
        ids=[log.public_id(entry.pk) for entry in entries],
        messages=_uuids(ChatMessage.objects.filter(author__in=entries)),
        questions=_uuids(Question.objects.filter(author__in=entries)),
        # A note that was taken away has left only its events.
        notes=sorted({event.data["note"] for event in added})
        + _uuids(Note.objects.filter(author__in=entries)),
        words={str(vote.poll.uuid): vote.words for vote in votes.select_related("poll")},
    )


def _uuids(rows: Any) -> list[str]:
    return [str(uuid) for uuid in rows.values_list("uuid", flat=True)]


def _without(traces: _Traces, event: RoomEvent) -> dict[str, Any]:
    """The event's data without what they said and without their name."""
    data = dict(event.data)
    unsaid: set[str] = set()
    if event.actor_id == traces.person.pk:
        unsaid |= set(_SAID) - set(_SAID_BY_ANOTHER.get(event.type, ()))
    if data.get("m") in traces.messages or data.get("note") in traces.notes:
        unsaid.add("text")
    if data.get("q") in traces.questions:
        unsaid |= {"text", "by"}
    if data.get("id") in traces.ids:
        unsaid.add("n")
    for member in ("by", "with"):
        named = data.get(member)
        if isinstance(named, dict) and named.get("id") in traces.ids:
            data[member] = named | {"n": ""}
            unsaid.add("text")
    reply = data.get("reply")
    if event.actor_id == traces.person.pk or (reply and reply["m"] in traces.messages):
        data.pop("reply", None)
    if event.type == "poll.closed" and data.get("poll") in traces.words and "words" in data:
        data["words"] = _counted_without(traces.words[data["poll"]], data["words"])
    return data | dict.fromkeys(unsaid & data.keys(), "")


def _counted_without(own: list[str], cloud: list[list[Any]]) -> list[list[Any]]:
    """A cloud from which one person's words were taken, each once."""
    counted = [[word, count - (word in own)] for word, count in cloud]
    return [[word, count] for word, count in counted if count > 0]
