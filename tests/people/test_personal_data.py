"""What is kept about a person can be taken along, erased, and made one of two entries."""

import json
import zipfile
from io import BytesIO

import pytest

from certificates.models import Certificate
from courses.enrolling import enroll, move
from courses.enrollment_states import EnrollmentState
from courses.models import Completion, Enrollment, ImportRow, LessonNote, PeopleImport
from courses.notes import save_note
from lms.api.events.models import Event
from lms.mail.models import Letter
from lms.people.erasing import PersonHasDuties, erase_person
from lms.people.merging import CannotMerge, merge_people
from lms.people.models import Consent, Erasure, ExternalId, Role, User
from lms.people.personal_data import export_person, unregistered
from lms.people.roles import grant_role
from tests.api.test_certificates import make_certificate
from tests.factories import (
    CohortFactory,
    RegionFactory,
    UserFactory,
    make_course,
    make_lesson,
    make_module,
)
from tests.webinars.factories import make_meeting
from webinars.models import ChatMessage, PracticumSeat, RoomEvent, Stream

pytestmark = pytest.mark.django_db

LIBRARIES = ("wagtail",)
"""Relations of the CMS's own tables: drafts and locks of those who edit."""


def test_every_model_that_points_at_people_says_what_it_keeps():
    """A room that adds one says so in its personal_data.py: what is given out, what is erased."""
    found = unregistered(User, Enrollment, PracticumSeat)
    assert [name for name in found if not name.startswith(LIBRARIES)] == []


@pytest.fixture
def learner(db):
    """Somebody who has left traces in every room."""
    person = UserFactory(family_name="Редкая", email="redkaya@example.org", position="соцработник")
    ExternalId.objects.create(region=person.region, system="hr", value="77", user=person)
    Consent.objects.create(user=person, purpose=Consent.Purpose.ANSWERS, wording="1")
    lesson = make_lesson(make_module(course := make_course()))
    cohort = CohortFactory(course=course)
    enrollment = enroll(learner=person, cohort=cohort, source="test").enrollment
    move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source="test", reason="Редкая просила")
    save_note(enrollment=enrollment, lesson=lesson, text="Мои слова", version=0)
    Completion.objects.create(enrollment=enrollment, activity=lesson, outcome="completed")
    make_certificate(enrollment)
    return person


def test_a_person_takes_everything_along(client_of, learner):
    browser = client_of(learner)
    page = browser.get("/my-data/")
    assert page.status_code == 200
    assert "Мои слова" in page.content.decode()
    archive = zipfile.ZipFile(BytesIO(browser.get("/my-data/download/").content))
    data = json.loads(archive.read("data.json"))
    sections = {section["key"]: section["rows"] for section in data["sections"]}
    assert sections["person"][0]["family_name"] == "Редкая"
    assert sections["people.ExternalId"][0]["value"] == "77"
    assert sections["courses.LessonNote"][0]["text"] == "Мои слова"
    assert sections["certificates.Certificate"][0]["number"].startswith("БК-")
    html = archive.read("data.html").decode()
    assert "Редкая Мария Петровна" in html
    assert "Личные заметки" in html
    (certificate,) = [name for name in archive.namelist() if name.startswith("files/")]
    assert archive.read(certificate).startswith(b"%PDF")


def test_nobody_sees_the_data_of_another(client, client_of, learner):
    other = client_of(UserFactory()).get("/my-data/").content.decode()
    assert "Редкая" not in other
    assert client.get("/my-data/download/").status_code == 302
    consent = learner.consents.get()
    assert (
        client_of(UserFactory()).post(f"/my-data/consents/{consent.pk}/withdraw/").status_code
        == 404
    )


def test_a_consent_can_be_withdrawn_and_stays_on_record(client_of, learner):
    consent = learner.consents.get()
    answer = client_of(learner).post(f"/my-data/consents/{consent.pk}/withdraw/", follow=True)
    assert "Согласие отозвано" in answer.content.decode()
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None


