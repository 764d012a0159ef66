"""Made-up practicums: groups of four meet twice, and two observers rate every round.

Only what reports look at: who was whom, and the sheets of observers without words. There are no
conversations, for nobody has had them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from courses.models import Enrollment
from webinars.models import (
    Practicum,
    PracticumFeedback,
    PracticumRound,
    PracticumSeat,
    PracticumSession,
    Room,
    RubricRating,
    SessionRating,
)
from webinars.practicum.rounds import Phase

SEED = 2027
PLAYERS = 4
GROUPS_IN_A_REGION = 4
MEETINGS = 2
FIRST_MEETING = timedelta(days=40)
"""Before today; the next one is a week later."""
SKILL, SKILL_GAIN, EYE = (1.4, 0.45), (0.35, 0.3), 0.45
"""Mean and deviation of a person's level, of what they gain, deviation of an observer's view."""
OPINIONS = (6, 7, 7, 8, 8, 8, 9, 9, 10)
WISHES = (
    "Хотелось бы дольше поговорить после сцены.",
    "Дать больше времени на подготовку роли.",
    "Начинать с более простой ситуации.",
    "Показать пример разговора ведущего.",
    "Чаще менять состав группы.",
    "Ничего, всё было бережно.",
)


@dataclass(frozen=True)
class _Meeting:
    session: PracticumSession
    seats: list[PracticumSeat]


def record_practicums(practicum: Practicum, enrollments: list[Enrollment]) -> None:
    """Some groups of each region, and what was seen of everybody in them."""
    chance = random.Random(SEED)  # noqa: S311  no secrets are made here
    groups = list(_groups(enrollments))
    level = {e.pk: chance.gauss(*SKILL) for group in groups for e in group}
    gain = {pk: chance.gauss(*SKILL_GAIN) for pk in level}
    for number in range(MEETINGS):
        at = timezone.now() - FIRST_MEETING + timedelta(days=7 * number)
        meetings = _meet(practicum, groups, at)
        _rate(chance, meetings, {pk: level[pk] + number * gain[pk] for pk in level}, at)
        _opinions(chance, meetings, at)


def _groups(enrollments: list[Enrollment]) -> Iterator[list[Enrollment]]:
    """Four of one cohort each: of the first cohort of a region that has enough people."""
    by_region: dict[int | None, dict[int, list[Enrollment]]] = {}
    for enrollment in enrollments:
        region = by_region.setdefault(enrollment.learner.region_id, {})
        region.setdefault(enrollment.cohort_id, []).append(enrollment)
    for cohorts in by_region.values():
        people = max(cohorts.values(), key=len)
        for place in range(min(GROUPS_IN_A_REGION, len(people) // PLAYERS)):
            yield people[place * PLAYERS : (place + 1) * PLAYERS]


def _meet(practicum: Practicum, groups: list[list[Enrollment]], at: datetime) -> list[_Meeting]:
    rooms = Room.objects.bulk_create(
        Room(kind=Room.Kind.PRACTICUM, title=practicum.title, opened_at=at, closed_at=at)
        for _group in groups
    )
    scenario, rubric = practicum.scenario.as_played(), practicum.rubric.as_played()
    sessions = PracticumSession.objects.bulk_create(
        PracticumSession(
            practicum=practicum,
            cohort_id=group[0].cohort_id,
            room=room,
            scenario=scenario,
            rubric=rubric,
            people=PLAYERS,
            phase=Phase.CLOSED.value,
            round=PLAYERS - 1,
            played=list(range(PLAYERS)),
            closed_at=at,
            erased_at=at,
        )
        for group, room in zip(groups, rooms, strict=True)
    )
    seats = PracticumSeat.objects.bulk_create(
        PracticumSeat(
            session=session, enrollment=one, practicum=practicum, number=number, is_open=False
        )
        for session, group in zip(sessions, groups, strict=True)
        for number, one in enumerate(group)
    )
    return [
        _Meeting(session, seats[place * PLAYERS : (place + 1) * PLAYERS])
        for place, session in enumerate(sessions)
    ]


def _rate(
    chance: random.Random, meetings: list[_Meeting], level: dict[int, float], at: datetime
) -> None:
    """Each is specialist once, the next one client, and the other two observe."""
    PracticumRound.objects.bulk_create(
        PracticumRound(
            session=meeting.session,
            number=number,
            specialist=meeting.seats[number],
            client=meeting.seats[(number + 1) % PLAYERS],
            began_at=at,
            ended_at=at,
            end=PracticumRound.End.AGREED,
        )
        for meeting in meetings
        for number in range(PLAYERS)
    )
    sheets = PracticumFeedback.objects.bulk_create(
        PracticumFeedback(
            session=meeting.session,
            round=number,
            by=PracticumFeedback.By.OBSERVER,
            rater=meeting.seats[(number + step) % PLAYERS],
            ratee=meeting.seats[number],
            worked="—",
        )
        for meeting in meetings
        for number in range(PLAYERS)
        for step in (2, 3)
    )
    ratings = []
    for sheet in sheets:
        seen = level[sheet.ratee.enrollment_id] + chance.gauss(0, EYE)
        ratings += [
            RubricRating(
                feedback=sheet,
                criterion=code,
                score=min(3, max(0, round(seen + chance.gauss(0, EYE)))),
            )
            for code in sheet.session.criteria
        ]
    RubricRating.objects.bulk_create(ratings, batch_size=2_000)


def _opinions(chance: random.Random, meetings: list[_Meeting], at: datetime) -> None:
    SessionRating.objects.bulk_create(
        SessionRating(
            practicum_session=meeting.session,
            user_id=seat.enrollment.learner_id,
            satisfaction=chance.choice(OPINIONS),
            words=chance.choice(WISHES) if chance.random() < 0.4 else "",
            at=at,
        )
        for meeting in meetings
        for seat in meeting.seats
    )
