"""The learner's home: one next step, and the state of each of their courses."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.models import Enrollment
from courses.programme import Programme, Row, programme_of
from lms.people.models import User


@dataclass(frozen=True)
class Home:
    programmes: tuple[Programme, ...]
    """Courses under way, the one begun last first."""
    finished: tuple[Programme, ...]
    invited: tuple[Enrollment, ...]

    @property
    def next_programme(self) -> Programme | None:
        return next((p for p in self.programmes if p.next_row), None)

    @property
    def next_row(self) -> Row | None:
        programme = self.next_programme
        return programme.next_row if programme else None


def home_of(user: User) -> Home:
    """Everything that the learner's home shows."""
    enrollments = list(
        Enrollment.objects.filter(learner=user)
        .select_related("cohort__course")
        .order_by("-activated_at", "-created_at")
    )
    of_state = {
        state: [e for e in enrollments if e.state == state]
        for state in ("invited", "active", "completed")
    }
    return Home(
        programmes=tuple(programme_of(e.cohort.course, e) for e in of_state["active"]),
        finished=tuple(programme_of(e.cohort.course, e) for e in of_state["completed"]),
        invited=tuple(of_state["invited"]),
    )


def greeting_at(hour: int) -> str:
    """The greeting for an hour (0..23) of the person's own day."""
    if 5 <= hour < 12:
        return _("Good morning")
    if 12 <= hour < 18:
        return _("Good afternoon")
    return _("Good evening") if hour >= 18 else _("Good night")