def test_after_an_erasure_the_name_is_nowhere_but_in_the_register(learner):
    completions = Completion.objects.count()
    record = erase_person(learner, source="test", reason="по заявлению")
    learner.refresh_from_db()
    assert (learner.get_full_name(), learner.email, learner.is_active) == ("", None, False)
    assert not ExternalId.objects.exists()
    assert not LessonNote.objects.exists()
    assert not Letter.objects.exists()
    assert Completion.objects.count() == completions
    assert Certificate.objects.get().snapshot["name"] == "Редкая Мария Петровна"
    shown = json.dumps(export_person(learner).as_json(), ensure_ascii=False)
    assert shown.count("Редкая") == 1
    outcomes = {line["kind"]: (line["rows"], line["outcome"]) for line in record.report}
    assert outcomes["people.ExternalId"] == (1, "delete")
    assert outcomes["courses.Completion"] == (1, "keep")
    assert outcomes["certificates.Certificate"] == (1, "register")
    assert outcomes["courses.EnrollmentTransition"][1] == "blank"
    assert "Редкая" not in json.dumps(record.report)


def test_rows_of_imports_forget_an_erased_person(learner):
    """Neither the number that the region gave them nor what its file said stays."""
    row = ImportRow.objects.create(
        people_import=PeopleImport.objects.create(file_name="a.csv", size_bytes=9),
        number=2,
        value="4711",
        said={"family_name": "Иванова"},
        before={"email": "old@example.org"},
        learner=learner,
        outcome="created",
    )
    assert "4711" in str(export_person(learner))
    erase_person(learner, source="test")
    row.refresh_from_db()
    assert (row.value, row.said, row.before) == ("", {}, {})


def test_an_erased_person_cannot_come_in(client, client_of, learner):
    browser = client_of(learner)
    erase_person(learner, source="test")
    assert browser.get("/learn/").status_code == 302


def test_erasing_again_changes_nothing(learner):
    first = erase_person(learner, source="test")
    assert erase_person(learner, source="again") == first
    assert Event.objects.filter(type="learner.erased").count() == 1


def test_words_said_in_live_rooms_go_and_the_log_keeps_its_numbers(learner):
    meeting = make_meeting()
    stream = Stream.objects.filter(room=meeting.room).first() or Stream.objects.create(
        room=meeting.room, kind="room"
    )
    message = ChatMessage.objects.create(
        room=meeting.room, author=learner, author_role="participant", text="Слова Редкой"
    )
    last = RoomEvent.objects.filter(stream=stream).count()
    data = {"m": str(message.uuid), "text": "Слова Редкой"}
    RoomEvent.objects.create(
        stream=stream, seq=last + 901, type="chat.message", actor=learner, data=data
    )
    quoted = {"m": "x", "text": "Согласна", "reply": {"m": str(message.uuid), "text": "Слова"}}
    RoomEvent.objects.create(
        stream=stream, seq=last + 902, type="chat.message", actor=meeting.trainer, data=quoted
    )
    erase_person(learner, source="test")
    assert "Слова" not in json.dumps(list(RoomEvent.objects.values_list("data", flat=True)))
    assert ChatMessage.objects.get().text == ""
    assert RoomEvent.objects.filter(stream=stream, seq__gt=900).count() == 2


def test_people_with_a_role_are_not_erased(learner):
    grant_role(user=learner, role=Role.COORDINATOR, region=learner.region)
    with pytest.raises(PersonHasDuties):
        erase_person(learner, source="test")
    learner.refresh_from_db()
    assert learner.family_name == "Редкая"


# --- merging ------------------------------------------------------------------------------------


def test_everything_of_the_duplicate_belongs_to_the_one_who_stays(learner):
    person = UserFactory(family_name="Редкая", email=None)
    record = merge_people(person=person, duplicate=learner, source="test")
    person.refresh_from_db()
    learner.refresh_from_db()
    assert (person.email, person.position) == ("redkaya@example.org", "соцработник")
    assert person.external_ids.get().value == "77"
    assert person.enrollments.get().certificates.count() == 1
    assert person.consents.count() == 1
    assert (learner.get_full_name(), learner.is_active) == ("", False)
    assert {line["kind"] for line in record.report} >= {"courses.Enrollment", "people.ExternalId"}
    assert merge_people(person=person, duplicate=learner, source="again") == record


