"""The sheet of the federal register: what it would refuse, who may take it, what is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import load_workbook

from certificates.frdo.checks import problems_of
from certificates.frdo.columns import (
    COLUMNS,
    Holder,
    Paper,
    Person,
    Training,
    is_snils,
    name_in_parts,
    row_of,
    snils_digits,
    snils_in_groups,
    tidy,
)
from certificates.frdo.sheets import documents, keep_details, lines_of
from certificates.issuing import issue_certificate
from certificates.lifecycle import Action, supersede
from certificates.models import Certificate, CertificateTemplate, FrdoDetails, FrdoSheet
from lms.people.erasing import erase_person
from lms.people.models import Role, User
from lms.people.personal_data import export_person
from lms.people.roles import grant_role
from tests.certificates.factories import completed, make_provider, make_template
from tests.factories import CohortFactory, UserFactory, make_course

PAPER = Paper(
    number="БК-2026-000001",
    issued_on=date(2026, 11, 23),
    programme="Бережная коммуникация",
    hours=16,
    started=2026,
    ended=2026,
    holder=Holder("Иванова", "Мария", "Петровна"),
)
PERSON = Person(
    birth_date=date(1980, 5, 3),
    sex="Жен",
    snils="11223344595",
    citizenship="643",
    level="Высшее образование",
    diploma_surname="Петрова",
    diploma_series="ВСГ",
    diploma_number="1234567",
)
TRAINING = Training("Заочная", "Региональный бюджет")
ENTERED = {
    "birth_date": "1980-05-03",
    "sex": "Жен",
    "snils": "112-233-445 95",
    "citizenship": "643",
    "level": "Высшее образование",
    "diploma_surname": "Петрова",
    "diploma_number": "1234567",
}


def test_a_whole_row_has_every_value_in_its_column():
    row = dict(zip(COLUMNS, row_of(PAPER, PERSON, TRAINING), strict=True))
    assert len(COLUMNS) == 40
    assert problems_of(PAPER, PERSON) == []
    assert row["Статус документа"] == "Оригинал"
    assert row["Серия документа"] == "БК-2026"
    assert row["Номер документа"] == "000001"
    assert row["Дата выдачи документа"] == "23.11.2026"
    assert row["СНИЛС"] == "112-233-445 95"
    assert row["Дата рождения получателя"] == "03.05.1980"
    assert row["Срок обучения, часов"] == "16"
    assert row["Отчество получателя"] == "Петровна"
    assert row["Номер (оригинала)"] == row["Номер документа для изменения"] == ""


def test_a_duplicate_names_its_original_and_a_correction_what_it_corrects():
    new = replace(PAPER, number="БК-2026-000002", replaces=PAPER, replacement="lost")
    lost = dict(zip(COLUMNS, row_of(new, PERSON, TRAINING), strict=True))
    assert lost["Статус документа"] == "Дубликат"
    assert lost["Подтверждение утраты"] == "Да"
    assert lost["Номер (оригинала)"] == "000001"
    assert lost["Фамилия получателя (оригинала)"] == "Иванова"
    better = dict(
        zip(COLUMNS, row_of(replace(new, replacement="corrected"), PERSON, TRAINING), strict=True)
    )
    assert better["Статус документа"] == "Оригинал"
    assert better["Номер документа для изменения"] == "БК-2026-000001"


@pytest.mark.parametrize(
    ("paper", "person", "words"),
    [
        ({"holder": None}, {}, "не разобрать на фамилию"),
        ({"programme": " "}, {}, "не названа программа"),
        ({"hours": 8}, {}, "8 ч."),
        ({"started": 2027}, {}, "Годы не сходятся"),
        ({"replacement": "lost"}, {}, "неизвестен"),
        ({}, {"birth_date": None, "snils": ""}, "Не хватает: дата рождения, СНИЛС."),
        ({}, {"snils": "11223344594"}, "112-233-445 94"),
        ({}, {"birth_date": date(2024, 1, 1)}, "год"),
        ({}, {"citizenship": "RUS"}, "643"),
    ],
)
def test_what_the_register_would_refuse_is_said_in_words(paper, person, words):
    (problem,) = problems_of(replace(PAPER, **paper), replace(PERSON, **person))
    assert words in problem


@examples(max_examples=30)
@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_of_all_check_digits_one_fits(nine):
    fitting = [last for last in range(100) if is_snils(f"{nine}{last:02d}")]
    assert len(fitting) == (1 if int(nine) > 1_001_998 else 100 * (int(nine) > 0))
    assert snils_digits(snils_in_groups(f"{nine}00")) == f"{nine}00"


@given(st.text())
def test_nothing_invisible_and_no_strange_space_goes_into_a_cell(text):
    tidied = tidy(f"а\u00a0б\tв\u200b{text}")
    assert tidied.startswith("а б в")
    assert not set(tidied) & {"\t", "\n", "\u00a0", "\u200b", "\x00"}
    assert tidy(tidied) == tidied


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("Иванова Мария Петровна", Holder("Иванова", "Мария", "Петровна")),
        ("Мария Петровна Иванова", Holder("Иванова", "Мария", "Петровна")),
        ("Сидорова Мария Петровна", Holder("Сидорова", "Мария", "Петровна")),
        ("Салтыкова Щедрина Мария Петровна", None),
        ("Мария", None),
    ],
)
def test_a_printed_name_is_told_apart_by_the_profile_or_by_its_words(printed, parts):
    known = {"family": "Иванова", "given": "Мария", "patronymic": "Петровна"}
    assert name_in_parts(printed, **known) == parts


@pytest.fixture
def methodologist(db) -> User:
    user = UserFactory()
    grant_role(user=user, role=Role.METHODOLOGIST)
    return user


@pytest.fixture
def cohort(db):
    return CohortFactory(course=make_course(hours=16))


def document(cohort, *, family_name: str = "Иванова") -> Certificate:
    """A document of further training of a licensed provider."""
    template = CertificateTemplate.objects.filter(kind="qualification").first() or make_template(
        kind="qualification", heading="Удостоверение", provider=make_provider(is_licensed=True)
    )
    learner = UserFactory(family_name=family_name)
    return issue_certificate(completed(cohort=cohort, learner=learner), template=template)


def test_the_dry_run_names_what_is_missing_and_the_sheet_holds_what_is_whole(
    client_of, methodologist, cohort
):
    whole, lacking = document(cohort), document(cohort, family_name="Петрова")
    keep_details(whole.learner, PERSON, by=methodologist)
    browser = client_of(methodologist)
    page = browser.get("/cms/frdo/").text
    assert "Готова 1 строка" in page
    assert "Не хватает: дата рождения" in page
    assert not FrdoSheet.objects.exists()
    answer = browser.post("/cms/frdo/", {"study_form": "Заочная", "funding": "Местный бюджет"})
    sheet = load_workbook(BytesIO(answer.content))["Шаблон"]
    heads, *rows = sheet.iter_rows(values_only=True)
    assert heads == COLUMNS
    (row,) = rows
    assert row[8] == whole.number
    assert row[28] == "Местный бюджет"
    taken = FrdoSheet.objects.get()
    assert taken.made_by == methodologist
    assert list(taken.certificates.all()) == [whole]
    browser.post(f"/cms/frdo/sheets/{taken.uuid}/")
    assert not FrdoDetails.objects.exists()
    assert list(documents()) == [lacking]
    taken.refresh_from_db()
    assert taken.accepted_by == methodologist


def test_who_has_another_document_on_its_way_keeps_the_details(client_of, methodologist, cohort):
    first = document(cohort)
    keep_details(first.learner, PERSON, by=methodologist)
    browser = client_of(methodologist)
    browser.post("/cms/frdo/", {"study_form": "Заочная", "funding": "Местный бюджет"})
    again = completed(cohort=CohortFactory(course=cohort.course), learner=first.learner)
    issue_certificate(again, template=first.template)
    browser.post(f"/cms/frdo/sheets/{FrdoSheet.objects.get().uuid}/")
    assert FrdoDetails.objects.exists()


def test_details_are_entered_checked_and_kept_encrypted(client_of, methodologist, cohort):
    certificate = document(cohort)
    browser = client_of(methodologist)
    address = f"/cms/frdo/{certificate.uuid}/"
    answer = browser.post(address, {**ENTERED, "snils": "112-233-445 94"})
    assert answer.status_code == 422
    assert "контрольные цифры" in answer.text
    assert "112-233-445 94" in answer.text
    browser.post(address, ENTERED)
    (line,) = lines_of(documents())
    assert line.is_ready
    assert line.person == replace(PERSON, diploma_series="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM certificates_frdodetails")
        kept = " ".join(str(value) for value in cursor.fetchone())
    for secret in ("1980", "11223344595", "Петрова", "1234567"):
        assert secret not in kept


def test_the_holder_enters_the_details_and_nobody_else_is_asked(client_of, cohort):
    certificate = document(cohort)
    browser = client_of(certificate.learner)
    assert "/certificates/details/" in browser.get("/certificates/").text
    assert browser.post("/certificates/details/", {}).status_code == 422
    assert browser.post("/certificates/details/", ENTERED).status_code == 302
    assert certificate.learner.frdo_details.snils == "11223344595"
    assert 'value="1980-05-03"' in browser.get("/certificates/details/").text
    assert client_of(UserFactory()).get("/certificates/details/").status_code == 404


def test_the_same_snils_of_two_people_is_told(methodologist, cohort):
    for family_name in ("Иванова", "Петрова"):
        keep_details(document(cohort, family_name=family_name).learner, PERSON, by=methodologist)
    for line in lines_of(documents()):
        assert "у другого человека" in line.problems[0]


def test_nothing_is_taken_when_no_row_is_ready_or_a_field_is_wrong(
    client_of, methodologist, cohort
):
    document(cohort)
    browser = client_of(methodologist)
    whole = {"study_form": "Заочная", "funding": "Местный бюджет"}
    assert "Ни одна строка не готова" in browser.post("/cms/frdo/", whole).text
    assert browser.post("/cms/frdo/", {**whole, "funding": " "}).status_code == 422
    assert browser.get("/cms/frdo/", {"since": "вчера"}).status_code == 422
    assert not FrdoSheet.objects.exists()


def test_only_content_staff_and_only_licensed_providers_report(client_of, methodologist, cohort):
    make_template(code="other", provider=make_provider(name="Без лицензии"))
    page = client_of(methodologist).get("/cms/frdo/").text
    assert "Ни у одной организации нет лицензии" in page
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    certificate = document(cohort)
    for path in ("/cms/frdo/", f"/cms/frdo/{certificate.uuid}/"):
        assert client_of(trainer).get(path).status_code in (302, 403)
        assert "Петрова" not in client_of(trainer).get(path, follow=True).text
    page = client_of(methodologist).get("/cms/frdo/").text
    assert certificate.number in page
    assert "Без лицензии" not in page


def test_a_replaced_document_goes_as_what_it_is(methodologist, cohort):
    old = document(cohort)
    new = supersede(
        old, Action.DUPLICATED, actor=methodologist, reason_class="lost", reason="потерян"
    )
    (line,) = lines_of(documents())
    assert line.certificate == new
    assert line.paper.replacement == "lost"
    assert line.paper.replaces is not None
    assert line.paper.replaces.number == old.number


def test_the_person_is_given_the_details_and_they_end_with_an_erasure(methodologist, cohort):
    learner = document(cohort).learner
    keep_details(learner, PERSON, by=methodologist)
    sections = {section.key: section for section in export_person(learner).sections}
    assert sections["certificates.FrdoDetails"].rows[0]["snils"] == PERSON.snils
    erase_person(person=learner, source="test")
    assert not FrdoDetails.objects.exists()


def test_a_key_that_is_gone_reads_as_missing(methodologist, cohort, settings):
    keep_details(document(cohort).learner, PERSON, by=methodologist)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    (line,) = lines_of(documents())
    assert line.person == Person()
    settings.SECRET_KEY_FALLBACKS = [former]
    assert lines_of(documents())[0].person == PERSON


def test_the_list_costs_the_same_however_long(methodologist, cohort, django_assert_max_num_queries):
    for _n in range(3):
        document(cohort)
    with django_assert_max_num_queries(1):
        assert len(lines_of(documents())) == 3
