from courses.models.activity import Activity, ActivityPrerequisite, Lesson
from courses.models.cohort import Cohort
from courses.models.completion import Completion
from courses.models.course import CatalogPage, Course, Module, WelcomePage
from courses.models.enrollment import Enrollment, EnrollmentTransition
from courses.models.invitation import Invitation
from courses.models.note import LessonNote, LessonPosition

__all__ = [
    "Activity",
    "ActivityPrerequisite",
    "CatalogPage",
    "Cohort",
    "Completion",
    "Course",
    "Enrollment",
    "EnrollmentTransition",
    "Invitation",
    "Lesson",
    "LessonNote",
    "LessonPosition",
    "Module",
    "WelcomePage",
]
