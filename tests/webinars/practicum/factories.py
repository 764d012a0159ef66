"""What tests of the practicum begin with: a scenario, a group that plays, and what people do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.test import Client
from django.utils import timezone

from courses.models import Cohort, Enrollment
from lms.people.models import Consent, Role, User
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    UserFactory,
    active_enrollment,
    add_page,
    make_course,
    make_module,
)
from tests.webinars.live.acting import give
from webinars.live import commands
from webinars.live.protocol import Err, Ok
from webinars.models import (
    ExcellentRound,
    Practicum,
    PracticumRound,
    PracticumSeat,
    PracticumSession,
    Room,
    RoomEvent,
    Rubric,
    RubricCriterion,
    Scenario,
)
from webinars.practicum import keeping, sessions
from webinars.practicum.transcript import specialist_lines

CARD = {"wants": "w", "feels": "f", "must_not_reveal_early": "", "goal": "g"}
NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дина")
SHEET = {"hears": "2", "calms": "3", "worked": "Вы назвали обиду."}
DEBRIEF = {"felt": "Трудно", "learned": "Пауза", "will_try": "Похоже, вы…"}


def make_practicum(people: int = 2, **fields: Any) -> Practicum:
    scenario_fields = fields.pop("scenario", {})
    number = Scenario.objects.count()
    scenario = Scenario.objects.create(
        slug=f"s{number}",
        title="Отказ",
        situation="Пришла женщина, Лариса Викторовна Снегова.",
        roles=[
            ("role", {"role": "specialist", "knows": "тайна специалиста", **CARD}),
            ("role", {"role": "client", "knows": "тайна клиента", **CARD}),
            ("role", {"role": "observer", "knows": "тайна наблюдателя", **CARD}),
        ],
        **scenario_fields,
    )
    rubric = Rubric.objects.create(title=f"Лист {number}")
    for code in ("hears", "calms"):
        RubricCriterion.objects.create(
            rubric=rubric, code=code, title=code, **{f"anchor_{n}": f"{code}{n}" for n in range(4)}
        )
    return add_page(
        make_module(make_course()),
        Practicum(title="Практикум", scenario=scenario, rubric=rubric, people=people, **fields),
    )


@dataclass
class Group:
    """People of one cohort in one session, with their browsers and their trainer."""

    session: PracticumSession
    cohort: Cohort
    trainer: User
    enrollments: list[Enrollment]
    browsers: list[Client]
    trainer_browser: Client

    @property
    def practicum(self) -> Practicum:
        return self.session.practicum

    @cached_property
    def room(self) -> Room:
        return self.session.room

    def user(self, number: int) -> User:
        return self.enrollments[number].learner

    def seat(self, number: int) -> PracticumSeat:
        return PracticumSeat.objects.select_related(
            "session__room", "enrollment__learner", "practicum"
        ).get(session=self.session, number=number)

    def now(self) -> PracticumSession:
        self.session.refresh_from_db()
        return self.session

    def page(self, number: int) -> str:
        return self.browsers[number].get(f"/practicum/{self.session.uuid}/").text

    def act(self, number: int, action: str, **data):
        return self.browsers[number].post(f"/practicum/{self.session.uuid}/{action}/", data)

    def lead(self, action: str, **data):
        return self.trainer_browser.post(f"/practicum/{self.session.uuid}/{action}/", data)

    def everyone(self, action: str = "agree") -> PracticumSession:
        """All who are awaited do it."""
        for number in sorted(self.now().course().awaited):
            self.act(number, action)
        return self.now()

    def say(self, number: int, text: str, **data) -> Ok | Err:
        commands.buckets.clear()
        return give(self.session.room, self.user(number), "practicum.say", text=text, **data)

    def talk(self, *texts: str) -> list[int]:
        """The client and the specialist in turns; the numbers of the specialist's lines."""
        course, numbers = self.now().course(), []
        for at, text in enumerate(texts):
            speaker = course.specialist if at % 2 else course.client
            assert isinstance(self.say(speaker, text), Ok)
            if at % 2:
                numbers.append(RoomEvent.objects.filter(type="practicum.said").latest("seq").seq)
        return numbers

    def sheet(self, number: int, *, lines: list[int] | None = None, **changed):
        quoted = self.specialist_lines() if lines is None else lines
        return self.act(number, "feedback", **{**SHEET, "lines": quoted[:1], **changed})

    def specialist_lines(self) -> list[int]:
        return [line.number for line in specialist_lines(self.session, self.now().round)]

    def play_round(self, *texts: str) -> PracticumSession:
        """From the briefing to the next one, or to the debrief."""
        self.everyone()
        self.talk(*(texts or ("Мне отказали!", "Обидно. Давайте посмотрим вместе.")))
        self.everyone()
        for number in sorted(self.now().course().awaited):
            self.sheet(number)
        return self.everyone()

    def play_to_debrief(self) -> PracticumSession:
        for _round in range(self.session.people):
            self.play_round()
        return self.now()

    def play_to_end(self) -> PracticumSession:
        self.play_to_debrief()
        for number in sorted(self.now().course().awaited):
            self.act(number, "debrief", **DEBRIEF)
        return self.now()


def make_group(
    people: int = 2,
    *,
    client_of,
    practicum: Practicum | None = None,
    begins_now: bool = True,
    **fields: Any,
) -> Group:
    """A group that the queue has put together: the first briefing has begun."""
    practicum = practicum or make_practicum(people, **fields)
    trainer = UserFactory(given_name="Ольга", family_name="Тренерова")
    grant_role(user=trainer, role=Role.TRAINER)
    cohort = CohortFactory(course=practicum.course(), trainers=[trainer])
    enrollments = [
        active_enrollment(cohort=cohort, learner=UserFactory(given_name=name))
        for name in NAMES[:people]
    ]
    for enrollment in enrollments:
        keeping.agree_to_transcript(enrollment.learner, practicum)
    session = sessions.make_session(
        practicum=practicum, cohort=cohort, enrollments=enrollments, begins_now=begins_now
    )
    return Group(
        session=session,
        cohort=cohort,
        trainer=trainer,
        enrollments=enrollments,
        browsers=[client_of(enrollment.learner) for enrollment in enrollments],
        trainer_browser=client_of(trainer),
    )


def example_of(session: PracticumSession, *, proposed_by: User) -> ExcellentRound:
    """A first round of ``session`` in the library, with everybody's consent."""
    seats = list(session.seats.select_related("enrollment"))
    now = timezone.now()
    played = PracticumRound.objects.create(
        session=session, number=0, specialist=seats[0], client=seats[1], ended_at=now, end="agreed"
    )
    example = ExcellentRound.objects.create(
        round=played,
        proposed_by=proposed_by,
        state=ExcellentRound.State.PUBLISHED,
        title="Пауза",
        why="Тепло",
        asked_at=now,
        published_at=now,
        shown_until=now + timedelta(days=365),
    )
    example.lines.create(number=1, part="specialist", text="Слышу обиду.")
    for seat in seats:
        consent = Consent.objects.create(
            user_id=seat.enrollment.learner_id, purpose=Consent.Purpose.LIBRARY, wording="test"
        )
        example.answers.create(seat=seat, answer="yes", answered_at=now, consent=consent)
    return example


def kind_of(answer: Ok | Err) -> dict[str, Any]:
    assert isinstance(answer, Err), answer
    return answer.d
