"""Administrators give roles and take them away; whoever is invited comes in by a code."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from courses.site_tree import ensure_site_tree
from lms.api.models import PersonalDataAccess
from lms.people.erasing import erase_person
from lms.people.models import Role, RoleChange, User
from lms.people.roles import grant_role
from tests.factories import CohortFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

INVITATION = {
    "email": "Anna@Example.org",
    "family_name": "Серова",
    "given_name": "Анна",
    "patronymic": "Львовна",
    "role": "trainer",
}


@pytest.fixture
def admin(db) -> User:
    ensure_site_tree()
    return User.objects.create_superuser("admin@example.org", family_name="Главная")


@pytest.fixture
def desk(admin, client_of) -> Client:
    return client_of(admin)


def give(desk: Client, person: User, role: str, region: int | str = ""):
    return desk.post(f"/cms/roles/{person.pk}/", {"role": role, "region": region, "give": "1"})


def take(desk: Client, person: User, role: str):
    held = person.role_assignments.get(role=role)
    return desk.post(f"/cms/roles/{person.pk}/take/{held.pk}/")


def changes(person: User) -> list[tuple]:
    found = RoleChange.objects.filter(person=person).order_by("pk")
    return list(found.values_list("role", "is_given", "by__email", "source"))


@pytest.mark.parametrize("role", ["trainer", "methodologist"])
def test_a_role_lets_into_the_editor_and_taking_it_away_closes_it(desk, client_of, role):
    person = UserFactory(family_name="Ветрова")
    page = desk.get("/cms/roles/?q=ветрова").content.decode()
    assert f"/cms/roles/{person.pk}/" in page
    assert client_of(person).get("/cms/").status_code == 302
    assert give(desk, person, role).status_code == 302
    person = User.objects.get(pk=person.pk)
    assert person.is_staff
    assert person.has_role(Role(role))
    assert client_of(person).get("/cms/").status_code == 200
    held = person.role_assignments.get()
    asked = desk.get(f"/cms/roles/{person.pk}/take/{held.pk}/").content.decode()
    assert "последняя роль" in asked
    assert person.role_assignments.exists(), "asking changes nothing"
    take(desk, person, role)
    person = User.objects.get(pk=person.pk)
    assert not person.is_staff
    assert not person.groups.exists()
    assert client_of(person).get("/cms/").status_code == 302
    assert changes(person) == [
        (role, True, "admin@example.org", "cms"),
        (role, False, "admin@example.org", "cms"),
    ]
    assert "Главная" in desk.get(f"/cms/roles/{person.pk}/").content.decode()


def test_where_a_change_came_from_is_told_in_words(desk):
    person = UserFactory()
    grant_role(user=person, role=Role.TRAINER)
    for address in ("/cms/roles/", f"/cms/roles/{person.pk}/"):
        page = desk.get(address).content.decode()
        assert "сама платформа" in page
        assert "<td>system</td>" not in page


def test_whom_the_pages_of_roles_show_is_written_down(desk, admin):
    person = UserFactory(family_name="Ветрова")
    found = UserFactory(family_name="Ветрова")
    give(desk, person, "trainer")
    held = person.role_assignments.get()
    PersonalDataAccess.objects.all().delete()
    pages = {
        "/cms/roles/?q=ветрова": {person, found},
        "/cms/roles/": {person},
        f"/cms/roles/{found.pk}/": {found},
        f"/cms/roles/{person.pk}/take/{held.pk}/": {person},
    }
    for address, people in pages.items():
        assert desk.get(address).status_code == 200
        shown = PersonalDataAccess.objects.filter(reader=admin)
        assert {access.person for access in shown} == people
        shown.delete()


def test_with_one_of_two_roles_the_way_in_stays(desk):
    person = UserFactory()
    give(desk, person, "trainer")
    give(desk, person, "methodologist")
    take(desk, person, "trainer")
    person = User.objects.get(pk=person.pk)
    assert person.is_staff
    assert [group.name for group in person.groups.all()] == ["Methodologists"]


def test_a_coordinator_is_one_of_a_region(desk):
    person, region = UserFactory(), RegionFactory(code="RU-OMS", name="Омская область")
    refused = give(desk, person, "coordinator").content.decode()
    assert "Укажите регион" in refused
    give(desk, person, "coordinator", region.pk)
    give(desk, person, "coordinator", person.region.pk)
    assert person.coordinated_regions().count() == 2
    held = person.role_assignments.get(region=region)
    desk.post(f"/cms/roles/{person.pk}/take/{held.pk}/")
    person = User.objects.get(pk=person.pk)
    assert list(person.coordinated_regions()) == [person.region]
    assert [group.name for group in person.groups.all()] == ["Coordinators"]


def test_a_region_said_of_a_trainer_is_left_out(desk):
    person = UserFactory()
    give(desk, person, "trainer", person.region.pk)
    assert person.role_assignments.get().region is None


def test_a_role_given_twice_is_given_once(desk):
    person = UserFactory()
    give(desk, person, "trainer")
    give(desk, person, "trainer")
    assert len(changes(person)) == 1


def test_of_administrators_one_remains(desk, admin, client_of):
    page = desk.post(f"/cms/roles/{admin.pk}/take/administration/", follow=True)
    assert "Сначала назначьте" in page.content.decode()
    assert User.objects.get(pk=admin.pk).is_superuser
    person = UserFactory()
    give(desk, person, "administrator")
    second = client_of(User.objects.get(pk=person.pk))
    assert second.get("/cms/roles/").status_code == 200
    second.post(f"/cms/roles/{admin.pk}/take/administration/")
    admin.refresh_from_db()
    assert (admin.is_superuser, admin.is_staff) == (False, False)
    assert desk.get("/cms/roles/").status_code == 302


def test_whoever_loses_their_roles_can_be_erased(desk):
    person = UserFactory()
    give(desk, person, "trainer")
    erasing = {"reason": "заявление", "is_sure": "on"}
    refused = desk.post(f"/cms/personal-data/{person.pk}/", erasing, follow=True)
    assert "Сначала" in refused.content.decode()
    take(desk, person, "trainer")
    desk.post(f"/cms/personal-data/{person.pk}/", erasing)
    person.refresh_from_db()
    assert person.get_full_name() == ""
    assert len(changes(person)) == 2, "the record of roles stays, without the name"


def test_cohorts_that_lose_their_only_trainer_are_named(desk):
    person, other = UserFactory(), UserFactory()
    grant_role(user=person, role=Role.TRAINER)
    CohortFactory(title="Осиротевший", trainers=[person])
    CohortFactory(title="Общий", trainers=[person, other])
    held = person.role_assignments.get()
    page = desk.get(f"/cms/roles/{person.pk}/take/{held.pk}/").content.decode()
    assert "Осиротевший" in page
    assert "Общий" not in page


def test_nobody_but_administrators_deals_with_roles(client_of, admin):
    person = UserFactory()
    grant_role(user=person, role=Role.TRAINER)
    held = person.role_assignments.get()
    addresses = [
        "/cms/roles/",
        f"/cms/roles/{person.pk}/",
        f"/cms/roles/{person.pk}/take/{held.pk}/",
        f"/cms/roles/{admin.pk}/take/administration/",
        "/cms/users/",
        "/cms/users/new/",
        f"/cms/users/edit/{admin.pk}/",
    ]
    for role in (None, Role.TRAINER, Role.METHODOLOGIST, Role.COORDINATOR):
        visitor = UserFactory()
        if role:
            region = visitor.region if role == Role.COORDINATOR else None
            grant_role(user=visitor, role=role, region=region)
        browser = client_of(visitor)
        for address in addresses:
            assert browser.get(address).status_code == 302, (role, address)
            browser.post(address, {"role": "administrator", "give": "1"})
    assert person.role_assignments.exists()
    assert User.objects.filter(is_superuser=True).count() == 1


@pytest.mark.parametrize("fields", [{"email": None}, {"is_active": False}])
def test_whoever_cannot_sign_in_gets_no_role(desk, fields):
    person = UserFactory(**fields)
    page = give(desk, person, "trainer").content.decode()
    assert "нельзя войти" in page
    assert not person.role_assignments.exists()


def test_an_invited_trainer_comes_in_by_a_code_and_no_password_is_typed(
    desk, admin, django_capture_on_commit_callbacks
):
    page = desk.get("/cms/users/new/").content.decode()
    assert 'type="password"' not in page
    with django_capture_on_commit_callbacks(execute=True):
        desk.post("/cms/users/new/", INVITATION)
    person = User.objects.get(email="anna@example.org")
    assert person.get_full_name() == "Серова Анна Львовна"
    assert not person.has_usable_password()
    assert person.is_staff
    assert changes(person) == [("trainer", True, "admin@example.org", "cms")]
    letter = mail.outbox.pop()
    assert letter.to == ["anna@example.org"]
    assert "Здравствуйте, Анна Львовна!" in letter.body
    assert "тренер" in letter.body
    link = re.search(r"http://127.0.0.1:8000(/\S+)", letter.body).group(1)
    browser = Client()
    onward = {"next": "/cms/"}
    assert 'name="next" value="/cms/"' in browser.get(link).content.decode()
    asked = browser.post(link, {"email": "anna@example.org", **onward}, follow=True)
    assert 'name="next" value="/cms/"' in asked.content.decode()
    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox.pop().body, re.MULTILINE).group()
    path = asked.request["PATH_INFO"]
    entered = browser.post(path, {"code": code, **onward}, follow=True)
    assert entered.request["PATH_INFO"] == "/cms/"
    assert entered.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"/cms/roles/{person.pk}/", {"letter": "1"})
    assert mail.outbox.pop().to == ["anna@example.org"]


def test_an_invited_coordinator_has_a_region(desk):
    region = RegionFactory()
    without = desk.post("/cms/users/new/", {**INVITATION, "role": "coordinator"})
    assert "Укажите регион" in without.content.decode()
    assert not User.objects.filter(email="anna@example.org").exists()
    desk.post("/cms/users/new/", {**INVITATION, "role": "coordinator", "region": region.pk})
    person = User.objects.get(email="anna@example.org")
    assert list(person.coordinated_regions()) == [region]


@pytest.mark.parametrize("said", ["known@example.org", "KNOWN@example.org"])
def test_whoever_is_known_is_not_invited_a_second_time(desk, said):
    UserFactory(email="known@example.org")
    page = desk.post("/cms/users/new/", {**INVITATION, "email": said}).content.decode()
    assert "Найдите её на странице «Роли»" in page
    assert User.objects.filter(email="known@example.org").count() == 1


@pytest.mark.parametrize("missing", ["email", "family_name", "given_name", "role"])
def test_an_invitation_says_who_and_as_what(desk, missing):
    desk.post("/cms/users/new/", {**INVITATION, missing: ""})
    assert not User.objects.filter(family_name="Серова").exists()


def test_an_entry_is_changed_and_keeps_its_roles(desk):
    person = UserFactory(email="old@example.org")
    grant_role(user=person, role=Role.TRAINER)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    page = desk.get(f"/cms/users/edit/{person.pk}/").content.decode()
    assert 'name="family_name"' in page
    assert 'type="password"' not in page
    changed = {
        "email": "new@example.org",
        "family_name": "Новая",
        "given_name": "Мария",
        "patronymic": "",
        "is_active": "on",
    }
    assert desk.post(f"/cms/users/edit/{person.pk}/", changed).status_code == 302
    person = User.objects.get(pk=person.pk)
    assert person.get_full_name() == "Новая Мария"
    assert person.has_role(Role.TRAINER)
    assert person.groups.filter(name="Trainers").exists()
    Client().post("/accounts/login/code/", {"email": "old@example.org"})
    assert "Мы не нашли" in mail.outbox.pop().subject, "the former address lets nobody in"


def test_a_telephone_is_kept_in_one_spelling(desk):
    person = UserFactory()
    address = f"/cms/users/edit/{person.pk}/"
    entry = {"email": "m@example.org", "family_name": "Новая", "given_name": "Мария"}
    refused = desk.post(address, {**entry, "is_active": "on", "phone": "51-23-45"})
    assert "Это не номер телефона" in refused.content.decode()
    assert "51-23-45" in refused.content.decode()
    for spelled, kept in (("8 (912) 345-67-89", "+79123456789"), ("", "")):
        desk.post(address, {**entry, "is_active": "on", "phone": spelled})
        person.refresh_from_db()
        assert person.phone == kept


def test_an_administrator_does_not_lock_themselves_out(desk, admin):
    names = {"email": admin.email, "family_name": "Главная", "given_name": "Вера"}
    desk.post(f"/cms/users/edit/{admin.pk}/", names)
    admin.refresh_from_db()
    assert (admin.given_name, admin.is_active) == ("Вера", True)


def test_people_are_found_by_their_real_names(desk):
    UserFactory(family_name="Редкая")
    assert "Редкая" in desk.get("/cms/users/?q=Редкая").content.decode()


def test_an_erased_person_is_not_brought_back_here(desk):
    person = UserFactory()
    erase_person(person, source="test")
    assert desk.get(f"/cms/users/edit/{person.pk}/").status_code == 404
    assert desk.get(f"/cms/roles/{person.pk}/").status_code == 404


def test_people_are_neither_deleted_nor_given_groups_here(desk):
    person, any_group = UserFactory(), Group.objects.create(name="Любая")
    desk.post(f"/cms/users/delete/{person.pk}/")
    for action in ("delete", "assign_role"):
        address = f"/cms/bulk/people/user/{action}/?id={person.pk}"
        group = {"role": any_group.pk} if action == "assign_role" else {}
        assert desk.post(address, group).status_code == 302
    person = User.objects.get(pk=person.pk)
    assert not person.groups.exists()


def test_the_editor_has_no_way_in_of_its_own(admin, client):
    """It asked for a password alone, past codes and second factors."""
    assert client.get("/cms/").url == "/accounts/login/?next=/cms/"
    admin.set_password("ромашка-и-клевер")
    admin.save()
    client.post("/cms/login/", {"username": admin.email, "password": "ромашка-и-клевер"})
    assert "_auth_user_id" not in client.session
    assert client.get("/cms/login/?next=/cms/users/").url == "/accounts/login/?next=/cms/users/"


def test_the_first_administrator_is_made_on_the_command_line(client, capsys):
    names = ["--family-name", "Первая", "--given-name", "Ольга"]
    call_command("make_administrator", "Olga@Example.org", *names)
    person = User.objects.get(email="olga@example.org")
    assert (person.is_superuser, person.is_staff) == (True, True)
    assert changes(person) == [("administrator", True, None, "make_administrator")]
    assert "/accounts/login/code/" in capsys.readouterr().out
    client.post("/accounts/login/code/", {"email": "olga@example.org"})
    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox.pop().body, re.MULTILINE).group()
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.get("/cms/roles/").status_code == 200


def test_with_a_password_the_first_administrator_needs_no_mail_server(client):
    password = "ромашка-и-клевер"
    with patch("courses.management.commands.make_administrator.getpass", return_value=password):
        call_command(
            "make_administrator",
            "olga@example.org",
            "--family-name=Первая",
            "--given-name=Ольга",
            "--password",
        )
    client.post("/accounts/login/", {"login": "olga@example.org", "password": password})
    assert client.get("/cms/roles/").status_code == 200
    assert mail.outbox == []


def test_somebody_known_is_made_administrator_and_keeps_their_name():
    person = UserFactory(email="known@example.org")
    call_command("make_administrator", "known@example.org")
    person.refresh_from_db()
    assert (person.is_superuser, person.family_name) == (True, "Иванова")


@pytest.mark.parametrize(
    ("email", "names"),
    [
        ("no-address", ["--family-name=А", "--given-name=Б"]),
        ("nameless@example.org", []),
        ("closed@example.org", []),
    ],
)
def test_the_command_refuses_what_makes_no_administrator(email, names):
    UserFactory(email="closed@example.org", is_active=False)
    with pytest.raises(CommandError):
        call_command("make_administrator", email, *names)
    assert not User.objects.filter(is_superuser=True).exists()
