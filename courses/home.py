"""The learner's home: one next step, what is dated, and the state of each of their courses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.agenda import EARLIEST, Event, EventKind, agendas_of
from courses.models import Announcement, Completion, Enrollment
from courses.programme import Programme, Row, programmes_of
from lms.people.models import User

WEEK = timedelta(days=7)
SESSIONS_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Home:
    programmes: tuple[Programme, ...]
    """Courses under way, the one begun last first."""
    finished: tuple[Programme, ...]
    invited: tuple[Enrollment, ...]
    overdue: tuple[Event, ...] = ()
    deadlines: tuple[Event, ...] = ()
    """Of the next seven days."""
    sessions: tuple[Event, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    done_lately: tuple[Completion, ...] = ()
    """What was finished in the last seven days, the newest first."""

    @property
    def next_programme(self) -> Programme | None:
        return next((p for p in self.programmes if p.next_row), None)

    @property
    def next_row(self) -> Row | None:
        programme = self.next_programme
        return programme.next_row if programme else None

    @property
    def is_week_done(self) -> bool:
        """Whether the person has worked this week and no date of the week is still before them."""
        return bool(
            self.programmes and self.done_lately and not self.overdue and not self.deadlines
        )


def home_of(user: User) -> Home:
    """Everything that the learner's home shows; a constant number of queries."""
    now = timezone.now()
    enrollments = list(
        Enrollment.objects.filter(learner=user, state__in=["invited", "active", "completed"])
        .select_related("cohort__course")
        .order_by("-activated_at", "-created_at")
    )
    of_state = {
        state: [e for e in enrollments if e.state == state]
        for state in ("invited", "active", "completed")
    }
    programmes = programmes_of([*of_state["active"], *of_state["completed"]])
    events = _events(of_state["active"], now)
    deadlines = [event for event in events if event.kind is EventKind.DEADLINE]
    return Home(
        programmes=tuple(programmes[: len(of_state["active"])]),
        finished=tuple(programmes[len(of_state["active"]) :]),
        invited=tuple(of_state["invited"]),
        overdue=tuple(event for event in deadlines if event.starts_at <= now),
        deadlines=tuple(event for event in deadlines if now < event.starts_at < now + WEEK),
        sessions=tuple(
            event for event in events if event.kind is EventKind.SESSION and event.ends_at > now
        ),
        announcements=tuple(Announcement.objects.shown_to(user)),
        done_lately=tuple(
            Completion.objects.counting()
            .filter(enrollment__learner=user, at__gt=now - WEEK)
            .select_related("activity")
            .order_by("-at", "-pk")
        ),
    )


def _events(enrollments: list[Enrollment], now: datetime) -> list[Event]:
    agendas = agendas_of(enrollments, EARLIEST, now + SESSIONS_AHEAD).values()
    found = (event for events in agendas for event in events)
    return sorted(found, key=lambda event: event.starts_at)


def greeting_at(hour: int) -> str:
    """The greeting for an hour (0..23) of the person's own day."""
    if 5 <= hour < 12:
        return _("Good morning")
    if 12 <= hour < 18:
        return _("Good afternoon")
    return _("Good evening") if hour >= 18 else _("Good night")
