"""What live rooms keep about people: who was there stays, what they said goes.

The log of a room keeps its numbers without gaps, so its events stay, too, without the words.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.people.personal_data import Holding, OnErasure, register, register_not_about
from webinars.models import ChatMessage, Note, PollVote, Question, RoomEvent, SessionRating

_WORDS = ("text", "words", "name", "answer", "reply")
"""Members of an event's data that may hold what somebody said."""


@transaction.atomic
def _silence_log(person: User) -> int:
    """Take the words of ``person`` out of the rooms' logs; returns the number of events."""
    count = 0
    for event in RoomEvent.objects.filter(actor=person).exclude(data={}).iterator():
        data = {key: value for key, value in event.data.items() if key not in _WORDS}
        if data != event.data:
            RoomEvent.objects.filter(pk=event.pk).update(data=data)
            count += 1
    said = [
        str(uuid)
        for uuid in ChatMessage.objects.filter(author=person).values_list("uuid", flat=True)
    ]
    for uuid in said:  # where others quoted it
        for event in RoomEvent.objects.filter(data__reply__m=uuid):
            data = {key: value for key, value in event.data.items() if key != "reply"}
            RoomEvent.objects.filter(pk=event.pk).update(data=data)
            count += 1
    return count


register(
    Holding(
        "webinars.RoomEvent",
        "actor",
        _("Events of live rooms"),
        ("type", "data", "at"),
        OnErasure.BLANK,
        erase=_silence_log,
    ),
    Holding(
        ChatMessage._meta.label,
        "author",
        _("Messages in chats"),
        ("text", "sent_at", "edited_at"),
        OnErasure.BLANK,
        blank={"text": ""},
    ),
    Holding(
        Question._meta.label,
        "author",
        _("Questions in live rooms"),
        ("text", "answer", "asked_at"),
        OnErasure.BLANK,
        blank={"text": "—"},
    ),
    Holding(
        Note._meta.label,
        "author",
        _("Shared notes"),
        ("text", "at"),
        OnErasure.BLANK,
        blank={"text": "—"},
    ),
    Holding(
        SessionRating._meta.label,
        "user",
        _("Ratings of webinars"),
        ("session.webinar.title", "value", "words", "at"),
        OnErasure.BLANK,
        blank={"words": ""},
    ),
    Holding(
        PollVote._meta.label,
        "user",
        _("Answers to named polls"),
        ("poll.question", "choices", "words"),
        OnErasure.BLANK,
        blank={"words": []},
    ),
    Holding(
        "webinars.AttendanceSegment",
        "user",
        _("Attendance at webinars"),
        ("session.webinar.title", "joined_at", "last_seen_at", "left_at", "reason"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumSeat",
        "enrollment__learner",
        _("Practicums"),
        ("practicum.title", "number", "is_open"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumFeedback",
        "rater__enrollment__learner",
        _("What you told partners in practicums"),
        ("round", "worked", "try_next", "created_at"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumFeedback",
        "ratee__enrollment__learner",
        _("What partners told you in practicums"),
        ("round", "worked", "try_next", "created_at"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumDebrief",
        "seat__enrollment__learner",
        _("What you took away from practicums"),
        ("felt", "learned", "will_try", "created_at"),
        OnErasure.BLANK,
        blank={"felt": "—", "learned": "—", "will_try": "—"},
    ),
    Holding(
        "webinars.QuestionVote",
        "user",
        _("Votes for questions"),
        ("question.text",),
        OnErasure.DELETE,
    ),
    Holding("webinars.RaisedHand", "user", _("Raised hands"), ("raised_at",), OnErasure.DELETE),
    Holding(
        "webinars.RoomMember",
        "user",
        _("Roles in live rooms"),
        ("role", "muted_at", "removed_at"),
        OnErasure.DELETE,
    ),
    Holding(
        "webinars.RoomCommand",
        "user",
        _("Commands sent to live rooms"),
        ("op", "at"),
        OnErasure.DELETE,
    ),
    Holding(
        "webinars.BreakoutSeat",
        "user",
        _("Places in groups"),
        ("breakout.task",),
        OnErasure.KEEP,
    ),
)
register(
    Holding(
        "webinars.LineMark",
        "seat__enrollment__learner",
        _("Marks of feelings in practicums"),
        ("round", "line", "feeling"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumReport",
        "seat__enrollment__learner",
        _("Reports about practicums"),
        ("text", "created_at", "settled_at"),
        OnErasure.BLANK,
        blank={"text": "—"},
    ),
    Holding(
        "webinars.PracticumReview",
        "seat__enrollment__learner",
        _("Reviews of practicums by the trainer"),
        ("outcome", "text", "at"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumTicket",
        "enrollment__learner",
        _("Waiting for a practicum"),
        ("practicum.title", "since", "seen_at"),
        OnErasure.DELETE,
    ),
    Holding(
        "webinars.LineComment",
        "author",
        _("Comments on lines of practicums"),
        ("text", "created_at"),
        OnErasure.KEEP,
    ),
)
register_not_about(
    ("webinars.Stream", "owner"),
    ("webinars.PracticumFeedback", "trainer"),
    ("webinars.PracticumReport", "settled_by"),
    ("webinars.PracticumReview", "trainer"),
    ("webinars.PracticumRound", "client"),
    ("webinars.PracticumRound", "specialist"),
    ("webinars.PracticumVisit", "trainer"),
)
