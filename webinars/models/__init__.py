from webinars.models.attendance import AttendanceSegment
from webinars.models.breakout import Breakout, BreakoutGroup, BreakoutSeat
from webinars.models.checkin import CheckIn, CheckInAnswer
from webinars.models.feedback import SessionRating
from webinars.models.members import RaisedHand, RoomMember
from webinars.models.poll import Poll, PollVote
from webinars.models.practicum import (
    PracticumDebrief,
    PracticumRound,
    PracticumSeat,
    PracticumSession,
    PracticumTicket,
)
from webinars.models.practicum_feedback import (
    LineComment,
    LineMark,
    PracticumFeedback,
    PracticumReport,
    PracticumReview,
    PracticumVisit,
    RubricRating,
)
from webinars.models.practicum_library import ExcellentLine, ExcellentRound, LibraryAnswer
from webinars.models.room import (
    NamelessCommand,
    Room,
    RoomCommand,
    RoomEvent,
    RoomState,
    Stream,
)
from webinars.models.scenario import Rubric, RubricCriterion, Scenario
from webinars.models.slides import Slide, SlideDeck
from webinars.models.talk import ChatMessage, Note, Question, QuestionVote
from webinars.models.webinar import WebinarSession
from webinars.pages import Webinar
from webinars.practicum.pages import Practicum

__all__ = [
    "AttendanceSegment",
    "Breakout",
    "BreakoutGroup",
    "BreakoutSeat",
    "ChatMessage",
    "CheckIn",
    "CheckInAnswer",
    "ExcellentLine",
    "ExcellentRound",
    "LibraryAnswer",
    "LineComment",
    "LineMark",
    "NamelessCommand",
    "Note",
    "Poll",
    "PollVote",
    "Practicum",
    "PracticumDebrief",
    "PracticumFeedback",
    "PracticumReport",
    "PracticumReview",
    "PracticumRound",
    "PracticumSeat",
    "PracticumSession",
    "PracticumTicket",
    "PracticumVisit",
    "Question",
    "QuestionVote",
    "RaisedHand",
    "Room",
    "RoomCommand",
    "RoomEvent",
    "RoomMember",
    "RoomState",
    "Rubric",
    "RubricCriterion",
    "RubricRating",
    "Scenario",
    "SessionRating",
    "Slide",
    "SlideDeck",
    "Stream",
    "Webinar",
    "WebinarSession",
]
