"""The home page of the CMS: today's rooms, what waits for review, who has gone silent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db.models import F
from django.utils import timezone

from courses.cohort_progress import people_of, silent_enrollments
from courses.ledger import record_completion
from courses.models import Cohort, Completion, Enrollment, PeopleImport
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    add_page,
)
from webinars.models import Webinar
from webinars.sessions import plan_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(studio):
    return CohortFactory(
        course=studio.course,
        trainers=[studio.trainer],
        starts_at=timezone.now() - timedelta(days=30),
        title="Весна",
    )


def silent(cohort, name: str) -> Enrollment:
    enrollment = active_enrollment(cohort=cohort, learner=UserFactory(family_name=name))
    Enrollment.objects.filter(pk=enrollment.pk).update(
        activated_at=timezone.now() - timedelta(days=20)
    )
    return enrollment


def home(client) -> str:
    page = client.get("/cms/")
    assert page.status_code == 200
    return page.content.decode()


def test_the_silent_of_ones_own_cohorts_are_named(client_of, studio, cohort):
    silent(cohort, "Тихонова")
    active_enrollment(cohort=cohort, learner=UserFactory(family_name="Бегунова"))
    page = home(client_of(studio.trainer))
    assert "Тихонова" in page
    assert "Бегунова" not in page
    assert f"/cms/cohorts/{cohort.pk}/people/?group=silent" in page
    for other in (studio.other, studio.methodologist):
        assert "Тихонова" not in home(client_of(other))


def test_the_database_and_the_cohorts_page_agree_on_who_is_silent(studio, cohort):
    silent(cohort, "Тихонова")
    finisher = silent(cohort, "Делова")
    record_completion(enrollment=finisher, activity=studio.lesson)
    silent(cohort, "Давнова")
    Completion.objects.update(at=timezone.now() - timedelta(days=1))
    visitor = silent(cohort, "Гостева")
    Enrollment.objects.filter(pk=visitor.pk).update(last_seen_at=timezone.now())
    gone = silent(cohort, "Выбывшая")
    Enrollment.objects.filter(pk=gone.pk).update(state="withdrawn")
    young = CohortFactory(course=studio.course, starts_at=timezone.now() - timedelta(days=2))
    silent(young, "Новенькая")
    for each in (cohort, young):
        by_page = {row.enrollment.pk for row in people_of(each) if row.is_silent}
        found = silent_enrollments(Cohort.objects.filter(pk=each.pk))
        assert set(found.values_list("pk", flat=True)) == by_page
    names = silent_enrollments(Cohort.objects.all()).values_list("learner__family_name", flat=True)
    assert set(names) == {"Тихонова", "Давнова"}


def test_when_a_cohort_is_over_nobody_is_silent_in_it(cohort):
    silent(cohort, "Тихонова")
    Cohort.objects.update(ends_at=F("starts_at") + timedelta(days=1))
    assert not silent_enrollments(Cohort.objects.all()).exists()


def test_todays_rooms_are_ones_own_and_of_the_readers_day(client_of, studio, cohort):
    with time_machine.travel("2026-11-23T09:00:00+03:00", tick=False):
        now = timezone.now()
        for title, hours in [("Сегодня", 3), ("Завтра", 30), ("Вчера", -20)]:
            plan_session(
                webinar=add_page(studio.module, Webinar(title=title)),
                cohort=cohort,
                starts_at=now + timedelta(hours=hours),
                ends_at=now + timedelta(hours=hours + 2),
            )
        page = home(client_of(studio.trainer))
        assert "Сегодня · Весна" in page
        assert "12:00–14:00 (МСК)" in page
        assert "Завтра · Весна" not in page
        assert "Вчера · Весна" not in page
        assert "Сегодня · Весна" not in home(client_of(studio.other))


def test_what_waits_for_review_is_on_the_methodologists_page(client_of, studio):
    studio.lesson.save_revision(user=studio.trainer)
    studio.lesson.get_workflow().start(studio.lesson, studio.trainer)
    assert "Свой урок" in home(client_of(studio.methodologist))
    assert "Свой урок" in home(client_of(studio.trainer))
    assert "Свой урок" not in home(client_of(studio.other))


def test_a_coordinator_finds_the_region_and_its_last_files(client_of):
    tomsk, omsk = RegionFactory(), RegionFactory(code="RU-OMS")
    for region, name in ((tomsk, "наши.xlsx"), (omsk, "чужие.xlsx")):
        PeopleImport.objects.create(region=region, file_name=name, size_bytes=1)
    coordinator = UserFactory()
    grant_role(user=coordinator, role=Role.COORDINATOR, region=tomsk)
    page = home(client_of(coordinator))
    assert f"Ваш регион: {tomsk.name}" in page
    assert "Загрузить людей из таблицы" in page
    assert "наши.xlsx" in page
    assert "чужие.xlsx" not in page


def test_nothing_on_the_home_page_leads_to_the_internet(client_of, studio):
    page = re.sub(r"<noscript.*?</noscript>", "", home(client_of(studio.trainer)), flags=re.DOTALL)
    links = re.findall(r'href="(https?://[^"]+)"', page)
    assert [link for link in links if "127.0.0.1" not in link and "localhost" not in link] == []
