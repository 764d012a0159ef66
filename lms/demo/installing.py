"""Putting the demo together: the course, its people, a cohort under way, a way into the API."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.rich_text import RichText

from assessments.battery import install_battery
from assessments.loading import load_instrument
from assessments.models import Assessment, Instrument
from certificates.defaults import ensure_default_template
from courses.enrolling import enroll, move
from courses.enrollment_states import EnrollmentState
from courses.models import Activity, Cohort, Course, KnowledgeBasePage, TrainerProfile
from courses.site_tree import ensure_site_tree
from lms.api.keys import create_client, find_client
from lms.api.scopes import ALL_SCOPES
from lms.demo.content import questionnaire, scenarios
from lms.demo.content.course import COURSE, MODULES
from lms.demo.content.memos import MEMOS
from lms.demo.content.slides import WEBINAR_SLIDES
from lms.demo.pages import block_from, build_course, build_memos, dialogue_from, lesson_from
from lms.demo.people import ABOUT_THE_TRAINER, DEMO_REGION, create_people
from lms.demo.practicums import kept_rubric, kept_scenario
from lms.demo.slides_pdf import slides_pdf
from lms.people.models import Region, User
from webinars.models import Practicum, Webinar
from webinars.sessions import open_session, plan_session

COHORT_TITLE = "Осенний поток"
API_CLIENT_NAME = "Демонстрационная система региона"


@dataclass(frozen=True)
class DemoAccess:
    """What a visitor needs for the API: kept in ``demo.json``, readable by its owner only."""

    api_key: str
    cohort: str


def install_demo() -> tuple[DemoAccess, Cohort]:
    """Create whatever of the demo is missing; what visitors have changed stays changed."""
    people = create_people()
    ensure_default_template()
    call_command("make_issuer_keys", verbosity=0)
    install_battery()
    catalog = ensure_site_tree()
    TrainerProfile.objects.get_or_create(
        user=people["trainer"], defaults={"about": ABOUT_THE_TRAINER}
    )
    build_memos(KnowledgeBasePage.objects.get(), MEMOS, people["trainer"])
    course = build_course(
        catalog=catalog,
        course=COURSE,
        modules=MODULES,
        owner=people["trainer"],
        builders={
            "lesson": lesson_from,
            "dialogue": dialogue_from,
            "assessment": _assessment_from,
            "webinar": _webinar_from,
            "practicum": _practicum_from,
        },
    )
    cohort = _cohort(course, people)
    _open_webinars(course, cohort, people["trainer"])
    return _access(cohort, people["administrator"]), cohort


def load_questionnaire() -> Instrument:
    return load_instrument(
        questionnaire.INSTRUMENT,
        scales=questionnaire.SCALES,
        items=questionnaire.ITEMS,
        options=questionnaire.OPTIONS,
    )


def _assessment_from(content: dict[str, Any]) -> Activity:
    return Assessment(instrument=load_questionnaire(), wave=content["wave"])


def _webinar_from(content: dict[str, Any]) -> Activity:
    return Webinar(
        agenda=RichText(content["agenda"]).source,
        duration_minutes=content["estimated_minutes"],
        minimum_minutes=content["minimum_minutes"],
        polls=[("poll", _poll(**poll)) for poll in content["polls"]],
        slides=_slides(content["title"]),
        stage_videos=[block_from("video", content["video"])],
    )


def _poll(
    question: str,
    options: list[str],
    *,
    kind: str = "single",
    is_anonymous: bool = True,
    is_result_live: bool = False,
) -> dict[str, Any]:
    return {
        "question": question,
        "kind": kind,
        "options": options,
        "is_anonymous": is_anonymous,
        "is_result_live": is_result_live,
    }


def _slides(title: str) -> Document:
    """The slides as a document of the CMS, made once."""
    title = f"{title}: слайды"
    existing = Document.objects.filter(title=title).first()
    if existing is not None:
        return existing
    file = ContentFile(slides_pdf(WEBINAR_SLIDES), "webinar-slides.pdf")
    return Document.objects.create(title=title, file=file)


def _practicum_from(content: dict[str, Any]) -> Activity:
    for scenario in scenarios.SCENARIOS:  # the library that trainers choose from
        kept_scenario(scenario["slug"])
    return Practicum(scenario=kept_scenario(content["scenario"]), rubric=kept_rubric(), people=2)


def _cohort(course: Course, people: dict[str, User]) -> Cohort:
    now = timezone.now()
    cohort, _created = Cohort.objects.get_or_create(
        course=course,
        title=COHORT_TITLE,
        defaults={"starts_at": now - timedelta(days=7), "ends_at": now + timedelta(days=90)},
    )
    cohort.regions.add(Region.objects.get(code=DEMO_REGION))
    cohort.trainers.add(people["trainer"])
    for key in ("learner", "second"):
        enrollment = enroll(learner=people[key], cohort=cohort, source="demo").enrollment
        if enrollment.state == EnrollmentState.INVITED:
            move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source="demo")
    return cohort


def _open_webinars(course: Course, cohort: Cohort, trainer: User) -> None:
    """Each webinar has a session whose room is open already, so that anyone can look in."""
    now = timezone.now()
    for webinar in Webinar.objects.descendant_of(course):
        if webinar.sessions.filter(cohort=cohort).exists():
            continue
        session = plan_session(
            webinar=webinar,
            cohort=cohort,
            starts_at=now - timedelta(minutes=5),
            ends_at=now + timedelta(days=30),
        )
        open_session(session, actor=trainer)


def _access(cohort: Cohort, administrator: User) -> DemoAccess:
    """A key of the demo region; the one made before while it works."""
    path = access_path()
    if path.exists():
        kept = DemoAccess(**json.loads(path.read_text(encoding="utf-8")))
        if find_client(kept.api_key) is not None and kept.cohort == str(cohort.uuid):
            return kept
    _client, key = create_client(
        name=API_CLIENT_NAME,
        scopes=ALL_SCOPES,
        region=Region.objects.get(code=DEMO_REGION),
        created_by=administrator,
    )
    access = DemoAccess(api_key=key, cohort=str(cohort.uuid))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(access), file)
    return access


def access_path() -> Path:
    return settings.VAR_DIR / "demo.json"
