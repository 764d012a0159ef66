"""The empty sheet that people are written into: opened, filled in and imported as it came."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from courses.models import Enrollment, PeopleImport
from lms.people.models import ExternalId, Organisation, Role, User
from lms.people.roles import grant_role
from tests.api.test_imports import upload
from tests.courses.importing.making import worked
from tests.factories import CohortFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADINGS = [
    "Табельный номер",
    "Фамилия",
    "Имя",
    "Отчество",
    "Почта",
    "Телефон",
    "Должность",
    "Организация",
    "Язык",
    "Код региона",
]
PEOPLE = [
    [
        101,
        "Иванова",
        "Мария",
        "Петровна",
        "ivanova@example.org",
        "8 (912) 345-67-89",
        "Психолог",
        "Центр «Забота»",
        "ru",
    ],
    ["0102", "Орлов", "Пётр", None, None, None, None, "Центр «Забота»"],
    ["Ц-103", "Ким-Сафина", "Гузель", "Маратовна", "KIM@example.org", None, "Юрист", None],
]


@pytest.fixture
def coordinator(db) -> User:
    person = UserFactory(email="region@example.org")
    grant_role(user=person, role=Role.COORDINATOR, region=RegionFactory())
    return person


def filled_in(content: bytes) -> bytes:
    """People below the headings, by the program that coordinators use, as far as it matters."""
    book = load_workbook(BytesIO(content))
    for person in PEOPLE:
        book.worksheets[0].append(person)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def read_back(people_import: PeopleImport) -> None:
    """Every row was accepted, and stands in the register as it was written."""
    assert people_import.counts == {"created": 3}
    assert Enrollment.objects.count() == 3
    known = {one.value: one.user for one in ExternalId.objects.select_related("user")}
    assert set(known) == {"101", "0102", "Ц-103"}
    first, second, third = known["101"], known["0102"], known["Ц-103"]
    assert first.get_full_name() == "Иванова Мария Петровна"
    assert (first.email, first.position) == ("ivanova@example.org", "Психолог")
    assert first.phone == "+79123456789"
    assert (second.email, second.patronymic, second.position) == (None, "", "")
    assert (third.email, third.organisation) == ("kim@example.org", None)
    assert first.organisation == second.organisation == Organisation.objects.get()


def test_the_workbook_has_headings_and_explains_each_of_them(client):
    book = load_workbook(BytesIO(client.get("/developers/spreadsheet.xlsx").content))
    people, columns, _regions = book.worksheets
    assert [[cell.value for cell in row] for row in people.iter_rows()] == [HEADINGS]
    assert people.freeze_panes == "A2"
    assert all(cell.font.bold for cell in people[1])
    explained = list(columns.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in explained[: len(HEADINGS)]] == HEADINGS
    assert all(text and example for _heading, text, example, *_needed in explained)
    assert [row[0] for row in explained if row[3]] == ["Табельный номер"]


def test_cells_take_only_what_can_be_imported(client):
    """As the program that coordinators use reads it: lists, lengths, a hint, and text formats."""
    region = RegionFactory()
    RegionFactory(code="RU-TST", name="Песочница", is_sandbox=True)
    book = load_workbook(BytesIO(client.get("/developers/spreadsheet.xlsx").content))
    people, _columns, codes = book.worksheets
    rules = {
        people[str(rule.sqref).split(":")[0][:-1] + "1"].value: rule
        for rule in people.data_validations.dataValidation
    }
    assert list(rules) == HEADINGS
    assert {str(rule.sqref)[-5:] for rule in rules.values()} == {"50001"}
    assert all(rule.showErrorMessage and rule.error and rule.prompt for rule in rules.values())
    assert (rules["Язык"].type, rules["Язык"].formula1) == ("list", '"ru,en"')
    listed = list(codes.iter_rows(min_row=2, values_only=True))
    assert (region.code, region.name) in listed
    assert "RU-TST" not in dict(listed)
    place = f"'Регионы'!$A$2:$A${len(listed) + 1}"
    assert (rules["Код региона"].type, rules["Код региона"].formula1) == ("list", place)
    lengths = {
        heading: int(rule.formula1)
        for heading, rule in rules.items()
        if (rule.type, rule.operator) == ("textLength", "lessThanOrEqual")
    }
    assert lengths == {
        "Табельный номер": 120,
        "Фамилия": 100,
        "Имя": 100,
        "Отчество": 100,
        "Телефон": 40,
        "Должность": 150,
        "Организация": 250,
    }
    assert (rules["Почта"].type, rules["Почта"].errorStyle) == ("custom", "warning")
    assert {people.column_dimensions[cell.column_letter].number_format for cell in people[1]} == {
        "@"
    }


def test_the_examples_beside_the_columns_can_be_imported_themselves(caller, client):
    """Whoever copies the example into the sheet is not told that it is wrong."""
    book = load_workbook(BytesIO(client.get("/developers/spreadsheet.xlsx").content))
    people, columns, _regions = book.worksheets
    examples = {row[0]: row[2] for row in columns.iter_rows(min_row=2, values_only=True)}
    people.append([examples[heading] for heading in HEADINGS])
    file = BytesIO()
    book.save(file)
    cohort = str(CohortFactory().uuid)
    found = upload(caller, file.getvalue(), name="people.xlsx", cohort=cohort, dry_run="false")
    assert worked(PeopleImport.objects.get(uuid=found.data["id"])).counts == {"created": 1}


def test_a_coordinator_fills_it_in_and_imports_it(client_of, coordinator):
    cohort, browser = CohortFactory(), client_of(coordinator)
    empty = browser.get("/cms/imports/template.xlsx").content
    assert load_workbook(BytesIO(empty)).sheetnames == ["Люди", "Столбцы", "Регионы"]
    form = {
        "file": SimpleUploadedFile("people.xlsx", filled_in(empty)),
        "cohort": cohort.pk,
        "mode": "upsert",
    }
    columns = browser.post("/cms/imports/", form).url
    found = PeopleImport.objects.get()
    assert found.headings == HEADINGS
    assert "" not in found.columns, "every heading of ours is recognised"
    address = browser.post(columns, {f"column{n}": f for n, f in enumerate(found.columns)}).url
    assert worked(found).counts == {"would_create": 3}
    browser.post(f"{address}confirm/")
    read_back(worked(found))


def test_a_system_sends_it_through_the_api(caller, client):
    content = filled_in(client.get("/developers/spreadsheet.xlsx").content)
    cohort = str(CohortFactory().uuid)
    found = upload(caller, content, name="people.xlsx", cohort=cohort, dry_run="false")
    read_back(worked(PeopleImport.objects.get(uuid=found.data["id"])))
    again = upload(caller, content, name="people.xlsx", cohort=cohort, dry_run="false")
    assert worked(PeopleImport.objects.get(uuid=again.data["id"])).counts == {"unchanged": 3}


def test_the_csv_is_filled_in_and_imported_just_so(caller, client):
    text = client.get("/developers/spreadsheet.csv").content.decode("utf-8-sig")
    assert next(csv.reader(StringIO(text), delimiter=";")) == HEADINGS
    file = StringIO(text)
    file.seek(0, 2)
    csv.writer(file, delimiter=";").writerows(PEOPLE)
    for encoding in ("utf-8-sig", "cp1251"):
        content = file.getvalue().encode(encoding)
        found = upload(caller, content, cohort=str(CohortFactory().uuid), dry_run="true")
        done = worked(PeopleImport.objects.get(uuid=found.data["id"]))
        assert done.counts == {"would_create": 3}
