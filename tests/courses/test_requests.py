"""Asking for a place, waiting for one, and deciding on those who ask."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from courses.enrolling import enroll, move
from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Enrollment, EnrollmentRequest, RequestState
from courses.tasks import look_after_requests
from lms.mail.models import Letter
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    make_course,
)

pytestmark = pytest.mark.django_db


def coordinator_of(region) -> User:
    user = UserFactory(region=region)
    grant_role(user=user, role=Role.COORDINATOR, region=region)
    return user


def ask(browser, cohort):
    return browser.post(f"/courses/{cohort.course_id}/request/", {"cohort": cohort.pk}, follow=True)


def asked(cohort, person=None, **fields) -> EnrollmentRequest:
    return EnrollmentRequest.objects.create(
        person=person or UserFactory(), course=cohort.course, cohort=cohort, **fields
    )


def decide(browser, wish, decision="accept", **fields):
    return browser.post(f"/requests/{wish.uuid}/decide/", {"decision": decision, **fields})


def letters_to(person) -> list[str]:
    return list(Letter.objects.filter(recipient=person).values_list("template", flat=True))


def test_a_person_asks_and_the_coordinator_of_the_region_enrols_them(client_of):
    cohort, person = CohortFactory(), UserFactory()
    answer = ask(client_of(person), cohort)
    assert "Заявка отправлена" in answer.text
    wish = EnrollmentRequest.objects.get()
    browser = client_of(coordinator_of(person.region))
    assert person.get_full_name() in browser.get("/requests/").text
    answer = decide(browser, wish)
    assert answer.status_code == 302
    assert Enrollment.objects.get(learner=person).state == EnrollmentState.ACTIVE
    assert letters_to(person) == ["request_accepted"]
    wish.refresh_from_db()
    assert wish.state == RequestState.ACCEPTED
    assert "Всё рассмотрено" in browser.get("/requests/").text


def test_asking_twice_is_one_request(client_of):
    cohort, person = CohortFactory(), UserFactory()
    for _ in range(2):
        ask(client_of(person), cohort)
    assert EnrollmentRequest.objects.count() == 1


def test_the_database_keeps_one_open_request_in_a_course():
    wish = asked(CohortFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        asked(CohortFactory(course=wish.course), person=wish.person)
    wish.state, wish.decided_at = RequestState.WITHDRAWN, timezone.now()
    wish.save()
    asked(wish.cohort, person=wish.person)


def test_a_cohort_of_another_region_refuses(client_of):
    cohort = CohortFactory(regions=[RegionFactory(code="RU-OMS", name="Омская область")])
    answer = ask(client_of(UserFactory()), cohort)
    assert "не открыт для вашего региона" in answer.text
    assert not EnrollmentRequest.objects.exists()


def test_a_closed_cohort_refuses_and_says_so(client_of):
    cohort = CohortFactory(enrollment_closes_at=timezone.now() - timedelta(hours=1))
    assert "Набор в этот поток закрыт" in ask(client_of(UserFactory()), cohort).text
    assert not EnrollmentRequest.objects.exists()


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "0", "²"])
def test_a_cohort_that_is_not_there_refuses(value, client_of):
    course = make_course()
    answer = client_of(UserFactory()).post(f"/courses/{course.pk}/request/", {"cohort": value})
    assert answer.status_code == 302
    assert not EnrollmentRequest.objects.exists()


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_course(client):
    cohort = CohortFactory()
    answer = client.post(f"/courses/{cohort.course_id}/request/", {"cohort": cohort.pk})
    assert answer.url.startswith("/accounts/login/")
    assert unquote(unquote(answer.url)).endswith(f"?next=/catalog/{cohort.course.slug}/")


def test_who_has_a_place_does_not_ask(client_of):
    enrollment = active_enrollment()
    assert "уже есть место" in ask(client_of(enrollment.learner), enrollment.cohort).text
    assert not EnrollmentRequest.objects.exists()


def test_a_full_cohort_has_a_waiting_list_with_numbers(client_of):
    cohort = CohortFactory(capacity=1)
    EnrollmentFactory(cohort=cohort)
    first, second = UserFactory(), UserFactory()
    assert "номер 1" in ask(client_of(first), cohort).text
    assert "номер 2" in ask(client_of(second), cohort).text
    assert set(EnrollmentRequest.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_place_that_becomes_free_goes_to_the_first_in_line(client_of):
    cohort = CohortFactory(capacity=1)
    leaving = active_enrollment(cohort=cohort)
    first, second = UserFactory(), UserFactory()
    for person in (first, second):
        ask(client_of(person), cohort)
    move(enrollment=leaving, to=EnrollmentState.WITHDRAWN, source="test")
    assert Enrollment.objects.get(learner=first).state == EnrollmentState.ACTIVE
    assert not Enrollment.objects.filter(learner=second).exists()
    assert letters_to(first) == ["request_place_freed"]
    assert "номер 1" in client_of(second).get(cohort.course.url).text


def test_a_withdrawal_that_fails_gives_no_place():
    cohort = CohortFactory(capacity=1)
    leaving = active_enrollment(cohort=cohort)
    waiting = asked(cohort, state=RequestState.WAITING)

    class Broken(Exception):
        pass

    def withdraw_and_fail():
        with transaction.atomic():
            move(enrollment=leaving, to=EnrollmentState.WITHDRAWN, source="test")
            raise Broken

    with pytest.raises(Broken):
        withdraw_and_fail()
    waiting.refresh_from_db()
    assert waiting.state == RequestState.WAITING
    assert letters_to(waiting.person) == []


def test_nobody_moves_up_once_enrolment_has_closed():
    cohort = CohortFactory(capacity=1)
    leaving = active_enrollment(cohort=cohort)
    waiting = asked(cohort, state=RequestState.WAITING)
    Cohort.objects.update(enrollment_closes_at=timezone.now() - timedelta(minutes=1))
    move(enrollment=leaving, to=EnrollmentState.WITHDRAWN, source="test")
    waiting.refresh_from_db()
    assert waiting.state == RequestState.WAITING


def test_a_cohort_that_was_made_larger_takes_from_the_waiting_list():
    cohort = CohortFactory(capacity=1)
    EnrollmentFactory(cohort=cohort)
    wishes = [asked(cohort, state=RequestState.WAITING) for _ in range(3)]
    Cohort.objects.update(capacity=3)
    look_after_requests()
    states = [EnrollmentRequest.objects.get(pk=wish.pk).state for wish in wishes]
    assert states == ["accepted", "accepted", "waiting"]


def test_accepting_when_the_last_place_has_gone_keeps_the_person_in_line(client_of):
    cohort = CohortFactory(capacity=1)
    wish = asked(cohort)
    EnrollmentFactory(cohort=cohort)
    browser = client_of(coordinator_of(wish.person.region))
    answer = browser.post(f"/requests/{wish.uuid}/decide/", {"decision": "accept"}, follow=True)
    assert "Мест не осталось" in answer.text
    wish.refresh_from_db()
    assert wish.state == RequestState.WAITING


def test_declining_needs_a_reason_that_the_person_reads(client_of):
    wish = asked(CohortFactory())
    browser = client_of(coordinator_of(wish.person.region))
    answer = decide(browser, wish, "decline", reason="  ")
    assert answer.status_code == 422
    assert "Напишите причину" in answer.text
    decide(browser, wish, "decline", reason="Набор для отделения на дому")
    wish.refresh_from_db()
    assert (wish.state, wish.reason) == ("declined", "Набор для отделения на дому")
    assert letters_to(wish.person) == ["request_declined"]
    page = client_of(wish.person).get(wish.course.url).text
    assert "Набор для отделения на дому" in page


def test_a_decision_that_is_none_changes_nothing(client_of):
    wish = asked(CohortFactory())
    assert decide(client_of(coordinator_of(wish.person.region)), wish, "x").status_code == 422
    wish.refresh_from_db()
    assert wish.is_open


def test_of_two_decisions_the_first_stays(client_of):
    wish = asked(CohortFactory())
    browser = client_of(coordinator_of(wish.person.region))
    decide(browser, wish, "decline", reason="Позже")
    answer = browser.post(f"/requests/{wish.uuid}/decide/", {"decision": "accept"}, follow=True)
    assert "уже рассмотрена" in answer.text
    assert not Enrollment.objects.exists()


def test_only_those_of_the_region_or_the_cohort_decide(client_of):
    cohort = CohortFactory()
    wish = asked(cohort)
    elsewhere = coordinator_of(RegionFactory(code="RU-OMS", name="Омская область"))
    trainer, other_trainer = UserFactory(), UserFactory()
    for person in (trainer, other_trainer):
        grant_role(user=person, role=Role.TRAINER)
    cohort.trainers.add(trainer)
    for person in (elsewhere, other_trainer, UserFactory()):
        assert decide(client_of(person), wish).status_code == 404
    for person in (elsewhere, other_trainer):
        assert cohort.title not in client_of(person).get("/requests/").text
    assert not Enrollment.objects.exists()
    assert decide(client_of(trainer), wish).status_code == 302
    assert Enrollment.objects.get().learner == wish.person


def test_nobody_decides_on_their_own_request(client_of):
    cohort = CohortFactory()
    person = coordinator_of(RegionFactory())
    wish = asked(cohort, person=person)
    assert decide(client_of(person), wish).status_code == 404


def test_a_person_takes_their_request_back_and_nobody_elses(client_of):
    wish = asked(CohortFactory())
    path = f"/requests/{wish.uuid}/take-back/"
    assert client_of(UserFactory()).post(path).status_code == 404
    client_of(wish.person).post(path)
    wish.refresh_from_db()
    assert wish.state == RequestState.WITHDRAWN


def test_who_wished_to_know_hears_of_a_cohort_of_their_region_once(client_of):
    course, person = make_course(), UserFactory()
    browser = client_of(person)
    assert "Сообщить, когда откроется набор" in browser.get(course.url).text
    browser.post(f"/courses/{course.pk}/request/")
    assert "Напишем вам" in browser.get(course.url).text
    CohortFactory(course=course, regions=[RegionFactory(code="RU-OMS", name="Омская область")])
    look_after_requests()
    assert letters_to(person) == []
    CohortFactory(course=course)
    for _ in range(2):
        look_after_requests()
    assert letters_to(person) == ["request_cohort_open"]
    assert EnrollmentRequest.objects.get().state == RequestState.TOLD


def test_a_full_cohort_is_no_news(client_of):
    course, person = make_course(), UserFactory()
    client_of(person).post(f"/courses/{course.pk}/request/")
    EnrollmentFactory(cohort=CohortFactory(course=course, capacity=1))
    look_after_requests()
    assert letters_to(person) == []


@pytest.mark.parametrize("state", [RequestState.PENDING, RequestState.WAITING])
def test_a_request_outlives_a_cohort_that_has_closed(state, client_of):
    wish = asked(CohortFactory(), state=state)
    Cohort.objects.update(enrollment_closes_at=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        look_after_requests()
    assert letters_to(wish.person) == ["request_enrolment_closed"]
    wish.refresh_from_db()
    assert (wish.cohort, wish.state) == (None, RequestState.WAITING)
    assert "Напишем вам, когда откроется набор" in client_of(wish.person).get(wish.course.url).text


@pytest.mark.parametrize("ending", ["txt", "html"])
@pytest.mark.parametrize("name", ["accepted", "place_freed", "declined", "cohort_open"])
def test_the_letters_are_russian_and_lead_to_the_course(name, ending):
    context = {
        "address": "Мария Петровна",
        "course": "Забота & слово",
        "cohort": "Поток 1",
        "link": "https://example.org/course/",
        "moment": "3 марта 2027 в 14:00 (МСК)",
        "reason": "Набор для отделения на дому.",
    }
    letter = render_to_string(f"mail/request_{name}.{ending}", context)
    assert letter.count("Здравствуйте, Мария Петровна!") == 1
    assert "https://example.org/course/" in letter
    assert ("Забота &amp; слово" if ending == "html" else "Забота & слово") in letter
    assert context["reason" if name == "declined" else "moment"] in letter


def test_a_place_that_came_from_the_region_settles_the_request():
    wish = asked(CohortFactory())
    enroll(learner=wish.person, cohort=wish.cohort, source="api")
    wish.refresh_from_db()
    assert wish.state == RequestState.ACCEPTED


def test_the_page_of_requests_asks_as_much_for_many_as_for_one(
    client_of, django_assert_max_num_queries
):
    cohort = CohortFactory()
    browser = client_of(coordinator_of(RegionFactory()))
    asked(cohort)
    browser.get("/requests/")
    for _ in range(5):
        asked(cohort)
    asked(CohortFactory(course=cohort.course))
    with django_assert_max_num_queries(14):
        assert browser.get("/requests/").status_code == 200
