"""What tests of live rooms begin with: a webinar with its session, people, and ids of commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from courses.models import Enrollment
from lms.people.models import Role as PlatformRole
from lms.people.models import User
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    add_page,
    make_course,
    make_lesson,
    make_module,
)
from tests.webinars.ids import new_id
from webinars.live.protocol import Cmd
from webinars.models import Webinar, WebinarSession
from webinars.sessions import open_session, plan_session


def cmd(op: str, *, id: str = "", exp: int | None = None, **data) -> Cmd:
    return Cmd(id=id or new_id(), op=op, d=data, exp=exp)


@dataclass
class Meeting:
    """A webinar's session with its trainer and learners."""

    session: WebinarSession
    trainer: User
    learners: list[User]
    enrollments: list[Enrollment] = field(default_factory=list)

    @property
    def room(self):
        return self.session.room


def make_webinar(module, title: str = "Разбираем трудные разговоры", **fields) -> Webinar:
    fields.setdefault("minimum_minutes", 1)
    return add_page(module, Webinar(title=title, **fields))


def make_meeting(*, learners: int = 2, is_open: bool = True, **webinar_fields) -> Meeting:
    """A session, open by default, of a webinar that a lesson follows."""
    course = make_course()
    module = make_module(course)
    webinar = make_webinar(module, **webinar_fields)
    make_lesson(module)
    trainer = UserFactory(given_name="Ольга", family_name="Тренерова")
    grant_role(user=trainer, role=PlatformRole.TRAINER)
    cohort = CohortFactory(course=course, trainers=[trainer])
    now = timezone.now()
    session = plan_session(
        webinar=webinar, cohort=cohort, starts_at=now, ends_at=now + timedelta(hours=1)
    )
    if is_open:
        open_session(session, actor=trainer)
    enrollments = [active_enrollment(cohort=cohort) for _number in range(learners)]
    people = [enrollment.learner for enrollment in enrollments]
    return Meeting(session, trainer, people, enrollments)
