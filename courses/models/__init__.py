from courses.models.activity import Activity, ActivityPrerequisite, Lesson
from courses.models.announcement import Announcement
from courses.models.calendar_feed import CalendarFeed
from courses.models.cohort import Cohort
from courses.models.completion import Completion
from courses.models.course import CatalogPage, Course, Module, WelcomePage
from courses.models.dialogue import Dialogue, DialogueRun
from courses.models.enrollment import Enrollment, EnrollmentTransition
from courses.models.invitation import Invitation
from courses.models.memo import KnowledgeBasePage, Memo, MemoActivity, MemoMark
from courses.models.note import LessonNote, LessonPosition
from courses.models.people_import import (
    ImportRemoval,
    ImportRow,
    ImportState,
    PeopleImport,
    RowOutcome,
)
from courses.models.request import EnrollmentRequest, RequestState
from courses.models.speech import Disagreement, SpeechRule
from courses.models.topic import Topic
from courses.models.trainer_profile import TrainerProfile

__all__ = [
    "Activity",
    "ActivityPrerequisite",
    "Announcement",
    "CalendarFeed",
    "CatalogPage",
    "Cohort",
    "Completion",
    "Course",
    "Dialogue",
    "DialogueRun",
    "Disagreement",
    "Enrollment",
    "EnrollmentRequest",
    "EnrollmentTransition",
    "ImportRemoval",
    "ImportRow",
    "ImportState",
    "Invitation",
    "KnowledgeBasePage",
    "Lesson",
    "LessonNote",
    "LessonPosition",
    "Memo",
    "MemoActivity",
    "MemoMark",
    "Module",
    "PeopleImport",
    "RequestState",
    "RowOutcome",
    "SpeechRule",
    "Topic",
    "TrainerProfile",
    "WelcomePage",
]
