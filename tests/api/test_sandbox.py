"""The region to try the API in."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from courses.models import Enrollment, PeopleImport
from lms.api.models import ApiClient
from lms.api.sandbox import CODE
from lms.insights.scope import enrollments_for
from lms.mail.models import Letter
from lms.people.models import Region, Role, User
from lms.people.roles import grant_role
from tests.api.conftest import PERSON, Caller
from tests.api.test_certificates import make_certificate
from tests.api.test_imports import upload
from tests.courses.importing.making import csv_of, person, worked
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tester(db):
    CohortFactory()
    said = StringIO()
    call_command("make_sandbox", stdout=said)
    return Caller(ApiClient.objects.get(name="sandbox"), said.getvalue().strip())


def test_it_has_people_and_a_cohort_and_is_marked(tester):
    assert tester.get("/me").data["region"] == {
        "code": CODE,
        "name": "Песочница",
        "timezone": "Europe/Moscow",
        "is_sandbox": True,
    }
    assert len(tester.get("/learners").data["items"]) == 5
    assert len(tester.get("/enrolments").data["items"]) == 5
    call_command("make_sandbox", "--name", "another", stdout=StringIO())
    assert User.objects.filter(region__code=CODE).count() == 5


def test_nobody_in_it_gets_a_letter_or_stands_in_a_report(tester):
    cohort = Region.objects.get(code=CODE).cohorts.get()
    assert tester.enrol(cohort, "77").status_code == 201
    found = upload(tester, csv_of([person(1)]), cohort=str(cohort.uuid), dry_run="false")
    worked(PeopleImport.objects.get(uuid=found.data["id"]))
    assert User.objects.filter(region__code=CODE, is_synthetic=True).count() == 7
    assert not User.objects.filter(region__code=CODE, is_synthetic=False).exists()
    assert not Letter.objects.exists()
    admin = User.objects.create_superuser("admin@example.org")
    assert not enrollments_for(admin).exists()
    assert Enrollment.objects.count() == 7


def test_a_test_key_reaches_nothing_real(tester, caller):
    caller.enrol(CohortFactory(), "1", **PERSON)
    real = User.objects.get(email=PERSON["email"])
    assert tester.get(f"/learners/{real.uuid}").status_code == 404


# --- In the CMS ----------------------------------------------------------------------------------
KEY = re.compile(r"bk_[a-z0-9]{8}_[A-Za-z0-9]{40}")
PAGE = "/cms/sandbox/"


@pytest.fixture
def desk(client_of):
    return client_of(User.objects.create_superuser("admin@example.org"))


def test_an_administrator_makes_it_and_gives_out_a_key_that_is_shown_once(desk):
    CohortFactory()
    assert "Создать песочницу" in desk.get(PAGE).content.decode()
    desk.post(PAGE, {"make": "1"})
    assert User.objects.filter(region__code=CODE).count() == 5
    page = desk.post(PAGE, {"key": "1", "name": "Проба Томской области"})
    (key,) = set(KEY.findall(page.content.decode()))
    assert "no-store" in page.headers["Cache-Control"]
    later = desk.get(PAGE).content.decode()
    assert key not in later
    assert "Проба Томской области" in later
    client = ApiClient.objects.get()
    assert client.created_by == User.objects.get(email="admin@example.org")
    assert Caller(client, key).get("/me").data["region"]["code"] == CODE


def test_a_key_under_a_name_that_is_taken_is_refused(desk):
    CohortFactory()
    desk.post(PAGE, {"make": "1"})
    for _time in range(2):
        answer = desk.post(PAGE, {"key": "1", "name": "Проба"})
    assert answer.status_code == 422
    assert not KEY.search(answer.content.decode())
    assert ApiClient.objects.count() == 1
    assert desk.post(PAGE, {"key": "1", "name": " "}).status_code == 422
    assert desk.post(PAGE, {"key": "1", "name": "а" * 51}).status_code == 422


def test_without_a_course_it_says_what_to_do(desk):
    answer = desk.post(PAGE, {"make": "1"})
    assert "Сначала опубликуйте курс" in answer.content.decode()
    assert not Region.objects.filter(code=CODE).exists()


def test_it_is_set_back_to_its_beginning(desk, tester, omsk):
    cohort = Region.objects.get(code=CODE).cohorts.get()
    real = UserFactory(region=omsk)
    enrolled = tester.enrol(cohort, "77", organisation="Проба", email="test@example.org")
    tester.send("PUT", "/organisations/by-external-id/hr/1", {"name": "Проба"})
    found = upload(tester, csv_of([person(1)]), cohort=str(cohort.uuid), dry_run="false")
    worked(PeopleImport.objects.get(uuid=found.data["id"]))
    certificate = make_certificate(Enrollment.objects.get(uuid=enrolled.data["enrolment"]["id"]))
    answer = desk.post(PAGE, {"reset": "1"}, follow=True).content.decode()
    assert "Убрано пробных людей: 7" in answer
    assert len(tester.get("/learners").data["items"]) == 5
    assert len(tester.get("/enrolments").data["items"]) == 5
    assert len(tester.get("/cohorts").data["items"]) == 1
    for path in ("/certificates", "/imports", "/organisations", "/progress"):
        assert len(tester.get(path).data["items"]) == (5 if path == "/progress" else 0), path
    path = f"/certificates/{certificate.uuid}"
    assert tester.get(path).status_code == 404
    again = tester.enrol(
        Region.objects.get(code=CODE).cohorts.get(), "77", email="test@example.org"
    )
    assert (again.status_code, again.data["outcome"]) == (201, "created")
    real.refresh_from_db()
    assert real.is_active
    assert not enrollments_for(User.objects.get(email="admin@example.org")).filter(
        learner__is_synthetic=True
    )
    assert not Letter.objects.exists()
    desk.post(PAGE, {"reset": "1"})
    assert len(tester.get("/learners").data["items"]) == 5


def test_it_is_not_set_back_while_an_import_is_at_work(desk, tester):
    cohort = Region.objects.get(code=CODE).cohorts.get()
    upload(tester, csv_of([person(1)]), cohort=str(cohort.uuid))
    answer = desk.post(PAGE, {"reset": "1"}).content.decode()
    assert "Сейчас в песочнице идёт загрузка" in answer
    assert PeopleImport.objects.count() == 1


@pytest.mark.parametrize("role", [None, Role.METHODOLOGIST, Role.TRAINER])
def test_nobody_else_gets_to_the_sandbox(client_of, tester, role):
    someone = UserFactory()
    if role:
        grant_role(user=someone, role=role)
    for answer in (
        client_of(someone).get(PAGE),
        client_of(someone).post(PAGE, {"reset": "1"}),
        client_of(someone).post(PAGE, {"key": "1", "name": "Проба"}),
    ):
        assert answer.status_code == 302
    assert ApiClient.objects.count() == 1


def test_the_command_sets_it_back_too(tester):
    tester.enrol(Region.objects.get(code=CODE).cohorts.get(), "77")
    said = StringIO()
    call_command("make_sandbox", "--reset", stdout=said)
    assert said.getvalue().strip() == "People taken away: 6"
    assert len(tester.get("/learners").data["items"]) == 5
