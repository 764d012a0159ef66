"""What live rooms keep about people: who was there stays, what they said goes.

The log of a room keeps its numbers without gaps, so its events stay, too, without words and names
(``webinars.live.erasing``).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.people.personal_data import Holding, OnErasure, register, register_not_about
from webinars.live.erasing import take_out_of_logs
from webinars.models import (
    ChatMessage,
    ExcellentRound,
    Note,
    PollVote,
    Question,
    SessionRating,
)
from webinars.practicum.library import take_down_of_person


def _leave_library(person: User) -> int:
    """Every example in which ``person`` had a part goes, with the words of the others, too."""
    return take_down_of_person(person, ExcellentRound.End.ERASED)


register(
    Holding(
        "webinars.LibraryAnswer",
        "seat__enrollment__learner",
        _("Rounds of yours in the library of excellent rounds"),
        ("excellent.title", "excellent.state", "answer", "answered_at"),
        OnErasure.KEEP,
        erase=_leave_library,
    ),
    Holding(
        "webinars.RoomEvent",
        "actor",
        _("Events of live rooms"),
        ("type", "data", "at"),
        OnErasure.BLANK,
        erase=take_out_of_logs,
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
        _("Ratings of webinars and practicums"),
        (
            "session.webinar.title",
            "practicum_session.practicum.title",
            "value",
            "satisfaction",
            "words",
            "at",
        ),
        OnErasure.BLANK,
        blank={"words": "", "told_words": ""},
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
        "webinars.PracticumFeedback",
        "trainer",
        _("What you told people in practicums as their trainer"),
        ("round", "worked", "try_next", "created_at"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumTicket",
        "enrollment__learner",
        _("Places in queues for practicums"),
        ("practicum.title", "since"),
        OnErasure.DELETE,
    ),
    Holding(
        "webinars.LineMark",
        "seat__enrollment__learner",
        _("How lines of practicums felt to you"),
        ("round", "line", "feeling"),
        OnErasure.DELETE,
    ),
    Holding(
        "webinars.LineComment",
        "author",
        _("Comments on lines of practicums"),
        ("line", "text", "created_at"),
        OnErasure.BLANK,
        blank={"text": "—"},
    ),
    Holding(
        "webinars.PracticumReport",
        "seat__enrollment__learner",
        _("What you told trainers about practicums"),
        ("text", "created_at", "settled_at"),
        OnErasure.BLANK,
        blank={"text": ""},
    ),
    Holding(
        "webinars.PracticumReview",
        "seat__enrollment__learner",
        _("What trainers decided about your practicums"),
        ("outcome", "text", "at"),
        OnErasure.KEEP,
    ),
    Holding(
        "webinars.PracticumVisit",
        "trainer",
        _("Practicums that you watched"),
        ("came_at", "seen_at"),
        OnErasure.DELETE,
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
register_not_about(
    ("webinars.Stream", "owner"),
    # Who played what is said by the seat; who decided and looked after it is about the learner.
    ("webinars.PracticumRound", "specialist"),
    ("webinars.PracticumRound", "client"),
    ("webinars.PracticumReview", "trainer"),
    ("webinars.PracticumReport", "settled_by"),
    ("webinars.ExcellentRound", "proposed_by"),
)
