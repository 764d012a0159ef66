"""Finding a group: the queue of a cohort, groups by a trainer, planned sessions."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone

from courses.models import Enrollment
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.courses.dialogues.making import make_dialogue
from tests.factories import (
    CohortFactory,
    OrganisationFactory,
    UserFactory,
    active_enrollment,
    make_module,
)
from tests.webinars.practicum.factories import make_practicum
from webinars.models import Practicum, PracticumSession, PracticumTicket
from webinars.practicum import queue

AGREED = {"consent": "1"}


class Hall:
    """A practicum with a cohort whose people look for a group."""

    def __init__(self, client_of, people: int = 2, **fields):
        self.practicum = make_practicum(people, **fields)
        self.trainer = UserFactory(given_name="Ольга")
        grant_role(user=self.trainer, role=Role.TRAINER)
        self.cohort = CohortFactory(course=self.practicum.course(), trainers=[self.trainer])
        self.client_of = client_of
        self.groups = f"/practicum/{self.practicum.pk}/groups/{self.cohort.pk}/"

    def person(self, name: str, organisation=None):
        learner = UserFactory(given_name=name, organisation=organisation)
        enrollment = active_enrollment(cohort=self.cohort, learner=learner)
        return enrollment, self.client_of(learner)

    def join(self, browser, data=AGREED):
        return browser.post(f"/practicum/{self.practicum.pk}/join/", data)


@pytest.fixture
def hall(client_of, db):
    return Hall(client_of)


def test_two_who_look_for_a_group_meet_and_begin(hall):
    _anna, first = hall.person("Анна")
    _boris, second = hall.person("Борис")
    assert hall.join(first).headers["Location"] == hall.practicum.url
    assert "Мы ждём вашу группу" in first.get(hall.practicum.url).text
    assert "/practicum/" in hall.join(second).headers["Location"]
    session = PracticumSession.objects.get()
    assert (session.phase, session.people) == ("briefing", 2)
    assert "Перейти в практикум" in first.get(hall.practicum.url).text
    assert not PracticumTicket.objects.exists()


def test_without_the_consent_nobody_is_written_down(hall):
    _anna, browser = hall.person("Анна")
    hall.join(browser, {})
    assert not PracticumTicket.objects.exists()
    hall.join(browser)
    hall.join(browser, {})
    assert PracticumTicket.objects.count() == 1, "it is asked for once"


def test_a_fifth_person_waits_for_another_group(client_of, db):
    hall = Hall(client_of, people=4)
    browsers = [hall.person(name)[1] for name in "АБВГД"]
    for browser in browsers:
        hall.join(browser)
    session = PracticumSession.objects.get()
    assert session.seats.count() == 4
    assert "Мы ждём вашу группу" in browsers[4].get(hall.practicum.url).text
    assert browsers[4].get(f"/practicum/{session.uuid}/").status_code == 404


def test_pressing_again_changes_nothing(hall):
    enrollment, browser = hall.person("Анна")
    for _again in range(2):
        hall.join(browser)
    assert PracticumTicket.objects.get().enrollment == enrollment


def test_nobody_is_matched_with_somebody_who_has_gone_away(hall):
    _anna, first = hall.person("Анна")
    hall.join(first)
    PracticumTicket.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    hall.join(hall.person("Борис")[1])
    assert not PracticumSession.objects.exists()
    first.get(hall.practicum.url)  # back again
    assert PracticumSession.objects.count() == 1


def test_whoever_waits_too_long_alone_is_offered_the_simulator(hall):
    simulator = make_dialogue(make_module(hall.practicum.course()), title="Тренажёр одному")
    _anna, browser = hall.person("Анна")
    hall.join(browser)
    assert "Не дольше 5 минут" in browser.get(hall.practicum.url).text
    PracticumTicket.objects.update(since=timezone.now() - timedelta(minutes=5))
    page = browser.get(hall.practicum.url).text
    assert "не хотим вас задерживать" in page
    assert simulator.title in page
    browser.post(f"/practicum/{hall.practicum.pk}/stop-waiting/")
    assert not PracticumTicket.objects.exists()


def test_two_of_four_begin_when_the_time_is_over(client_of, db):
    hall = Hall(client_of, people=4)
    browsers = [hall.person(name)[1] for name in "АБ"]
    for browser in browsers:
        hall.join(browser)
    assert not PracticumSession.objects.exists()
    PracticumTicket.objects.update(since=timezone.now() - timedelta(minutes=6))
    browsers[0].get(hall.practicum.url)
    assert PracticumSession.objects.get().people == 2


def test_a_trainer_forms_groups_of_different_organisations(hall):
    centre, shelter = OrganisationFactory(), OrganisationFactory()
    people = [
        hall.person(name, org)[0]
        for name, org in zip("АБВГ", [centre, centre, shelter, shelter], strict=True)
    ]
    browser = hall.client_of(hall.trainer)
    page = browser.get(hall.groups)
    proposed = {row["enrollment"]: row["group"] for row in page.context["rows"]}
    assert proposed[people[0]] != proposed[people[1]]
    assert proposed[people[2]] != proposed[people[3]]
    answer = browser.post(
        hall.groups, {f"group-{e.pk}": n for e, n in ((e, proposed[e]) for e in people)}
    )
    assert answer.status_code == 302
    assert PracticumSession.objects.count() == 2
    for session in PracticumSession.objects.all():
        organisations = {seat.enrollment.learner.organisation for seat in session.seats.all()}
        assert len(organisations) == 2


@pytest.mark.parametrize("numbers", [{0: 1}, {0: 1, 1: 1, 2: 1, 3: 1, 4: 1}, {}])
def test_groups_of_one_or_five_are_refused(hall, numbers):
    people = [hall.person(name)[0] for name in "АБВГД"]
    data = {f"group-{people[at].pk}": number for at, number in numbers.items()}
    page = hall.client_of(hall.trainer).post(hall.groups, data)
    assert page.status_code == 200
    assert not PracticumSession.objects.exists()


def test_a_planned_group_gathers_when_its_time_has_come(hall):
    (anna, first), (boris, second) = hall.person("Анна"), hall.person("Борис")
    browser = hall.client_of(hall.trainer)
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    data = {f"group-{e.pk}": "1" for e in (anna, boris)}
    past = browser.post(hall.groups, {**data, "starts_at": "2020-01-01T10:00"})
    assert "ещё не наступили" in past.text
    browser.post(hall.groups, {**data, "starts_at": tomorrow})
    session = PracticumSession.objects.get()
    assert "Ваша группа встречается" in first.get(hall.practicum.url).text
    for person in (first, second):
        hall.join(person)
        assert "Возвращайтесь" in person.get(f"/practicum/{session.uuid}/").text
    assert PracticumSession.objects.get().phase == "lobby"
    assert session.practicum.title in first.get("/calendar/").text
    PracticumSession.objects.update(starts_at=timezone.now() + timedelta(minutes=5))
    assert "ещё не здесь" in first.get(f"/practicum/{session.uuid}/").text
    second.get(f"/practicum/{session.uuid}/")
    assert PracticumSession.objects.get().phase == "briefing"


def test_everyone_reads_the_planned_time_in_their_own_zone(
    hall, django_capture_on_commit_callbacks
):
    (anna, first), (boris, second) = hall.person("Анна"), hall.person("Борис")
    for enrollment, zone in ((anna, "Europe/Kaliningrad"), (boris, "Asia/Kamchatka")):
        enrollment.learner.timezone = zone
        enrollment.learner.save()
    with django_capture_on_commit_callbacks(execute=True):
        queue.form_groups(
            practicum=hall.practicum,
            cohort=hall.cohort,
            numbers={anna.pk: 1, boris.pk: 1},
            starts_at=datetime(2027, 6, 1, 21, 30, tzinfo=UTC),
        )
    letters = {letter.to[0]: letter for letter in mail.outbox}
    for enrollment, browser, day, hour in (
        (anna, first, "1 июня", "23:30"),
        (boris, second, "2 июня", "09:30"),
    ):
        letter = letters[enrollment.learner.email]
        page = browser.get(hall.practicum.url).text
        assert f"{day} 2027 в {hour} (" in page
        assert day in letter.body
        assert hour.lstrip("0") in letter.body
        (entry,) = letter.attachments
        assert b"DTSTART:20270601T213000Z" in entry.get_payload(decode=True)


def test_a_member_of_a_planned_group_agrees_before_coming_in(hall):
    (anna, first), (boris, _second) = hall.person("Анна"), hall.person("Борис")
    queue.form_groups(
        practicum=hall.practicum,
        cohort=hall.cohort,
        numbers={anna.pk: 1, boris.pk: 1},
        starts_at=None,
    )
    session = PracticumSession.objects.get()
    assert first.get(f"/practicum/{session.uuid}/").headers["Location"] == hall.practicum.url
    assert 'name="consent"' in first.get(hall.practicum.url).text


def test_only_trainers_of_the_cohort_form_groups(hall):
    _anna, learner = hall.person("Анна")
    other = UserFactory()
    grant_role(user=other, role=Role.TRAINER)
    assert learner.get(hall.groups).status_code == 404
    assert hall.client_of(other).get(hall.groups).status_code == 404


class RacingPartners(TransactionTestCase):
    def test_two_who_press_at_once_meet(self):
        practicum = make_practicum()
        cohort = CohortFactory(course=practicum.course())
        ids = [active_enrollment(cohort=cohort).pk for _ in range(4)]
        errors = []

        def press(pk):
            try:
                queue.wait(
                    enrollment=Enrollment.objects.select_related("learner").get(pk=pk),
                    practicum=Practicum.objects.get(pk=practicum.pk),
                )
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=press, args=[pk]) for pk in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        sizes = [session.seats.count() for session in PracticumSession.objects.all()]
        assert sizes == [2, 2]
