"""A coordinator imports a sheet in the CMS; every step is a plain form."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from courses.models import Enrollment, PeopleImport
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.courses.cms.test_menu import names
from tests.courses.importing.making import csv_of, person, worked, xlsx_of
from tests.factories import CohortFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(db) -> User:
    user = UserFactory(email="region@example.org")
    grant_role(user=user, role=Role.COORDINATOR, region=RegionFactory())
    return user


def send(browser, content: bytes, cohort=None, *, name: str = "Люди.xlsx", **fields):
    form = {"file": SimpleUploadedFile(name, content), "mode": "upsert", **fields}
    if cohort:
        form["cohort"] = cohort.pk
    return browser.post("/cms/imports/", form)


def test_from_the_file_to_undoing(client_of, coordinator):
    cohort, browser = CohortFactory(), client_of(coordinator)
    answer = send(browser, xlsx_of([person(1), person(2, email="нет"), person(3)]), cohort)
    found = PeopleImport.objects.get()
    assert answer.url == f"/cms/imports/{found.uuid}/columns/"
    page = browser.get(answer.url).content.decode()
    assert "Табельный номер" in page
    chosen = {f"column{n}": field for n, field in enumerate(found.columns)}
    answer = browser.post(answer.url, chosen)
    address = answer.url
    assert 'role="status"' in browser.get(address).content.decode()
    worked(found)
    page = browser.get(address).content.decode()
    assert "Проверено 3 строки" in page
    assert "<strong>Почта:</strong> Это не адрес электронной почты." in page
    assert "Загрузить 2 человек" in page
    assert not Enrollment.objects.exists()
    browser.post(f"{address}confirm/")
    worked(found)
    assert Enrollment.objects.count() == 2
    assert Enrollment.objects.first().transitions.get().actor == coordinator
    sheet = load_workbook(BytesIO(browser.get(f"{address}errors.xlsx").content)).active
    assert [cell.value for cell in sheet[2]][:2] == ["1002", "Новиковав"]
    assert "Отменить загрузку" in browser.get(address).content.decode()
    browser.post(f"{address}undo/")
    worked(found)
    assert "изменения возвращены" in browser.get(address).content.decode()


def test_columns_are_the_persons_to_choose(client_of, coordinator):
    browser = client_of(coordinator)
    content = csv_of([["1", "Орлова", "Анна"]], headings=["A", "B", "C"])
    address = send(browser, content, name="a.csv").url
    refused = browser.post(address, {"column0": "", "column1": "family_name"})
    assert refused.status_code == 422
    assert "Нет столбца с номером человека" in refused.content.decode()
    fields = {"column0": "external_id", "column1": "family_name", "column2": "given_name"}
    assert browser.post(address, fields).status_code == 302
    assert worked(PeopleImport.objects.get()).counts == {"would_create": 1}


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"", "a.csv", "Файл пуст"),
        (b"%PDF", "a.xlsx", "Это не таблица"),
        (b"\xd0\xcf\x11\xe0\0", "a.xls", "старый формат Excel"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_do(client_of, coordinator, content, name, text):
    answer = send(client_of(coordinator), content, name=name)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not PeopleImport.objects.exists()


def test_many_withdrawals_ask_for_their_number(client_of, coordinator):
    cohort, browser = CohortFactory(), client_of(coordinator)
    for rows, mode in (([person(n) for n in range(13)], "upsert"), ([person(0)], "sync")):
        address = send(browser, csv_of(rows), cohort, name="a.csv", mode=mode).url
        found = PeopleImport.objects.get(uuid=address.split("/")[3])
        columns = {f"column{n}": field for n, field in enumerate(found.columns)}
        address = browser.post(address, columns).url
        worked(found)
        if mode == "upsert":
            browser.post(f"{address}confirm/")
            worked(found)
    assert "будут отчислены: 12" in browser.get(address).content.decode()
    browser.post(f"{address}confirm/", {"removals": "11"})
    assert worked(found).state == "checked"
    browser.post(f"{address}confirm/", {"removals": "12"})
    assert worked(found).state == "applied"


def test_withdrawing_needs_a_cohort(client_of, coordinator):
    answer = send(client_of(coordinator), csv_of([person(1)]), name="a.csv", mode="sync")
    assert "Выберите поток" in answer.content.decode()


def test_others_imports_are_not_there(client_of, coordinator):
    send(client_of(coordinator), csv_of([person(1)]), name="a.csv")
    found = PeopleImport.objects.get()
    stranger = UserFactory()
    grant_role(
        user=stranger, role=Role.COORDINATOR, region=RegionFactory(code="RU-OMS", name="Омск")
    )
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    addresses = ["", "columns/", "progress/", "errors.xlsx"]
    for user in (stranger, trainer):
        browser = client_of(user)
        for name in addresses:
            assert browser.get(f"/cms/imports/{found.uuid}/{name}").status_code == 404
        for name in ("confirm/", "cancel/", "undo/"):
            assert browser.post(f"/cms/imports/{found.uuid}/{name}").status_code == 404
    assert client_of(stranger).get("/cms/imports/").status_code == 200
    assert client_of(trainer).get("/cms/imports/").status_code == 302
    assert client_of(UserFactory()).get("/cms/imports/").status_code == 302
    administrator = User.objects.create_superuser("admin@example.org")
    assert client_of(administrator).get(f"/cms/imports/{found.uuid}/columns/").status_code == 200


def test_a_coordinator_sees_only_their_own_work_in_the_cms(rf, coordinator):
    reverse("wagtailadmin_home")  # the CMS fills its menu when its addresses are read
    assert names(rf, coordinator) == ["imports", "accesses", "reports"]
