"""Clients and their keys: made by administrators, shown once, kept as a hash."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from lms.api.models import ApiClient
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

KEY = re.compile(r"bk_[a-z0-9]{8}_[A-Za-z0-9]{40}")


def works(key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"}
    return Client().get("/api/v1/me", headers=headers).status_code == 200


@pytest.fixture
def administrator():
    return User.objects.create_superuser("admin@example.org")


def test_an_administrator_makes_a_client_and_sees_its_key_once(client_of, administrator, tomsk):
    browser = client_of(administrator)
    form = {
        "name": "Кадры Томской области",
        "region": tomsk.pk,
        "scopes": ["cohorts:read", "enrolments:write"],
        "signs_in_by": "key",
        "is_active": "on",
    }
    page = browser.post("/cms/api_clients/new/", form)
    (key,) = set(KEY.findall(page.content.decode()))
    assert "no-store" in page.headers["Cache-Control"]
    assert works(key)
    made = ApiClient.objects.get()
    assert (made.region, made.created_by) == (tomsk, administrator)
    assert made.scopes == ["cohorts:read", "enrolments:write"]
    assert key not in str(ApiClient.objects.values())
    for address in ("/cms/api_clients/", f"/cms/api_clients/edit/{made.pk}/"):
        later = browser.get(address)
        assert later.status_code == 200
        assert key not in later.content.decode()


def test_a_new_key_ends_the_old_one(client_of, administrator, caller):
    browser = client_of(administrator)
    address = f"/cms/api_clients/rotate/{caller.client.pk}/"
    assert browser.get(address).status_code == 200
    assert works(caller.key)
    (key,) = set(KEY.findall(browser.post(address).content.decode()))
    assert works(key)
    assert not works(caller.key)


def test_a_client_is_changed_without_losing_its_key(client_of, administrator, caller):
    form = {"name": "Новое имя", "region": "", "scopes": ["cohorts:read"], "is_active": "on"}
    client_of(administrator).post(f"/cms/api_clients/edit/{caller.client.pk}/", form)
    caller.client.refresh_from_db()
    assert (caller.client.name, caller.client.region) == ("Новое имя", None)
    assert works(caller.key)


@pytest.mark.parametrize(
    "address", ["", "new/", "edit/{}/", "rotate/{}/", "access/{}/", "delete/{}/"]
)
def test_trainers_have_no_way_to_clients(client_of, caller, address):
    trainer = UserFactory()
    grant_role(user=trainer, role=Role.METHODOLOGIST)
    response = client_of(trainer).post(f"/cms/api_clients/{address.format(caller.client.pk)}")
    assert response.status_code == 302
    assert works(caller.key)
    assert ApiClient.objects.count() == 1


def test_a_client_is_never_deleted(client_of, administrator, caller):
    client_of(administrator).post(f"/cms/api_clients/delete/{caller.client.pk}/")
    assert ApiClient.objects.exists()


def test_the_command_prints_a_key_that_works(capsys, tomsk):
    call_command("create_api_client", "--region", "RU-TOM", "--scopes", "cohorts:read")
    key = capsys.readouterr().out.strip()
    assert works(key)
    call_command("create_api_client", "--name", "RU-TOM", "--rotate")
    assert works(capsys.readouterr().out.strip())
    assert not works(key)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--region", "RU-XX"],
        ["--region", "RU-TOM", "--scopes", "everything"],
        ["--name", "nobody", "--rotate"],
    ],
)
def test_the_command_refuses_what_does_not_exist(tomsk, arguments):
    with pytest.raises(CommandError):
        call_command("create_api_client", *arguments)
    assert not ApiClient.objects.exists()
