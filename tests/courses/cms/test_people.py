"""The people of a cohort: who sees them, how far they are, letters, the spreadsheet."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from courses.cms.letters import write_to_people
from courses.cms.people_sheet import harmless
from courses.cohort_progress import people_of
from courses.ledger import record_completion
from courses.models import Cohort, Completion, Enrollment
from lms.jobs.models import Job
from lms.mail.letters import send_letter
from lms.mail.models import Letter
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
    make_lesson,
)

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=30)


@pytest.fixture
def cohort(studio):
    make_lesson(studio.module, "Второй урок")
    return CohortFactory(
        course=studio.course,
        trainers=[studio.trainer],
        starts_at=timezone.now() - LONG_AGO,
        title="Весна",
    )


def learner(name: str, **fields) -> User:
    return UserFactory(family_name=name, **fields)


def silent(cohort, name: str) -> Enrollment:
    enrollment = active_enrollment(cohort=cohort, learner=learner(name))
    Enrollment.objects.filter(pk=enrollment.pk).update(activated_at=timezone.now() - LONG_AGO)
    return enrollment


def address(name: str, cohort) -> str:
    return reverse(f"cms_{name}", args=[cohort.pk])


def shown(client, cohort, query: str = "") -> list[str]:
    page = client.get(address("cohort_people", cohort) + query)
    return [row.enrollment.learner.family_name for row in page.context["rows"]]


@pytest.mark.parametrize("name", ["cohort_people", "people_xlsx"])
def test_names_are_for_the_cohorts_trainers_and_content_staff(client_of, studio, cohort, name):
    EnrollmentFactory(cohort=cohort)
    coordinator = UserFactory()
    grant_role(user=coordinator, role=Role.COORDINATOR, region=RegionFactory())
    owner_elsewhere = studio.other
    answers = {
        studio.trainer: 200,
        studio.methodologist: 200,
        User.objects.create_superuser("root@example.org"): 200,
        owner_elsewhere: 404,
    }
    for user, status in answers.items():
        assert client_of(user).get(address(name, cohort)).status_code == status
    for user in (coordinator, cohort.enrollments.get().learner):
        assert client_of(user).get(address(name, cohort)).status_code in (302, 403, 404)
        assert client_of(user).post(address("cohort_letter", cohort)).status_code in (302, 403)


def test_an_owner_of_the_course_who_does_not_train_the_cohort_sees_no_names(client_of, studio):
    cohort = CohortFactory(course=studio.course, trainers=[studio.other])
    assert client_of(studio.trainer).get(address("cohort_people", cohort)).status_code == 404


def test_progress_is_shown_and_filtered(client_of, studio, cohort):
    fresh = active_enrollment(cohort=cohort, learner=learner("Бегунова"))
    record_completion(enrollment=fresh, activity=studio.lesson)
    silent(cohort, "Тихонова")
    EnrollmentFactory(cohort=cohort, learner=learner("Званова"))
    done = active_enrollment(cohort=cohort, learner=learner("Готовцева"))
    for lesson in studio.course.outline().activities:
        record_completion(enrollment=done, activity=lesson)
    client = client_of(studio.trainer)
    assert shown(client, cohort) == ["Бегунова", "Готовцева", "Званова", "Тихонова"]
    rows = {row.enrollment.learner.family_name: row for row in people_of(cohort)}
    assert (rows["Бегунова"].done, rows["Бегунова"].total) == (1, 2)
    assert rows["Бегунова"].step == "Второй урок"
    assert rows["Готовцева"].step == ""
    assert shown(client, cohort, "?group=silent") == ["Тихонова"]
    assert shown(client, cohort, "?group=not_begun") == ["Званова", "Тихонова"]
    assert shown(client, cohort, "?group=finished") == ["Готовцева"]
    assert shown(client, cohort, "?state=invited") == ["Званова"]
    assert len(shown(client, cohort, "?state=x&group=y")) == 4
    assert "1 из 2" in client.get(address("cohort_people", cohort)).content.decode()


def test_a_failed_attempt_is_no_progress_but_a_sign_of_life(studio, cohort):
    enrollment = silent(cohort, "Пробова")
    record_completion(
        enrollment=enrollment, activity=studio.lesson, outcome=Completion.Outcome.FAILED
    )
    [row] = people_of(cohort)
    assert (row.done, row.is_silent) == (0, False)


def test_nobody_is_silent_before_the_cohort_is_a_week_old(studio):
    cohort = CohortFactory(course=studio.course, starts_at=timezone.now() - timedelta(days=3))
    silent(cohort, "Рано")
    assert not people_of(cohort)[0].is_silent


def test_a_visit_ends_the_silence(cohort):
    enrollment = silent(cohort, "Зашла")
    Enrollment.objects.filter(pk=enrollment.pk).update(last_seen_at=timezone.now())
    [row] = people_of(cohort)
    assert (row.enrollment, row.is_silent) == (enrollment, False)
    assert row.last_seen > timezone.now() - timedelta(minutes=1)


def test_who_signs_in_but_does_not_come_to_the_course_is_silent(cohort):
    enrollment = silent(cohort, "Мимо")
    User.objects.filter(pk=enrollment.learner_id).update(last_login=timezone.now())
    assert people_of(cohort)[0].is_silent


def test_queries_do_not_grow_with_people(studio, cohort):
    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            people_of(Cohort.objects.select_related("course").get(pk=cohort.pk))
        return len(found)

    active_enrollment(cohort=cohort)
    counted()  # the course is read once and remembered
    few = counted()
    for _person in range(8):
        record_completion(enrollment=active_enrollment(cohort=cohort), activity=studio.lesson)
    assert counted() == few


# --- Letters ----------------------------------------------------------------------------------
def write(client, cohort, people, **fields):
    data = {
        "person": [person.pk for person in people],
        "send": "1",
        "subject": "Встреча\r\nперенесена",
        "text": "Жду вас <b>в среду</b>.\nОльга",
        "batch": str(uuid.uuid4()),
        **fields,
    }
    return client.post(address("cohort_letter", cohort), data)


def test_the_form_says_how_many_will_read_the_letter(client_of, studio, cohort):
    people = [silent(cohort, "Первая"), silent(cohort, "Вторая")]
    people.append(active_enrollment(cohort=cohort, learner=learner("Безадресная", email=None)))
    page = client_of(studio.trainer).post(
        address("cohort_letter", cohort), {"person": [person.pk for person in people]}
    )
    assert page.status_code == 200
    assert "Письмо получат 2 человека" in page.content.decode()
    assert "Безадресная" in page.content.decode()
    assert not Letter.objects.filter(template="cohort_message").exists()


def test_a_letter_goes_to_the_chosen_people_once(client_of, studio, cohort):
    chosen = silent(cohort, "Первая")
    silent(cohort, "Вторая")
    client, batch = client_of(studio.trainer), str(uuid.uuid4())
    for _pressed in range(2):
        answer = write(client, cohort, [chosen], batch=batch)
        assert answer.status_code == 302
    letter = Letter.objects.get(template="cohort_message")
    assert letter.recipient == chosen.learner
    assert letter.context["subject"] == "Встреча перенесена"


def test_the_letter_reads_well_and_shows_no_markup_of_the_trainer(studio, cohort, mailoutbox):
    chosen = silent(cohort, "Первая")
    write_to_people(
        cohort=cohort,
        enrollments=[chosen],
        sender=studio.trainer,
        subject="Встреча «завтра» & всегда",
        text="Жду вас <b>в среду</b>.\nДо встречи",
        batch=uuid.uuid4(),
    )
    letter = Letter.objects.get(template="cohort_message")
    send_letter(Job(payload={"letter": letter.pk}))
    sent = mailoutbox[-1]
    assert sent.subject == "Встреча «завтра» & всегда"
    assert "Жду вас <b>в среду</b>." in sent.body
    html = sent.alternatives[0][0]
    assert "&lt;b&gt;в среду&lt;/b&gt;.<br>" in html
    assert "курс «Свой курс» (Весна)" in html


@pytest.mark.parametrize("missing", ["subject", "text"])
def test_a_letter_without_words_is_not_sent_and_keeps_the_rest(client_of, studio, cohort, missing):
    answer = write(client_of(studio.trainer), cohort, [silent(cohort, "Первая")], **{missing: " "})
    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert not Letter.objects.filter(template="cohort_message").exists()


def test_people_of_other_cohorts_are_not_written_to(client_of, studio, cohort):
    stranger = silent(CohortFactory(course=studio.foreign), "Чужая")
    client = client_of(studio.trainer)
    assert write(client, cohort, [stranger]).status_code == 302
    assert client.post(address("cohort_letter", cohort), {"person": ["x", "9" * 40]}).status_code
    assert client_of(studio.other).post(address("cohort_letter", cohort)).status_code == 404
    assert not Letter.objects.filter(template="cohort_message").exists()


# --- The spreadsheet --------------------------------------------------------------------------
def test_the_sheet_has_numbers_times_with_their_zone_and_no_formulas(client_of, studio, cohort):
    enrollment = active_enrollment(
        cohort=cohort, learner=learner("=HYPERLINK(1)", given_name="А", patronymic="")
    )
    record_completion(enrollment=enrollment, activity=studio.lesson)
    answer = client_of(studio.trainer).get(address("people_xlsx", cohort))
    sheet = load_workbook(BytesIO(answer.content)).active
    headings, row = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert row[0] == "'=HYPERLINK(1) А"
    assert sheet["A2"].data_type == "s"
    assert row[4:6] == [1, 2]
    assert "(МСК)" in headings[6]
    done_at = timezone.localtime(enrollment.completions.get().at)
    assert row[6] == done_at.replace(tzinfo=None, microsecond=0)
    assert "no-store" in answer["Cache-Control"]


def test_the_sheet_holds_what_the_filters_show(client_of, studio, cohort):
    silent(cohort, "Тихонова")
    active_enrollment(cohort=cohort, learner=learner("Бегунова"))
    answer = client_of(studio.trainer).get(address("people_xlsx", cohort) + "?group=silent")
    names = [cell.value for cell in load_workbook(BytesIO(answer.content)).active["A"][1:]]
    assert len(names) == 1
    assert names[0].startswith("Тихонова")


@given(st.text())
def test_no_text_begins_a_formula(text):
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
