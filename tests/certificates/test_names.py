"""The name on a certificate: proposed, corrected by its owner, kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from certificates.declension import dative, may_be_the_same_name
from certificates.issuing import issue_certificate, request_missing
from certificates.models import Certificate, PrintedName
from certificates.names import WAIT, WrongForm, confirm_name, printable_name
from certificates.problems import NameMissing, NameTooLong, UnknownLetters
from tests.certificates.factories import agree_to_name, completed, make_template
from tests.factories import UserFactory

KNOWN = [
    ("Иванова", "Мария", "Петровна", "Ивановой Марии Петровне"),
    ("ИВАНОВА", "МАРИЯ", "ПЕТРОВНА", "ИВАНОВОЙ МАРИИ ПЕТРОВНЕ"),
    ("Салтыкова-Щедрина", "Любовь", "Ильинична", "Салтыковой-Щедриной Любови Ильиничне"),
    ("Шевченко", "Лев", "Ильич", "Шевченко Льву Ильичу"),
    ("Черных", "Пётр", "Кузьмич", "Черных Петру Кузьмичу"),
    ("Алиев", "Руслан", "Ахмед оглы", "Алиеву Руслану Ахмеду оглы"),
    ("Smith", "Anna", "", "Smith Anna"),
    ("Дюма", "Анна", "", "Дюма Анне"),
]


@pytest.mark.parametrize(("family", "given", "patronymic", "expected"), KNOWN)
def test_the_dative_is_proposed(family, given, patronymic, expected):
    found = dative(family_name=family, given_name=given, patronymic=patronymic)
    if patronymic.endswith("оглы"):
        assert found.startswith("Алиеву Руслану")
        assert found.endswith("оглы")
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("declined", "is_form"),
    [
        ("Гузель Ахметовой", True),
        ("Гузели Ахметовой", True),
        ("Гузель", False),
        ("Гузели Петровой", False),
        ("Гузели Ахметовой-Ивановской", False),
    ],
)
def test_a_correction_of_the_form_is_told_from_another_name(declined, is_form):
    assert may_be_the_same_name("Гузель Ахметова", declined) is is_form


@pytest.mark.django_db
def test_the_person_corrects_the_form_and_it_is_kept():
    user = UserFactory(family_name="Ахметова", given_name="Гузель", patronymic="")
    assert not printable_name(user).is_confirmed
    confirm_name(user=user, nominative="Гузель  Ахметова", dative=" Гузели Ахметовой ")
    found = printable_name(user)
    assert (found.nominative, found.dative) == ("Гузель Ахметова", "Гузели Ахметовой")
    assert found.is_confirmed
    user.family_name = "Иванова"
    user.save()
    assert not printable_name(user).is_confirmed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("nominative", "declined"),
    [
        ("Петрова Мария Петровна", "Петровой Марии Петровне"),
        ("Иванова Мария Петровна", ""),
        ("Иванова Мария Петровна", "Петровой Марии Петровне"),
        ("Иванова Мария Петровна", "И" * 300),
    ],
)
def test_another_name_is_not_taken(nominative, declined):
    user = UserFactory()
    with pytest.raises(WrongForm):
        confirm_name(user=user, nominative=nominative, dative=declined)
    assert not PrintedName.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"family_name": " ", "given_name": "", "patronymic": ""}, NameMissing),
        ({"family_name": "К" * 100, "patronymic": "К" * 100}, NameTooLong),
        ({"given_name": "漢字"}, UnknownLetters),
    ],
)
def test_a_name_that_cannot_be_printed_issues_nothing(fields, problem):
    enrollment = completed(learner=UserFactory(**fields))
    with pytest.raises(problem):
        issue_certificate(enrollment)
    assert not Certificate.objects.exists()


@pytest.mark.django_db
def test_a_template_in_the_dative_prints_the_dative():
    enrollment = completed()
    template = make_template(name_case="dative", body="Выдан. {name}, {hours}")
    certificate = issue_certificate(enrollment, template=template)
    assert certificate.snapshot["name"] == "Ивановой Марии Петровне"
    assert certificate.snapshot["holder"] == "Иванова Мария Петровна"
    assert certificate.snapshot["body"] == "Выдан. Иванова Мария Петровна,"


@pytest.mark.django_db
def test_the_certificate_waits_for_the_name_and_then_comes_at_once(
    client_of, django_capture_on_commit_callbacks
):
    enrollment = completed()
    browser = client_of(enrollment.learner)
    page = browser.get("/certificates/").text
    assert "Проверьте имя" in page
    assert "Ивановой Марии Петровне" in page
    assert request_missing() == 0
    wrong = browser.post(
        "/certificates/name/",
        {"nominative": "Иванова Мария Петровна", "dative": "Сидоровой Марии Петровне"},
    )
    assert wrong.status_code == 422
    assert "Сидоровой Марии Петровне" in wrong.text
    assert "только окончания" in wrong.text
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(
            "/certificates/name/",
            {"nominative": "Мария Петровна Иванова", "dative": "Марии Петровне Ивановой"},
        )
    assert Certificate.objects.get().snapshot["name"] == "Мария Петровна Иванова"


@pytest.mark.django_db
def test_without_the_person_it_comes_after_a_week(django_capture_on_commit_callbacks):
    completed()
    assert request_missing() == 0
    with (
        time_machine.travel(timezone.now() + WAIT + timedelta(minutes=1), tick=True),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert request_missing() == 1
    assert Certificate.objects.count() == 1


@pytest.mark.django_db
def test_who_was_refused_is_not_asked_for_again_every_minute(django_capture_on_commit_callbacks):
    enrollment = completed(learner=UserFactory(given_name="漢"))
    agree_to_name(enrollment.learner)
    with django_capture_on_commit_callbacks(execute=True):
        assert request_missing() == 1
    assert request_missing() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=True):
        assert request_missing() == 1
