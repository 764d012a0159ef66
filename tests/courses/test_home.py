"""The learner's home."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.home import home_of
from courses.ledger import record_completion
from courses.models import Announcement
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)
from tests.webinars.factories import make_meeting

pytestmark = pytest.mark.django_db


def enrolled(*, begun_days_ago: int = 1, lessons: int = 2, due: int | None = 3, learner=None):
    module = make_module(make_course())
    made = [make_lesson(module, f"Урок {n}", due_after_days=due) for n in range(lessons)]
    cohort = CohortFactory(
        course=made[0].course(), starts_at=timezone.now() - timedelta(days=begun_days_ago)
    )
    people = {"learner": learner} if learner else {}
    return active_enrollment(cohort=cohort, **people), made


def test_people_are_greeted_as_they_wish(client_of):
    learner = UserFactory(address_as="Маша")
    assert ", Маша</h1>" in client_of(learner).get("/learn/").text


def test_deadlines_of_the_week_are_named_and_later_ones_are_not(client_of):
    enrollment, (first, _second) = enrolled()
    far, _lessons = enrolled(due=30, learner=enrollment.learner)
    home = home_of(enrollment.learner)
    assert [event.title for event in home.deadlines] == ["Урок 0", "Урок 1"]
    assert home.overdue == ()
    assert first.title in client_of(far.learner).get("/learn/").text


def test_a_passed_date_is_told_calmly_and_the_step_stays_open(client_of):
    enrollment, (first, _second) = enrolled(begun_days_ago=10)
    page = client_of(enrollment.learner).get("/learn/")
    assert len(page.context["home"].overdue) == 2
    assert "Срок прошёл" in page.text
    assert client_of(enrollment.learner).get(first.get_url()).status_code == 200


def test_steps_of_a_module_that_was_taken_away_are_neither_due_nor_open(client_of):
    """Wagtail leaves the pages below it published."""
    enrollment, (first, _second) = enrolled(begun_days_ago=10)
    first.get_parent().specific.unpublish()
    first.refresh_from_db()
    assert first.live
    browser = client_of(enrollment.learner)
    home = browser.get("/learn/").context["home"]
    assert (home.overdue, home.deadlines) == ((), ())
    page = browser.get(first.get_url())
    assert page.status_code == 403
    assert "не входит в программу" in page.text


def test_webinars_ahead_have_their_zone_and_a_file_for_the_calendar(client_of):
    meeting = make_meeting(is_open=False)
    learner = meeting.learners[0]
    learner.timezone = "Asia/Tomsk"
    learner.save()
    page = client_of(learner).get("/learn/")
    assert "МСК+4" in page.text
    assert "в Москве" in page.text
    assert reverse("courses:calendar_event", args=[meeting.room.uuid]) in page.text


def test_when_the_weeks_work_is_done_the_page_says_so_and_presses_no_further(client_of):
    enrollment, (first, _second) = enrolled(due=None)
    browser = client_of(enrollment.learner)
    assert not browser.get("/learn/").context["home"].is_week_done
    record_completion(enrollment=enrollment, activity=first)
    page = browser.get("/learn/")
    assert page.context["home"].is_week_done
    assert "На этой неделе всё сделано" in page.text
    assert [c.activity.title for c in page.context["home"].done_lately] == ["Урок 0"]


def test_with_a_date_of_the_week_ahead_the_week_is_not_done():
    enrollment, (first, _second) = enrolled()
    record_completion(enrollment=enrollment, activity=first)
    assert not home_of(enrollment.learner).is_week_done


def test_at_the_first_visit_three_steps_are_told(client_of):
    page = client_of(UserFactory()).get("/learn/")
    assert page.text.count("<li>", page.text.index("card--next")) >= 3


def test_an_announcement_is_seen_by_its_region_and_in_its_time(client_of):
    learner, now = UserFactory(), timezone.now()
    elsewhere = RegionFactory(code="RU-OMS", name="Омская область")
    day = timedelta(days=1)
    for text, fields in {
        "Всем": {},
        "Своим": {"region": learner.region},
        "Чужим": {"region": elsewhere},
        "Завтра": {"shows_from": now + day},
        "Вчера": {"shows_from": now - 2 * day, "shows_until": now - day},
    }.items():
        Announcement.objects.create(text=text, **fields)
    shown = {a.text for a in home_of(learner).announcements}
    assert shown == {"Всем", "Своим"}
    Announcement.objects.create(text="<b>Важно</b>")
    assert "<b>Важно</b>" not in client_of(learner).get("/learn/").text


def test_methodologists_write_announcements_and_trainers_do_not(client_of):
    methodologist, trainer = UserFactory(), UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    grant_role(user=trainer, role=Role.TRAINER)
    form = {"text": "Встреча в среду", "region": "", "shows_from": "2026-01-01 10:00"}
    address = reverse("announcements:add")
    wrong = form | {"shows_until": "2025-01-01 10:00"}
    assert client_of(methodologist).post(address, wrong).status_code == 200
    assert not Announcement.objects.exists()
    assert client_of(methodologist).post(address, form).status_code == 302
    assert client_of(trainer).get(address).status_code == 302
    client_of(trainer).post(address, form)
    assert Announcement.objects.get().text == "Встреча в среду"


def test_the_page_takes_as_many_queries_for_much_as_for_little(client_of):
    little, (first, *_rest) = enrolled(lessons=2)
    record_completion(enrollment=little, activity=first)
    meeting = make_meeting(learners=0)
    active_enrollment(cohort=meeting.session.cohort, learner=little.learner)
    much = UserFactory()
    for _number in range(3):
        enrollment, (first, *_rest) = enrolled(lessons=4, learner=much)
        record_completion(enrollment=enrollment, activity=first)
        active_enrollment(cohort=make_meeting(learners=0).session.cohort, learner=much)
    counts = []
    for learner in (little.learner, much, little.learner, much):
        browser = client_of(learner)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get("/learn/").status_code == 200
        counts.append(len(queries))
    assert counts[3] <= counts[2]
