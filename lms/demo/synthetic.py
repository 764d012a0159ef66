"""A made-up programme of 17 regions and 2,000 people, so that dashboards have something to show.

Everything in it says that it is made up: the course, the organisations, the cohorts and every
person. Nobody in it has an e-mail address, so nobody is written to and nobody can sign in, and
nobody gets a certificate. The same seed always gives the same people and the same answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from assessments.battery import install_battery
from assessments.bulk import record_attempts
from assessments.drawing import drawn_form
from assessments.models import FORMS, Assessment, Instrument, Wave
from assessments.scoring import KeyedItem, Kind
from assessments.sheets import sheet_of
from courses.enrollment_states import EnrollmentState
from courses.models import (
    Activity,
    Cohort,
    Completion,
    Course,
    Enrollment,
    EnrollmentTransition,
    Lesson,
)
from courses.site_tree import ensure_site_tree
from lms.demo.content import synthetic as content
from lms.demo.pages import build_course
from lms.demo.people import create_people
from lms.demo.practicums import kept_rubric, kept_scenario
from lms.demo.synthetic_practicums import record_practicums
from lms.people.models import Organisation, Region, User
from webinars.models import Practicum

SEED = 2026
PARTICIPANTS = 2_000
ORGANISATIONS_IN_A_REGION = 6
WAITING_COHORT = 2
"""The second cohort of each region waits, and answers twice before it begins."""
SLUG = "sinteticheskaya-programma"
SOURCE = "synthetic"
SCENARIO = "pozhiloy-ne-slyshit"
INVITED_BEFORE = timedelta(days=7)
WAITED = timedelta(days=3)
BATCH = 500

TRUE_GAINS = {
    "own_state": 0.45,
    "reappraisal": 0.35,
    "suppression": -0.15,
    "soothing": 0.40,
    "empathy": 0.50,
    "deescalation": 0.35,
    "dialogue": 0.40,
    "recovery": 0.20,
    "documents": 0.0,
    "exhaustion": 0.0,
}
"""Mean change of a scale in points of the answer options; the course does not train documents."""
BLUR_BEFORE, BLUR_AFTER = 1.15, 0.95
"""How far ratings of replies lie from the key, in points; less after the course."""
CARELESS_SHARE = 0.02

SHARES = {
    EnrollmentState.COMPLETED: 0.66,
    EnrollmentState.ACTIVE: 0.16,
    EnrollmentState.INVITED: 0.07,
    EnrollmentState.EXPIRED: 0.07,
    EnrollmentState.WITHDRAWN: 0.04,
}
LATE_REGION = "RU-PSK"
"""A region that has only just begun: it shows how small numbers are hidden."""

COURSE: dict[str, Any] = {
    "topics": {"razgovor": "Трудный разговор"},
    "title": f"Сводная программа семнадцати регионов ({content.SYNTHETIC_MARK.lower()})",
    "slug": SLUG,
    "summary": "Придуманные люди и ответы: на них видно, как устроены сводки.",
    "description": (
        "<p>В этой программе нет ни одного настоящего человека. Имена, организации и ответы "
        "составлены программой, чтобы показать сводку результатов по регионам.</p>"
    ),
    "outcomes": [],
    "audience": "Для знакомства со сводками",
    "workload": "",
    "hours": 6,
    "document": "",
    "is_synthetic": True,
}
MODULES: list[dict[str, Any]] = [
    {
        "title": "Начало",
        "slug": "nachalo",
        "summary": "",
        "activities": [
            {"kind": "assessment", "slug": "do", "title": "Анкета до курса", "wave": Wave.PRE},
            {"kind": "lesson", "slug": "slyshat", "title": "Слышать чувства"},
        ],
    },
    {
        "title": "Завершение",
        "slug": "zavershenie",
        "summary": "",
        "activities": [
            {"kind": "lesson", "slug": "sily", "title": "Возвращать силы"},
            {"kind": "assessment", "slug": "posle", "title": "Анкета после курса",
             "wave": Wave.POST},
        ],
    },
    {
        "title": "Для сравнения",
        "slug": "sravnenie",
        "summary": "",
        "activities": [
            {"kind": "assessment", "slug": "ozhidanie", "title": "Анкета в конце ожидания",
             "wave": Wave.PRE_AGAIN, "required": False},
            {"kind": "assessment", "slug": "oglyadyvayas", "title": "Взгляд назад",
             "wave": Wave.THEN, "required": False},
            {"kind": "practicum", "slug": "praktikum", "title": "Практикум в четвёрках",
             "required": False},
            {"kind": "assessment", "slug": "spustya", "title": "Анкета через два месяца",
             "wave": Wave.FOLLOW_UP, "required": False},
        ],
    },
]  # fmt: skip

RETEST_GAIN = 0.05
"""What answering a second time adds by itself."""
YARDSTICK = 0.25
"""How much lower people see their former selves when they look back."""
KEPT = 0.8
"""Share of the gain that is left after two months."""


Row = tuple[Enrollment, list[int | None], datetime]
"""What ``record_attempts`` takes: enrolment, values in the order of the sheet, when sent."""


@dataclass(frozen=True)
class Journey:
    """One made-up enrolment and the moments of it; ``steps`` activities were finished.

    ``is_waiting``: answers a second time before the course begins.
    """

    enrollment: Enrollment
    began_at: datetime | None
    ended_at: datetime | None
    steps: int
    is_waiting: bool = False

    def step_at(self, number: int, of: int) -> datetime:
        """When activity ``number`` (from 0) of ``of`` was finished."""
        assert self.began_at is not None
        end = self.ended_at or min(self.began_at + timedelta(days=28), timezone.now())
        return self.began_at + (end - self.began_at) * ((number + 1) / of)


@transaction.atomic
def create_synthetic_programme(*, participants: int = PARTICIPANTS) -> Course:
    """The programme with its people, made in one transaction; one that is there is returned."""
    existing = Course.objects.filter(slug=SLUG, is_synthetic=True).first()
    if existing is not None:
        return existing
    chance = random.Random(SEED)  # noqa: S311  no secrets are made here
    instrument = install_battery()
    course = _course(instrument)
    activities = [activity for activity in course.outline().activities if activity.is_required]
    regions = list(Region.objects.filter(code__in=content.REGION_CODES).order_by("code"))
    journeys: list[Journey] = []
    for number, region in enumerate(regions):
        size = participants // len(regions) + (number < participants % len(regions))
        journeys += _region(chance, course, region, size, steps=len(activities))
    _record_transitions(journeys)
    _record_completions(journeys, activities)
    _record_answers(chance, journeys, activities, course, instrument)
    record_practicums(
        Practicum.objects.descendant_of(course).get(),
        [j.enrollment for j in journeys if j.enrollment.state == EnrollmentState.COMPLETED],
    )
    return course


def _course(instrument: Instrument) -> Course:
    modules = [
        {**module, "activities": [{**_PLACE, **activity} for activity in module["activities"]]}
        for module in MODULES
    ]
    return build_course(
        catalog=ensure_site_tree(),
        course=COURSE,
        modules=modules,
        owner=create_people()["administrator"],
        builders={
            "lesson": lambda activity: Lesson(),
            "assessment": lambda activity: Assessment(instrument=instrument, wave=activity["wave"]),
            "practicum": lambda activity: Practicum(
                scenario=kept_scenario(SCENARIO), rubric=kept_rubric(), people=4
            ),
        },
    )


_PLACE = {"goal": "", "estimated_minutes": 10, "required": True, "opens": "after_previous"}


def _region(
    chance: random.Random, course: Course, region: Region, size: int, *, steps: int
) -> list[Journey]:
    people = _people(chance, region, size)
    journeys: list[Journey] = []
    half = (size + 1) // 2
    is_late = region.code == LATE_REGION
    for number, learners in enumerate((people[:half], people[half:]), start=1):
        cohort = _cohort(course, region, number, is_late=is_late)
        made = [
            replace(
                _journey(chance, learner, cohort, state, is_late=is_late, steps=steps),
                is_waiting=number == WAITING_COHORT,
            )
            for learner, state in zip(
                learners, _states(chance, len(learners), is_late), strict=True
            )
        ]
        Enrollment.objects.bulk_create([journey.enrollment for journey in made], batch_size=BATCH)
        cohort.enrollments.update(created_at=cohort.starts_at - INVITED_BEFORE)
        journeys += made
    return journeys


def _cohort(course: Course, region: Region, number: int, *, is_late: bool) -> Cohort:
    starts_at = timezone.now() - timedelta(days=12 if is_late else 140 - 20 * number)
    cohort = Cohort.objects.create(
        course=course,
        title=f"{region.name}, поток {number} ({content.SYNTHETIC_MARK.lower()})",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=365),
        enrollment_closes_at=starts_at,  # nobody real can be enrolled in it
    )
    cohort.regions.add(region)
    return cohort


def _people(chance: random.Random, region: Region, size: int) -> list[User]:
    organisations = _organisations(chance, region)
    people = [_person(chance, region, chance.choice(organisations)) for _ in range(size)]
    return User.objects.bulk_create(people, batch_size=BATCH)


def _organisations(chance: random.Random, region: Region) -> list[Organisation]:
    names = chance.sample(content.ORGANISATION_NAMES, ORGANISATIONS_IN_A_REGION)
    return Organisation.objects.bulk_create(
        Organisation(
            region=region,
            name=(
                f"{chance.choice(content.ORGANISATION_PATTERNS).format(name=name)}"
                f" ({content.SYNTHETIC_MARK.lower()})"
            ),
        )
        for name in names
    )


def _person(chance: random.Random, region: Region, organisation: Organisation) -> User:
    is_woman = chance.random() < 0.86
    given_names = content.FEMALE_GIVEN_NAMES if is_woman else content.MALE_GIVEN_NAMES
    return User(
        family_name=chance.choice(content.SURNAMES)[is_woman],
        given_name=chance.choice(given_names),
        patronymic=chance.choice(content.PATRONYMICS)[is_woman],
        position=chance.choice(content.POSITIONS),
        region=region,
        organisation=organisation,
        timezone=region.timezone,
        is_synthetic=True,
        password=make_password(None),
    )


def _journey(
    chance: random.Random,
    learner: User,
    cohort: Cohort,
    state: EnrollmentState,
    *,
    is_late: bool,
    steps: int,
) -> Journey:
    has_begun = state in (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED) or (
        state is not EnrollmentState.INVITED and chance.random() < 0.5
    )
    began_at = cohort.starts_at + timedelta(hours=chance.uniform(1, 200)) if has_begun else None
    days = chance.uniform(2, 4) if is_late else chance.uniform(15, 38)
    is_over = state in (
        EnrollmentState.COMPLETED,
        EnrollmentState.WITHDRAWN,
        EnrollmentState.EXPIRED,
    )
    ended_at = (began_at or cohort.starts_at) + timedelta(days=days) if is_over else None
    if state is EnrollmentState.COMPLETED:
        done = steps
    else:
        done = chance.randrange(steps) if has_begun else 0
    enrollment = Enrollment(
        learner=learner,
        cohort=cohort,
        state=state,
        activated_at=began_at,
        completed_at=ended_at if state is EnrollmentState.COMPLETED else None,
    )
    return Journey(enrollment, began_at, ended_at, done)


def _states(chance: random.Random, count: int, is_late: bool) -> list[EnrollmentState]:
    if is_late:
        quick = [EnrollmentState.COMPLETED] * min(2, count)
        begun = (EnrollmentState.ACTIVE, EnrollmentState.INVITED)
        return quick + chance.choices(begun, (0.7, 0.3), k=count - len(quick))
    return chance.choices(list(SHARES), list(SHARES.values()), k=count)


def _record_transitions(journeys: Iterable[Journey]) -> None:
    """The audit: every state that an enrolment went through."""
    EnrollmentTransition.objects.bulk_create(
        (
            EnrollmentTransition(
                enrollment=journey.enrollment, from_state=old, to_state=new, source=SOURCE, at=at
            )
            for journey in journeys
            for old, new, at in _moves(journey)
        ),
        batch_size=BATCH,
    )


def _moves(journey: Journey) -> Iterator[tuple[str, str, datetime]]:
    invited_at = journey.enrollment.cohort.starts_at - INVITED_BEFORE
    yield "", EnrollmentState.INVITED, invited_at
    state = EnrollmentState.INVITED
    if journey.began_at:
        yield state, EnrollmentState.ACTIVE, journey.began_at
        state = EnrollmentState.ACTIVE
    if journey.ended_at:
        yield state, journey.enrollment.state, journey.ended_at


def _record_completions(journeys: Iterable[Journey], activities: list[Activity]) -> None:
    Completion.objects.bulk_create(
        (
            Completion(
                enrollment=journey.enrollment,
                activity=activity,
                outcome=Completion.Outcome.COMPLETED,
                at=journey.step_at(number, len(activities)),
            )
            for journey in journeys
            for number, activity in enumerate(activities[: journey.steps])
        ),
        batch_size=BATCH,
    )


def _record_answers(
    chance: random.Random,
    journeys: list[Journey],
    activities: list[Activity],
    course: Course,
    instrument: Instrument,
) -> None:
    """Answers before and after, and those of the waves that a report compares them with."""
    habits = [_habits(chance) for _ in journeys]
    asked = {a.wave: a for a in Assessment.objects.descendant_of(course)}
    numbers = {activity.pk: number for number, activity in enumerate(activities)}
    drawn: dict[int, int] = {}
    first_forms = []
    for journey in journeys:
        cohort = journey.enrollment.cohort
        number = drawn[cohort.pk] = drawn.get(cohort.pk, -1) + 1
        first_forms.append(drawn_form(instrument, str(cohort.uuid), number))
    for wave in (Wave.PRE, Wave.PRE_AGAIN, Wave.POST, Wave.THEN, Wave.FOLLOW_UP):
        assessment = asked[wave]
        rows: dict[str, list[Row]] = {form: [] for form in FORMS}
        sheets = {form: sheet_of(instrument, form=form, wave=wave).keyed for form in FORMS}
        step = numbers.get(assessment.pk)
        for journey, habit, first in zip(journeys, habits, first_forms, strict=True):
            at = _answered_at(chance, journey, wave, step, len(activities))
            if at is None:
                continue
            form = _form(first, wave, is_waiting=journey.is_waiting)
            values = _answers(chance, sheets[form], habit, wave=wave)
            rows[form].append((journey.enrollment, values, at))
        for form, answers in rows.items():
            record_attempts(assessment, answers, form=form)


def _form(first: str, wave: str, *, is_waiting: bool) -> str:
    """The forms take turns; looking back asks about the form before it."""
    before_it = {Wave.PRE: 0, Wave.PRE_AGAIN: 1, Wave.POST: 1, Wave.THEN: 1, Wave.FOLLOW_UP: 2}
    turns = before_it[Wave(wave)] + (is_waiting and wave not in (Wave.PRE, Wave.PRE_AGAIN))
    return FORMS[(FORMS.index(first) + turns) % 2]


def _answered_at(
    chance: random.Random, journey: Journey, wave: str, number: int | None, steps: int
) -> datetime | None:
    """When the person answered a wave; None for those who did not."""
    if number is not None:
        return journey.step_at(number, steps) if journey.steps > number else None
    if wave == Wave.PRE_AGAIN:
        return journey.step_at(0, steps) + WAITED if journey.is_waiting and journey.steps else None
    has_finished = journey.steps == steps and journey.ended_at is not None
    after = {Wave.THEN: (0.85, timedelta(hours=1)), Wave.FOLLOW_UP: (0.6, timedelta(days=56))}
    share, later = after[Wave(wave)]
    if not has_finished or chance.random() > share:
        return None
    assert journey.ended_at is not None
    at = journey.ended_at + later
    return at if at < timezone.now() else None


def _habits(chance: random.Random) -> dict[str, tuple[float, float]]:
    """What a person does by habit and how much they will gain, by scale.

    For situations: how far the person's ratings are blurred, as a factor.
    """
    person = chance.gauss(0, 0.5)
    habits = {
        code: (2.0 + person + chance.gauss(0, 0.35), chance.gauss(gain, 0.35))
        for code, gain in TRUE_GAINS.items()
    }
    return habits | {"situations": (chance.uniform(0.6, 1.4), 0.0)}


def _answers(
    chance: random.Random,
    items: Iterable[KeyedItem],
    habits: dict[str, tuple[float, float]],
    *,
    wave: str,
) -> list[int | None]:
    """Values of a whole sheet; a few people answer everything alike."""
    is_careless, has_learnt = chance.random() < CARELESS_SHARE, wave in (Wave.POST, Wave.FOLLOW_UP)
    answers: list[int | None] = []
    for item in items:
        if item.kind is Kind.RATE_EACH:
            blur = (BLUR_AFTER if has_learnt else BLUR_BEFORE) * habits["situations"][0]
            answers += [
                _within(item, chance.gauss(3 if choice.key is None else choice.key, blur))
                for choice in item.choices
            ]
        elif item.kind in (Kind.BEST_WORST, Kind.RECOGNITION):
            answers += [_chosen(chance, item, has_learnt=has_learnt) for _ in range(item.parts)]
        elif item.kind is Kind.INSTRUCTED:
            answers.append(item.maximum if is_careless else item.expected)
        elif item.kind is Kind.LABELLED:
            answers.append(_labelled(chance, item, habits[item.scale], wave, is_careless))
        else:
            answers += [None] * item.parts
    return answers


def _labelled(
    chance: random.Random,
    item: KeyedItem,
    habit: tuple[float, float],
    wave: str,
    is_careless: bool,
) -> int | None:
    if is_careless:
        return item.maximum - 1
    if chance.random() < 0.01:
        return None  # hard to say
    before, gain = habit
    moved = {
        Wave.PRE: 0.0,
        Wave.PRE_AGAIN: RETEST_GAIN,
        Wave.POST: gain,
        Wave.FOLLOW_UP: KEPT * gain,
        Wave.THEN: -YARDSTICK,
    }
    value = _within(item, before + moved[Wave(wave)] + chance.gauss(0, 0.7))
    return item.minimum + item.maximum - value if item.is_reversed else value


def _within(item: KeyedItem, level: float) -> int:
    return min(item.maximum, max(item.minimum, round(level)))


def _chosen(chance: random.Random, item: KeyedItem, *, has_learnt: bool) -> int:
    """The best choice more often than not."""
    best = max(range(len(item.choices)), key=lambda number: item.choices[number].key or 0)
    is_right = chance.random() < (0.7 if has_learnt else 0.55)
    return best if is_right else chance.randrange(len(item.choices))