@pytest.mark.parametrize(
    ("own", "theirs", "states"),
    [
        ("invited", "active", ["withdrawn", "active"]),
        ("active", "invited", ["withdrawn", "active"]),
        ("active", "active", ["withdrawn", "active"]),
        ("completed", "active", ["withdrawn", "completed"]),
        ("withdrawn", "completed", ["withdrawn", "completed"]),
        ("invited", "withdrawn", ["withdrawn", "invited"]),
    ],
)
def test_of_two_enrolments_in_a_cohort_the_farther_one_is_the_last_attempt(own, theirs, states):
    cohort = CohortFactory()
    person, duplicate = UserFactory(), UserFactory()
    for user, state in ((person, own), (duplicate, theirs)):
        enrollment = enroll(learner=user, cohort=cohort, source="test").enrollment
        if state in ("active", "completed"):
            move(enrollment=enrollment, to=EnrollmentState.ACTIVE, source="test")
        if state not in ("active", "invited"):
            move(enrollment=enrollment, to=EnrollmentState(state), source="test")
    merge_people(person=person, duplicate=duplicate, source="test")
    found = person.enrollments.order_by("attempt").values_list("attempt", "state")
    assert list(found) == list(enumerate(states, start=1))
    assert enroll(learner=person, cohort=cohort, source="test").outcome == "unchanged"


def test_entries_of_two_regions_and_of_people_with_roles_are_not_merged(learner):
    with pytest.raises(CannotMerge) as refused:
        merge_people(
            person=learner,
            duplicate=UserFactory(region=RegionFactory(code="RU-OMS", name="Омская область")),
            source="test",
        )
    assert refused.value.reason == "different-regions"
    with pytest.raises(CannotMerge):
        merge_people(person=learner, duplicate=learner, source="test")
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    with pytest.raises(PersonHasDuties):
        merge_people(person=learner, duplicate=trainer, source="test")
    erased = UserFactory()
    erase_person(erased, source="test")
    with pytest.raises(CannotMerge) as refused:
        merge_people(person=learner, duplicate=erased, source="test")
    assert refused.value.reason == "already-gone"


# --- in the CMS ---------------------------------------------------------------------------------


@pytest.fixture
def admin(client_of):
    return client_of(User.objects.create_superuser("admin@example.org"))


def test_an_administrator_finds_exports_and_erases(admin, learner):
    found = admin.get("/cms/personal-data/?q=редкая").content.decode()
    assert "redkaya@example.org" in found
    assert "redkaya" in admin.get("/cms/personal-data/?q=77").content.decode()
    page = f"/cms/personal-data/{learner.pk}/"
    assert "Сертификаты" in admin.get(page).content.decode()
    archive = zipfile.ZipFile(BytesIO(admin.get(f"{page}download/").content))
    assert "data.html" in archive.namelist()
    assert 'aria-invalid="true"' in admin.post(page, {"reason": "заявление"}).content.decode()
    assert not Erasure.objects.exists()
    report = admin.post(page, {"reason": "заявление № 34", "is_sure": "on"}, follow=True)
    text = report.content.decode()
    assert "заявление № 34" in text
    assert "закон" in text
    assert "Редкая" not in text
    assert "заявление № 34" in admin.get("/cms/personal-data/").content.decode()
    assert admin.get(page).status_code == 404


def test_an_administrator_merges_two_entries(admin, learner):
    person = UserFactory(family_name="Редкая", email=None)
    page = f"/cms/personal-data/{person.pk}/"
    assert "redkaya@example.org" in admin.get(page).content.decode()
    admin.post(page, {"merge": "1"})
    assert not hasattr(User.objects.get(pk=learner.pk), "merge")
    answer = admin.post(page, {"merge": "1", "duplicate": learner.pk}, follow=True)
    assert "redkaya@example.org" in answer.content.decode()
    assert User.objects.get(pk=learner.pk).merge.into == person


def test_only_administrators_get_in(client_of, learner):
    methodologist = UserFactory()
    grant_role(user=methodologist, role=Role.METHODOLOGIST)
    browser = client_of(methodologist)
    for path in ("", f"{learner.pk}/", f"{learner.pk}/download/", "erasures/1/"):
        assert browser.get(f"/cms/personal-data/{path}").status_code == 302
    browser.post(f"/cms/personal-data/{learner.pk}/", {"reason": "x", "is_sure": "on"})
    assert not Erasure.objects.exists()
