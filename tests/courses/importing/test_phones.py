"""The column of telephones: any usual spelling, one in the register, and undone with the rest."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from courses.importing import columns, sheets
from courses.importing.imports import undo
from courses.importing.problems import text_of
from lms.people.models import User
from tests.courses.importing.making import (
    HEADINGS,
    applied,
    checked,
    csv_of,
    errors,
    ndjson_of,
    person,
    worked,
    xlsx_of,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
WITH_PHONE = [*HEADINGS, "Телефон"]


def phones() -> dict[str, str]:
    return dict(User.objects.exclude(external_ids=None).values_list("external_ids__value", "phone"))


def test_numbers_of_a_sheet_get_one_spelling(cohort):
    spelled = ["8 (912) 345-67-89", "+7 912 345-67-89", 89123456789, "'+79123456789", "", None]
    rows = [[*person(n), phone] for n, phone in enumerate(spelled)]
    done = applied(xlsx_of(rows, headings=WITH_PHONE), cohort=cohort, name="people.xlsx")
    assert done.counts == {"created": 6}
    kept = phones()
    assert [kept[str(1000 + n)] for n in range(6)] == ["+79123456789"] * 4 + ["", ""]
    again = applied(csv_of(rows[:2], headings=WITH_PHONE), cohort=cohort)
    assert again.counts == {"unchanged": 2}


@pytest.mark.parametrize("heading", ["Номер телефона", "phone", "Мобильный телефон"])
def test_the_column_is_recognised(heading):
    assert columns.guess(["id", heading]) == ["external_id", "phone"]


def test_a_number_that_is_none_is_told_and_the_others_do_not_wait(cohort):
    said = ["51-23-45", "=1+2", "нет", "+7 912", "89123456789, 89123456780"]
    rows = [[*person(n), phone] for n, phone in enumerate(said)]
    found = applied(csv_of([*rows, [*person(9), ""]], headings=WITH_PHONE), cohort=cohort)
    assert found.counts == {"created": 1, "rejected": 5}
    invalid, formula = [("phone-invalid", "phone")], [("formula-cell", "phone")]
    assert list(errors(found).values()) == [invalid, formula, invalid, invalid, invalid]
    assert "телефон" in text_of("phone-invalid", {})


def test_rejected_rows_come_back_with_the_number_and_are_read_again(cohort):
    row = [*person(1, given_name=""), "+7 912 345-67-89"]
    found = checked(csv_of([row], headings=WITH_PHONE), cohort=cohort)
    sheet = list(csv.reader(StringIO(sheets.errors_csv(found).lstrip("\ufeff")), delimiter=";"))
    assert sheet[1][5] == "'+79123456789"
    corrected = [*sheet[1][:2], "Ирина", *sheet[1][3:6]]
    applied(csv_of([corrected], headings=sheet[0][:6]), cohort=cohort)
    assert phones() == {"1001": "+79123456789"}


def test_undoing_gives_the_former_number_back_and_forgets_that_of_the_new(cohort):
    applied(csv_of([[*person(1), "8 912 345-67-01"]], headings=WITH_PHONE), cohort=cohort)
    rows = [[*person(1), "8 912 345-67-02"], [*person(2), "8 912 345-67-03"]]
    done = applied(csv_of(rows, headings=WITH_PHONE), cohort=cohort)
    assert phones() == {"1001": "+79123456702", "1002": "+79123456703"}
    User.objects.filter(external_ids__value="1002").update(metadata={"a": "1"})
    undo(done)
    worked(done)
    assert phones() == {"1001": "+79123456701"}
    assert not User.objects.filter(phone="+79123456703").exists()
    assert not User.objects.exclude(metadata={}).exists()


def test_one_who_has_signed_in_gets_the_number_from_the_region_too(cohort):
    someone = UserFactory(region=cohort.regions.first(), last_login="2026-01-01T00:00:00Z")
    someone.external_ids.create(region=someone.region, system="hr", value="1")
    line = {"external_id": "1", "phone": "89123456789"}
    applied(ndjson_of([line]), cohort=cohort, name="people.ndjson")
    assert phones() == {"1": "+79123456789"}
