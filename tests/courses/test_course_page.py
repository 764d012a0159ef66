"""The page of a course: one action by what has happened, its dates, people and conditions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.ledger import record_completion
from courses.models import Cohort, EnrollmentRequest, RequestState, TrainerProfile
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    make_course,
    make_lesson,
    make_module,
)
from tests.webinars.factories import make_meeting

pytestmark = pytest.mark.django_db

FULL_NAME = {"family_name": "Светлова", "given_name": "Ольга", "patronymic": "Николаевна"}


def actions(page: str) -> list[str]:
    """The words of the main buttons and links of the card at the top."""
    card = page.split("card--next", 1)[1].split("<h2", 1)[0]
    found = re.findall(r'class="button"[^>]*>(.*?)</(?:a|button)>', card, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", words).strip() for words in found]


def page_of(client_of, person, course) -> str:
    answer = client_of(person).get(course.url)
    assert answer.status_code == 200
    return answer.text


def picture() -> Image:
    return Image.objects.create(
        title="Портрет", file=ImageFile(get_test_image_file(), name="portrait.png")
    )


def test_one_action_follows_the_state_from_asking_to_the_certificate(client, client_of):
    module = make_module(make_course())
    first, second = make_lesson(module, "Пауза"), make_lesson(module, "Вопрос")
    course = first.course()
    cohort, person = CohortFactory(course=course), UserFactory()
    assert actions(client.get(course.url).text) == ["Войти и записаться"]
    assert actions(page_of(client_of, person, course)) == ["Записаться"]
    client_of(person).post(f"/courses/{course.pk}/request/", {"cohort": cohort.pk})
    page = page_of(client_of, person, course)
    assert "Заявка на рассмотрении" in page
    assert actions(page) == []
    EnrollmentRequest.objects.all().delete()
    enrollment = active_enrollment(cohort=cohort, learner=person)
    assert actions(page_of(client_of, person, course)) == ["Начать"]
    record_completion(enrollment=enrollment, activity=first)
    assert actions(page_of(client_of, person, course)) == ["Продолжить: Вопрос"]
    record_completion(enrollment=enrollment, activity=second)
    assert actions(page_of(client_of, person, course)) == ["К сертификату"]


def test_who_has_left_may_ask_to_come_back(client_of):
    enrollment = active_enrollment()
    move(enrollment=enrollment, to=EnrollmentState.WITHDRAWN, source="test")
    assert actions(page_of(client_of, enrollment.learner, enrollment.cohort.course)) == [
        "Записаться"
    ]


def test_places_left_are_said_in_words(client_of):
    cohort = CohortFactory(capacity=3)
    EnrollmentFactory(cohort=cohort)
    person = UserFactory()
    assert "Осталось 2 места." in page_of(client_of, person, cohort.course)
    Cohort.objects.update(capacity=1)
    page = page_of(client_of, person, cohort.course)
    assert "Мест не осталось" in page
    assert actions(page) == ["Встать в лист ожидания"]


def test_of_several_cohorts_one_chooses(client_of):
    cohort, person = CohortFactory(title="Весенний"), UserFactory()
    CohortFactory(title="Летний", course=cohort.course)
    page = page_of(client_of, person, cohort.course)
    assert page.count('type="radio"') == 2
    assert actions(page) == ["Записаться"]


def test_cohorts_of_other_regions_are_not_offered(client_of):
    other = RegionFactory(code="RU-OMS", name="Омская область")
    cohort = CohortFactory(title="Омский поток", regions=[other])
    page = page_of(client_of, UserFactory(), cohort.course)
    assert "Омский поток" not in page
    assert actions(page) == ["Сообщить, когда откроется набор"]


def test_a_closed_enrolment_says_since_when_with_the_zone(client_of):
    cohort = CohortFactory(enrollment_closes_at=timezone.now() - timedelta(days=2))
    page = page_of(client_of, UserFactory(), cohort.course)
    assert "закрылся" in page
    assert "МСК" in page
    assert actions(page) == ["Сообщить, когда откроется набор"]


def test_who_has_no_region_is_told_whom_to_ask(client_of):
    cohort = CohortFactory(regions=[])
    page = page_of(client_of, UserFactory(region=None), cohort.course)
    assert "ваш регион нам пока не известен" in page


def test_a_person_stops_wishing_to_be_told(client_of):
    course, person = make_course(), UserFactory()
    browser = client_of(person)
    browser.post(f"/courses/{course.pk}/request/")
    assert "Не сообщать" in browser.get(course.url).text
    wish = EnrollmentRequest.objects.get()
    browser.post(f"/requests/{wish.uuid}/take-back/")
    wish.refresh_from_db()
    assert wish.state == RequestState.WITHDRAWN


def test_the_dates_of_ones_cohort_stand_on_the_page_with_sessions_and_modules(client_of):
    meeting = make_meeting()
    course = meeting.session.webinar.course()
    make_lesson(make_module(course, "Острый момент"), opens_after_days=5)
    person = meeting.learners[0]
    page = page_of(client_of, person, course)
    dates = page.split('class="timetable"')[1].split("</ul>")[0]
    assert meeting.session.webinar.title in dates
    assert "Открывается модуль «Острый момент»" in dates
    assert f"/calendar/event/{meeting.room.uuid}.ics" in dates
    assert "МСК" in dates


def test_who_does_not_study_sees_the_dates_without_entries_for_a_calendar(client, client_of):
    cohort = CohortFactory()
    page = page_of(client_of, UserFactory(), cohort.course)
    assert 'class="timetable"' in page
    assert ".ics" not in page
    assert 'class="timetable"' not in client.get(cohort.course.url).text


def test_the_trainers_of_ones_cohort_are_named_with_their_faces(client_of):
    trainer = UserFactory(**FULL_NAME)
    cohort = CohortFactory(trainers=[trainer])
    TrainerProfile.objects.create(
        user=trainer, photo=picture(), photo_alt="Ольга улыбается", about="Двадцать лет на приёме."
    )
    page = page_of(client_of, UserFactory(), cohort.course)
    assert "Светлова Ольга Николаевна" in page
    assert 'alt="Ольга улыбается"' in page
    assert "Двадцать лет на приёме." in page


def test_the_world_learns_a_trainers_name_only_from_a_profile(client, client_of):
    trainer = UserFactory(**FULL_NAME)
    cohort = CohortFactory(trainers=[trainer])
    assert "Светлова" in page_of(client_of, UserFactory(), cohort.course)
    assert "Светлова" not in client.get(cohort.course.url).text
    TrainerProfile.objects.create(user=trainer)
    assert "Светлова" in client.get(cohort.course.url).text


def test_a_photo_is_described():
    profile = TrainerProfile(user=UserFactory(), photo=picture())
    with pytest.raises(ValidationError, match="Опишите фотографию"):
        profile.full_clean()


def test_content_staff_edit_profiles_in_the_cms_and_trainers_do_not(client_of):
    staff, trainer = UserFactory(), UserFactory(**FULL_NAME)
    grant_role(user=staff, role=Role.METHODOLOGIST)
    grant_role(user=trainer, role=Role.TRAINER)
    path = "/cms/trainer-profiles/new/"
    browser = client_of(staff)
    assert "Светлова" in browser.get(path).text
    assert client_of(trainer).get(path).status_code == 302
    browser.post(path, {"user": trainer.pk, "photo": "", "photo_alt": "", "about": "О себе"})
    assert TrainerProfile.objects.get().about == "О себе"


def test_the_document_says_what_it_takes(client):
    course = make_course(document="Сертификат участника", workload="2 часа в неделю", hours=6)
    module = make_module(course)
    for number in range(3):
        make_lesson(module, f"Урок {number}")
    make_lesson(module, "По желанию", is_required=False)
    page = client.get(course.url).text
    assert "пройдите 3 обязательных шага" in page
    assert "6 часов · 2 часа в неделю" in page
    assert "Микрофон — по желанию" in page


def test_the_page_asks_as_much_of_the_database_for_many_as_for_few(client_of):
    course = make_course()
    person = UserFactory()

    def queries() -> int:
        browser = client_of(person)
        with CaptureQueriesContext(
            connection,
        ) as found:
            browser.get(course.url)
        return len(found)

    def grow(count: int) -> None:
        for _ in range(count):
            trainer = UserFactory()
            TrainerProfile.objects.create(user=trainer, about="О себе")
            make_lesson(make_module(course), opens_after_days=2)
            cohort = CohortFactory(course=course, trainers=[trainer], capacity=5)
            EnrollmentFactory(cohort=cohort)
        first = course.cohorts.first()
        first.trainers.set(TrainerProfile.objects.values_list("user", flat=True))

    grow(2)
    queries()
    few = queries()
    grow(3)
    queries()  # what is remembered of the course is read again after the change
    assert queries() == few
