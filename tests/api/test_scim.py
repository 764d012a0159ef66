"""SCIM 2.0: an outside tester passes, and an HR system lives on it as such systems do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from httpx2 import Client as HttpClient
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from lms.api.models import PersonalDataAccess
from lms.api.scopes import ALL_SCOPES, Scope
from lms.people.erasing import erase_person
from lms.people.models import ExternalId, Organisation, Role, User
from lms.people.roles import grant_role
from tests.factories import CohortFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.mark.django_db(transaction=True)
def test_the_outside_tester_finds_nothing_wrong(live_server, settings, caller):
    settings.PUBLIC_URL = live_server.url
    settings.API_REQUESTS_PER_MINUTE = 100_000
    headers = {"Authorization": f"Bearer {caller.key}"}
    with HttpClient(base_url=f"{live_server.url}/scim/v2", headers=headers) as http:
        results = check_server(SyncSCIMClient(http))
    wrong = [
        f"{result.title}: {result.reason}"
        for result in results
        if result.status not in (Status.SUCCESS, Status.SKIPPED)
    ]
    assert not wrong, "\n".join(wrong)
    assert sum(result.status is Status.SUCCESS for result in results) > 50


@dataclass
class HrSystem:
    """What stands on the other side: it sends JSON and reads JSON."""

    key: str

    def send(self, method: str, path: str, body: Any = None, **headers: str):
        response = Client().generic(
            method,
            f"/scim/v2{path}",
            data=json.dumps(body).encode() if body is not None else b"",
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )
        response.data = json.loads(response.content) if response.content else None
        return response

    def hire(self, user_name: str = "ivanova", **more: Any):
        body = {
            "schemas": [USER],
            "userName": user_name,
            "externalId": "0042",
            "name": {"familyName": "Иванова", "givenName": "Мария", "middleName": "Петровна"},
            "title": "социальный работник",
            "active": True,
            "emails": [{"value": f"{user_name}@example.org", "type": "work", "primary": True}],
            **more,
        }
        return self.send("POST", "/Users", body)

    def patch(self, path: str, *operations: dict[str, Any]):
        """Change, and read what has become of it."""
        body = {"schemas": [PATCH], "Operations": list(operations)}
        assert self.send("PATCH", path, body).status_code in (200, 204)
        return self.send("GET", path)


@pytest.fixture
def hr(caller) -> HrSystem:
    return HrSystem(caller.key)


def test_a_hired_person_is_registered_and_can_be_enrolled_by_the_user_name(hr, caller, tomsk):
    answer = hr.hire()
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/scim+json"
    person = User.objects.get(uuid=answer.data["id"])
    assert person.get_full_name() == "Иванова Мария Петровна"
    assert (person.email, person.region, person.position) == (
        "ivanova@example.org",
        tomsk,
        "социальный работник",
    )
    assert not person.has_usable_password()
    enrolled = caller.enrol(CohortFactory(), "ivanova", system="scim", email=None).data
    assert enrolled["enrolment"]["learner"]["id"] == answer.data["id"]
    types = [event["type"] for event in caller.get("/events").data["items"]]
    assert types[0] == "learner.created"


def test_systems_look_before_they_write(hr):
    """Entra, Okta and others ask for the user name first."""
    empty = hr.send("GET", '/Users?filter=userName eq "ivanova"').data
    assert (empty["totalResults"], empty.get("Resources", [])) == (0, [])
    made = hr.hire().data
    for query in ('userName eq "IVANOVA"', 'externalId eq "0042"', 'name.familyName sw "Иван"'):
        (found,) = hr.send("GET", f"/Users?filter={query}").data["Resources"]
        assert found["id"] == made["id"]


def test_people_who_were_there_before_are_found_by_their_address(hr, tomsk):
    person = UserFactory(email="before@example.org", region=tomsk)
    (found,) = hr.send("GET", '/Users?filter=userName eq "before@example.org"').data["Resources"]
    assert found["id"] == str(person.uuid)
    answer = hr.patch(
        f"/Users/{person.uuid}", {"op": "replace", "path": "externalId", "value": "77"}
    )
    assert (answer.data["externalId"], answer.data["userName"]) == ("77", "before@example.org")


def test_dismissal_closes_the_account_and_hiring_again_opens_it(hr):
    made = hr.hire().data
    path = f"/Users/{made['id']}"
    changed = hr.patch(path, {"op": "replace", "path": "active", "value": False})
    assert changed.data["active"] is False
    assert User.objects.get(uuid=made["id"]).is_active is False
    assert hr.send("DELETE", path).status_code == 204
    assert hr.send("GET", path).status_code == 404
    assert hr.send("GET", "/Users").data["totalResults"] == 0
    again = hr.hire()
    assert (again.status_code, again.data["id"]) == (201, made["id"])
    assert User.objects.get(uuid=made["id"]).is_active is True
    assert User.objects.count() == 1


@pytest.mark.parametrize("dismissed_first", [False, True])
def test_what_an_administrator_has_closed_stays_closed(hr, client_of, dismissed_first):
    made = hr.hire().data
    path = f"/Users/{made['id']}"
    person = User.objects.get(uuid=made["id"])
    if dismissed_first:
        hr.patch(path, {"op": "replace", "path": "active", "value": False})
        hr.patch(path, {"op": "replace", "path": "active", "value": True})
    admin = client_of(User.objects.create_superuser("admin@example.org"))
    names = {"email": person.email, "family_name": "Иванова", "given_name": "Мария"}
    admin.post(f"/cms/users/edit/{person.pk}/", names)  # «active» is not ticked
    assert User.objects.get(pk=person.pk).is_active is False
    answer = hr.patch(path, {"op": "replace", "path": "active", "value": True})
    assert answer.data["active"] is False
    hr.patch(path, {"op": "replace", "path": "active", "value": False})
    hr.patch(path, {"op": "replace", "path": "active", "value": True})
    hr.send("DELETE", path)
    assert hr.hire().data["id"] == made["id"]
    assert User.objects.get(pk=person.pk).is_active is False


def test_the_address_can_be_changed_by_its_type_until_the_first_sign_in(hr):
    made = hr.hire().data
    change = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@example.org"}
    assert hr.patch(f"/Users/{made['id']}", change).data["emails"][0]["value"] == "new@example.org"
    User.objects.update(last_login=timezone.now())
    change["value"] = "newer@example.org"
    kept = hr.patch(f"/Users/{made['id']}", change)
    assert kept.data["emails"][0]["value"] == "new@example.org"


def test_two_changes_at_once_do_not_overwrite_each_other(hr):
    made = hr.hire()
    path, version = f"/Users/{made.data['id']}", made.headers["ETag"]
    body = {**made.data, "title": "методист"}
    assert hr.send("PUT", path, body, **{"If-Match": version}).status_code == 200
    late = hr.send("PUT", path, {**body, "title": "другое"}, **{"If-Match": version})
    assert late.status_code == 412
    assert User.objects.get(uuid=made.data["id"]).position == "методист"


def test_what_is_taken_is_refused_with_the_type_of_the_standard(hr, omsk):
    hr.hire()
    taken = hr.hire("IVANOVA", emails=[])
    assert (taken.status_code, taken.data["scimType"]) == (409, "uniqueness")
    UserFactory(email="other@example.org", region=omsk)
    taken = hr.hire("petrova", emails=[{"value": "other@example.org"}])
    assert (taken.status_code, taken.data["scimType"]) == (409, "uniqueness")
    assert User.objects.filter(region__code="RU-TOM").count() == 1


@pytest.mark.parametrize(
    "more",
    [
        {"userName": ""},
        {"userName": "123-456-789 01"},
        {"emails": [{"value": "no address"}]},
        {"emails": [{"value": "a@b\r\nBcc: x@y.example"}]},
        {"emails": [{"value": "a@b"}]},
        {"emails": [{"value": "a@" + "b" * 250 + ".example"}]},
        {"name": {"familyName": "я" * 101}},
        {"title": "а\u0000б"},
        {"userName": "x" * 121},
        {"active": "perhaps"},
    ],
)
def test_bad_values_are_refused_and_nothing_is_written(hr, more):
    answer = hr.hire(**more)
    assert answer.status_code == 400
    assert answer.data["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert not User.objects.exists()


def test_groups_are_organisations_and_members_work_there(hr, tomsk):
    maria = hr.hire().data["id"]
    olga = hr.hire("olga", externalId="0043").data["id"]
    made = hr.send(
        "POST",
        "/Groups",
        {"schemas": [GROUP], "displayName": "Центр № 7", "members": [{"value": maria}]},
    )
    assert made.status_code == 201
    organisation = Organisation.objects.get(name="Центр № 7", region=tomsk)
    assert User.objects.get(uuid=maria).organisation == organisation
    path = f"/Groups/{made.data['id']}"
    hr.patch(path, {"op": "add", "path": "members", "value": [{"value": olga}]})
    assert organisation.people.count() == 2
    hr.patch(path, {"op": "remove", "path": f'members[value eq "{maria}"]'})
    assert [str(person.uuid) for person in organisation.people.all()] == [olga]
    user = hr.send("GET", f"/Users/{olga}").data
    assert user["groups"][0]["display"] == "Центр № 7"
    assert hr.send("DELETE", path).status_code == 204
    assert not Organisation.objects.filter(pk=organisation.pk).exists()
    assert User.objects.get(uuid=olga).organisation is None


def test_outside_the_region_nothing_exists(hr, omsk):
    stranger = UserFactory(region=omsk)
    organisation = OrganisationFactory(region=omsk)
    for method, path in (
        ("GET", f"/Users/{stranger.uuid}"),
        ("DELETE", f"/Users/{stranger.uuid}"),
        ("GET", f"/Groups/{organisation.pk}"),
        ("DELETE", f"/Groups/{organisation.pk}"),
        ("GET", "/Users/nonsense"),
        ("GET", "/Groups/nonsense"),
    ):
        assert hr.send(method, path).status_code == 404, path
    group = {"schemas": [GROUP], "displayName": "Г", "members": [{"value": str(stranger.uuid)}]}
    assert hr.send("POST", "/Groups", group).status_code == 400
    assert not Organisation.objects.filter(name="Г").exists()
    assert hr.send("GET", "/Users").data["totalResults"] == 0


def test_people_with_roles_and_erased_ones_are_not_the_hr_systems(hr, tomsk):
    trainer, erased = UserFactory(region=tomsk), UserFactory(region=tomsk)
    grant_role(user=trainer, role=Role.TRAINER)
    erase_person(erased, source="test")
    for person in (trainer, erased):
        assert hr.send("GET", f"/Users/{person.uuid}").status_code == 404
        assert hr.send("DELETE", f"/Users/{person.uuid}").status_code == 404
    assert User.objects.get(pk=trainer.pk).is_active


def test_only_keys_with_the_scope_and_a_region_get_in(caller_of, tomsk):
    client = Client()
    assert client.get("/scim/v2/Users").status_code == 401
    wrong = client.get("/scim/v2/Users", headers={"Authorization": "Bearer bk_nonsense"})
    assert (wrong.status_code, wrong.json()["status"]) == (401, "401")
    assert client.get("/scim/v2/ServiceProviderConfig").status_code == 200
    scopes = [scope for scope in ALL_SCOPES if scope != Scope.SCIM_MANAGE]
    for caller in (caller_of(tomsk, scopes=scopes), caller_of(None)):
        assert HrSystem(caller.key).send("GET", "/Users").status_code == 403


def test_whom_the_data_was_given_out_is_written_down(hr, caller):
    made = hr.hire().data
    PersonalDataAccess.objects.all()._raw_delete("default")
    hr.send("GET", f"/Users/{made['id']}")
    access = PersonalDataAccess.objects.get()
    assert (access.client, str(access.person.uuid)) == (caller.client, made["id"])
    assert access.endpoint == f"GET /scim/v2/Users/{made['id']}"


def test_a_page_of_many_costs_no_query_for_each(hr, tomsk, django_assert_max_num_queries):
    UserFactory.create_batch(12, region=tomsk, organisation=OrganisationFactory(region=tomsk))
    with django_assert_max_num_queries(14):
        page = hr.send("GET", "/Users?count=10").data
    assert (page["totalResults"], page["itemsPerPage"], len(page["Resources"])) == (12, 10, 10)
    with django_assert_max_num_queries(14):
        assert len(hr.send("GET", "/Groups").data["Resources"][0]["members"]) == 12


def test_a_user_name_that_changes_takes_the_external_id_along(hr):
    made = hr.hire().data
    hr.patch(f"/Users/{made['id']}", {"op": "replace", "path": "userName", "value": "petrova"})
    assert ExternalId.objects.get().value == "petrova"
