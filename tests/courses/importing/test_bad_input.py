"""What bad input gets: a typed answer for the row or the file, and the good rows kept."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.base import ContentFile

from courses.importing import checking, columns, files, problems
from courses.importing.files import UnreadableFile, kind_of, open_table
from courses.importing.imports import CohortNotOpen, begin_import
from courses.models import ImportState, PeopleImport
from lms.people.models import ExternalId, User
from tests.courses.importing.making import (
    HEADINGS,
    applied,
    checked,
    csv_of,
    errors,
    ndjson_of,
    person,
    xlsx_of,
)
from tests.factories import CohortFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db
HEADINGS_2 = [*HEADINGS, "Регион", "Поток", "Часовой пояс", "Язык", "role", "status"]

ROWS = [
    ({"external_id": ""}, "id-missing", "external_id"),
    ({"external_id": "112-233-445 95"}, "snils-refused", "external_id"),
    ({"external_id": "9" * 121}, "too-long", "external_id"),
    ({"family_name": ""}, "required", "family_name"),
    ({"family_name": "Я" * 101}, "too-long", "family_name"),
    ({"family_name": '=HYPERLINK("http://x.example";"да")'}, "formula-cell", "family_name"),
    ({"family_name": "@SUM(1)"}, "formula-cell", "family_name"),
    ({"family_name": "-2+3"}, "formula-cell", "family_name"),
    ({"family_name": "#N/A"}, "cell-error", "family_name"),
    ({"given_name": "Ири\nна"}, "control-characters", "given_name"),
    ({"given_name": "Ири\x07на"}, "control-characters", "given_name"),
    ({"email": "не адрес"}, "email-invalid", "email"),
    ({"email": "a@b@example.org"}, "email-invalid", "email"),
    ({"email": "taken@example.org"}, "email-taken", "email"),
    ({"email": "p0@example.org"}, "email-repeats", "email"),
    ({"external_id": "1000", "email": ""}, "row-repeats", "external_id"),
    ({"region": "RU-XXX"}, "region-unknown", "region"),
    ({"region": "RU-OMS"}, "region-not-yours", "region"),
    ({"cohort": "Нет такого"}, "cohort-unknown", "cohort"),
    ({"cohort": "6f1d0c1e-5a4b-4c7e-9a53-2f0f4f4b7c11"}, "cohort-unknown", "cohort"),
    ({"cohort": "Чужой поток"}, "cohort-unknown", "cohort"),
    ({"cohort": "Другой поток"}, "cohort-not-of-this-import", "cohort"),
    ({"timezone": "Europe/Tomsk"}, "timezone-unknown", "timezone"),
    ({"locale": "tt"}, "locale-unknown", "locale"),
    ({"role": "teacher"}, "role-unknown", "role"),
    ({"status": "maybe"}, "status-unknown", "status"),
    ({"status": "tobedeleted"}, "removal-needs-sync", "status"),
    ({"more": "лишнее"}, "too-many-cells", ""),
]
EMPTY = dict.fromkeys(("region", "cohort", "timezone", "locale", "role", "status"), "")


def test_rows_that_do_not_fit_are_told_and_the_others_are_taken(cohort):
    omsk = RegionFactory(code="RU-OMS", name="Омская область")
    CohortFactory(course=cohort.course, title="Чужой поток", regions=[omsk])
    CohortFactory(course=cohort.course, title="Другой поток")
    UserFactory(email="taken@example.org")
    bad = [
        person(100 + n, **(EMPTY | {"given_name": f"Анна {n}"} | changes))
        for n, (changes, _code, _field) in enumerate(ROWS)
    ]
    done = applied(csv_of([person(0), *bad, person(2)], headings=HEADINGS_2), cohort=cohort)
    assert [error for (error,) in errors(done).values()] == [
        (code, field) for _changes, code, field in ROWS
    ]
    assert done.counts == {"created": 2, "rejected": len(ROWS)}
    assert set(ExternalId.objects.values_list("value", flat=True)) == {"1000", "1002"}
    for row in done.rows.filter(outcome="rejected"):
        (error,) = row.errors
        text = problems.text_of(error["code"], error["params"])
        assert text != error["code"]
        assert "%(" not in text


def test_an_address_of_a_person_of_the_region_offers_the_match(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    found = checked(csv_of([person(2, email="p1@example.org")]), cohort=cohort)
    (error,) = found.rows.get().errors
    assert (error["code"], error["params"]) == ("email-of-another-id", {"value": "1001"})


def test_a_snils_is_kept_nowhere(cohort):
    done = applied(csv_of([person(1, external_id="112-233-445 95")]), cohort=cohort)
    row = done.rows.get()
    assert "112" not in f"{row.value}{row.said}{row.errors}"


def test_somebody_whose_account_is_closed_stays_out(cohort):
    applied(csv_of([person(1)]), cohort=cohort)
    User.objects.update(is_active=False)
    assert errors(checked(csv_of([person(1)]), cohort=cohort)) == {2: [("person-blocked", "")]}


def test_a_formula_in_a_workbook_is_never_taken_for_a_value(cohort):
    rows = [["1001", '="Ново"&"сёлова"', "Ирина", "", ""], person(2)]
    done = applied(xlsx_of(rows), cohort=cohort, name="people.xlsx")
    assert errors(done) == {2: [("formula-cell", "family_name")]}
    assert done.counts == {"created": 1, "rejected": 1}


LINES = [
    (b"{", "broken-line"),
    (b"[]", "broken-line"),
    (b"[" * 50_000, "broken-line"),
    (b'{"external_id": "1", "telephon": "7"}', "unknown-field"),
    (b'{"external_id": ["1"], "family_name": "A", "given_name": "B"}', "not-text"),
    (b'{"external_id": 1.5, "family_name": "A", "given_name": "B"}', "not-text"),
    (b'{"external_id": true, "family_name": "A", "given_name": "B"}', "not-text"),
    (b'{"external_id": "1", "family_name": "\\ud83d", "given_name": "B"}', "control-characters"),
]


def test_lines_of_ndjson_that_do_not_fit_are_told(cohort):
    good = ndjson_of([{"external_id": "5", "family_name": "Орлова", "given_name": "Анна"}])
    lines = [good, *(line for line, _code in LINES)]
    done = applied(b"\n".join(lines), cohort=cohort, name="people.ndjson")
    assert done.counts == {"created": 1, "rejected": len(LINES)}
    assert [found[0][0] for found in errors(done).values()] == [code for _line, code in LINES]


def _archive(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


FILES = [
    (b"", "people.csv", "empty-file"),
    (b"  \n ", "people.csv", "empty-file"),
    (b"%PDF-1.7 ...", "people.csv", "not-a-table"),
    (b"\x89PNG\r\n", "people.xlsx", "not-a-table"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "people.xls", "old-excel"),
    (b"<html><table>", "people.xls", "markup"),
    (b'[{"external_id": 1}]', "people.ndjson", "json-array"),
    (_archive(word__document_xml=b"<x/>"), "people.xlsx", "not-a-table"),
    (b"PK\x03\x04 broken", "people.xlsx", "broken-workbook"),
    (_archive(xl__workbook_xml=b"<x"), "people.xlsx", "broken-workbook"),
    (csv_of([person(1)]), "people.xlsx", "not-what-it-says"),
    (xlsx_of([person(1)]), "people.csv", "not-what-it-says"),
    (csv_of([person(1)], encoding="cp866"), "people.csv", "unknown-encoding"),
    (csv_of([person(1)], headings=["Имя", "Фамилия", "a", "b", "c"]), "x.csv", "no-id-column"),
]


def read_headings(path):
    with path.open("rb") as file:
        table = open_table(path, kind_of(file, name=path.name), fields=list(columns.FIELDS))
        columns.check(columns.guess(table.headings))


@pytest.mark.parametrize(("content", "name", "code"), FILES, ids=lambda value: str(value)[:24])
def test_a_file_that_is_not_what_it_should_be_is_known_at_once(tmp_path, content, name, code):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        read_headings(path)
    assert refused.value.code == code
    assert "%(" not in problems.text_of(code, refused.value.params)


def test_a_refused_file_leaves_nothing_behind(cohort):
    with pytest.raises(UnreadableFile):
        checked(csv_of([person(1)], headings=["Имя"]), cohort=cohort)
    assert not PeopleImport.objects.exists()


def test_an_archive_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", 100_000)
    bomb = io.BytesIO(_archive(xl__workbook_xml=b"0" * 200_000))
    with pytest.raises(UnreadableFile, match="too-large-inside"):
        kind_of(bomb, name="people.xlsx")


def test_a_file_that_breaks_further_down_says_so(cohort, monkeypatch):
    monkeypatch.setattr(checking, "MAX_ROWS", 3)
    found = checked(csv_of([person(n) for n in range(4)]), cohort=cohort)
    assert (found.state, found.problem["code"]) == (ImportState.FAILED, "too-many-rows")
    assert not found.rows.exists()
    assert checked(csv_of([]), cohort=cohort).problem["code"] == "no-rows"


def test_a_quotation_mark_that_is_not_closed_spoils_no_other_file_part(cohort):
    content = csv_of([person(1)]) + 'x;"Орлова;Анна;;\n'.encode() + csv_of([person(2)], headings=[])
    done = applied(content, cohort=cohort)
    assert done.counts["created"] == 1
    assert done.counts["rejected"] == 1


def test_a_file_that_is_too_large_is_refused_by_its_size(cohort):
    large = ContentFile(b"id")
    large.size = files.MAX_BYTES + 1
    with pytest.raises(UnreadableFile, match="file-too-large"):
        begin_import(file=large, name="a.csv", source="test", region=None, cohort=cohort)


def test_a_cohort_of_another_region_takes_nobody(cohort):
    omsk = RegionFactory(code="RU-OMS", name="Омская область")
    with pytest.raises(CohortNotOpen):
        checked(csv_of([person(1)]), cohort=cohort, region=omsk)


def test_every_row_of_random_bytes_gets_an_answer(cohort):
    noise = bytes(range(32, 127)) * 40
    content = csv_of([person(1)]) + noise.replace(b'"', b"") + b"\n"
    done = checked(content, cohort=cohort)
    assert sum(done.counts.values()) == done.rows_total
