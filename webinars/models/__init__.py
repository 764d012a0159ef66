from webinars.models.attendance import AttendanceSegment
from webinars.models.poll import Poll, PollVote
from webinars.models.practicum import (
    PracticumDebrief,
    PracticumFeedback,
    PracticumSeat,
    PracticumSession,
    RubricRating,
)
from webinars.models.room import Room, RoomCommand, RoomEvent, Stream
from webinars.models.scenario import Rubric, RubricCriterion, Scenario
from webinars.models.webinar import WebinarSession
from webinars.pages import Webinar
from webinars.practicum.pages import Practicum

__all__ = [
    "AttendanceSegment",
    "Poll",
    "PollVote",
    "Practicum",
    "PracticumDebrief",
    "PracticumFeedback",
    "PracticumSeat",
    "PracticumSession",
    "Room",
    "RoomCommand",
    "RoomEvent",
    "Rubric",
    "RubricCriterion",
    "RubricRating",
    "Scenario",
    "Stream",
    "Webinar",
    "WebinarSession",
]
