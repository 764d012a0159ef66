"""Importing a file through the API, as a region's system does."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from courses.models import Enrollment, PeopleImport
from lms.api.events.models import Event
from lms.api.scopes import ALL_SCOPES, Scope
from lms.people.models import User
from tests.courses.importing.making import csv_of, person, worked
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db


def upload(caller, content: bytes, *, name: str = "people.csv", headers=None, **fields):
    browser = Client(raise_request_exception=False)
    form = {"file": SimpleUploadedFile(name, content), **fields}
    headers = {"Authorization": f"Bearer {caller.key}", **(headers or {})}
    response = browser.post("/api/v1/imports", form, headers=headers)
    response.data = json.loads(response.content)
    return response


def checked_import(caller, content: bytes, **fields) -> str:
    response = upload(caller, content, **fields)
    assert response.status_code == 202, response.data
    worked(PeopleImport.objects.get(uuid=response.data["id"]))
    return f"/imports/{response.data['id']}"


def test_a_file_goes_the_whole_way(caller):
    cohort = CohortFactory()
    content = csv_of([person(1), person(2, email="broken"), person(3)])
    sent = upload(caller, content, cohort=str(cohort.uuid))
    assert (sent.status_code, sent.data["state"]) == (202, "checking")
    assert sent.headers["Location"] == f"/api/v1/imports/{sent.data['id']}"
    path = f"/imports/{sent.data['id']}"
    worked(PeopleImport.objects.get())
    checked = caller.get(path).data
    assert checked["state"] == "checked"
    assert checked["counts"] == {"would_create": 2, "rejected": 1}
    assert checked["progress"] == {"done": 3, "total": 3}
    assert checked["columns"][0] == {"heading": "Табельный номер", "field": "external_id"}
    (bad,) = caller.get(f"{path}/rows?outcome=rejected").data["items"]
    assert (bad["row"], bad["external_id"]) == (3, "1002")
    assert bad["errors"] == [
        {"code": "email-invalid", "field": "email", "message": bad["errors"][0]["message"]}
    ]
    assert not User.objects.exists()
    assert caller.send("POST", f"{path}/confirm", {}).status_code == 202
    worked(PeopleImport.objects.get())
    rows = caller.get(f"{path}/rows?limit=2").data
    more = caller.get(f"{path}/rows?cursor={rows['next_cursor']}").data
    answers = [*rows["items"], *more["items"]]
    assert [row["outcome"] for row in answers] == ["created", "rejected", "created"]
    found = Enrollment.objects.get(uuid=answers[0]["enrolment"])
    assert str(found.learner.uuid) == answers[0]["learner"]
    assert caller.send("POST", f"{path}/undo", {}).status_code == 202
    worked(PeopleImport.objects.get())
    assert caller.get(path).data["counts"] == {"rejected": 1, "undone": 2}


def test_an_import_may_apply_itself(caller):
    cohort = CohortFactory()
    path = checked_import(caller, csv_of([person(1)]), cohort=str(cohort.uuid), dry_run="false")
    assert caller.get(path).data["state"] == "applied"
    assert Enrollment.objects.get().transitions.get().source == caller.client.source


def test_many_withdrawals_must_be_repeated(caller):
    cohort = str(CohortFactory().uuid)
    people = [person(n) for n in range(13)]
    checked_import(caller, csv_of(people), cohort=cohort, dry_run="false")
    path = checked_import(caller, csv_of(people[:1]), cohort=cohort, mode="sync")
    refused = caller.send("POST", f"{path}/confirm", {})
    assert (refused.status_code, refused.data["code"]) == (409, "removals-not-confirmed")
    assert refused.data["removals"] == caller.get(path).data["removals"] == 12
    assert caller.send("POST", f"{path}/confirm", {"removals": 12}).status_code == 202


def test_a_file_that_cannot_be_read_says_why(caller):
    refused = upload(caller, b"%PDF-1.7", name="people.xlsx")
    assert (refused.status_code, refused.data["code"]) == (422, "file-unreadable")
    assert refused.data["reason"] == "not-a-table"
    assert "XLSX" in refused.data["detail"]
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"system": "кадры"}, "/system"),
        ({"mode": "sync"}, "/cohort"),
        ({"mode": "delete"}, "/mode"),
        ({"max_removals": "1"}, "/max_removals"),
        ({"columns": "[1]"}, "/columns"),
        ({"region": "RU-OMS"}, "/region"),
        ({"cohort": "1"}, "/cohort"),
        ({"dry": "true"}, "/dry"),
    ],
    ids=str,
)
def test_a_part_that_does_not_fit_is_named(caller, omsk, fields, pointer):
    refused = upload(caller, csv_of([person(1)]), **fields)
    assert refused.status_code == 422
    assert refused.data["errors"][0]["pointer"] == pointer


def test_columns_may_be_named(caller):
    content = csv_of([["1", "Орлова", "Анна"]], headings=["A", "B", "C"])
    wanted = {"A": "external_id", "B": "family_name", "C": "given_name"}
    path = checked_import(caller, content, columns=json.dumps(wanted))
    assert caller.get(path).data["counts"] == {"would_create": 1}


def test_another_regions_cohort_and_imports_are_not_there(caller, caller_of, omsk):
    cohort = CohortFactory(regions=[omsk])
    refused = upload(caller, csv_of([person(1)]), cohort=str(cohort.uuid))
    assert (refused.status_code, refused.data["code"]) == (404, "cohort-not-found")
    path = checked_import(caller_of(omsk), csv_of([person(1)]), cohort=str(cohort.uuid))
    assert caller.get("/imports").data["items"] == []
    for address in (path, f"{path}/rows", f"{path}/errors.csv"):
        assert caller.get(address).status_code == 404
    for step in ("confirm", "cancel", "undo"):
        assert caller.send("POST", f"{path}/{step}", {}).status_code == 404
    assert PeopleImport.objects.get().state == "checked"


def test_the_sheet_of_errors_can_be_corrected_and_is_no_trap(caller, caller_of, tomsk):
    path = checked_import(caller, csv_of([person(1, family_name="=1+1")]))
    sheet = caller.get(f"{path}/errors.csv").content.decode("utf-8-sig")
    heading, row = sheet.splitlines()
    assert heading.startswith("Табельный номер;Фамилия;")
    assert row.startswith("1001;'=1+1;Ирина;")
    plain = caller_of(tomsk, scopes=[s for s in ALL_SCOPES if s != Scope.LEARNERS_PII])
    assert "Ирина" not in plain.get(f"{path}/errors.csv").content.decode()


def test_pages_of_rows_take_a_constant_number_of_queries(caller, django_assert_num_queries):
    path = checked_import(caller, csv_of([person(n) for n in range(30)]))
    caller.get("/me")
    with django_assert_num_queries(4):
        caller.get(f"{path}/rows?limit=5")
    with django_assert_num_queries(4):
        caller.get(f"{path}/rows?limit=30")


def test_the_feed_tells_of_everyone_and_hints_once(caller):
    cohort = CohortFactory()
    path = checked_import(caller, csv_of([person(1), person(2)]), cohort=str(cohort.uuid))
    caller.send("POST", f"{path}/confirm", {})
    worked(PeopleImport.objects.get())
    told = list(Event.objects.order_by("pk").values_list("type", "is_quiet"))
    assert sorted(told) == [
        ("enrolment.created", True),
        ("enrolment.created", True),
        ("import.finished", False),
        ("learner.created", True),
        ("learner.created", True),
    ]
    assert set(Event.objects.values_list("region__code", flat=True)) == {"RU-TOM"}
