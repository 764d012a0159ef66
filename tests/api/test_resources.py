"""Regions, organisations, courses and learners by themselves."""

import uuid

import pytest
from django.test.utils import CaptureQueriesContext

from courses.models import Enrollment
from lms.api.models import PersonalDataAccess
from lms.mail.models import Letter
from lms.people.models import ExternalId, Organisation, User
from tests.api.conftest import PERSON
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db
BY_ID = "/learners/by-external-id/hr/1"


def test_a_client_sees_its_own_region(caller, caller_of, tomsk, omsk):
    assert [region["code"] for region in caller.get("/regions").data["items"]] == ["RU-TOM"]
    assert caller.get("/regions/RU-TOM").data["timezone"] == tomsk.timezone
    codes = {region["code"] for region in caller_of().get("/regions").data["items"]}
    assert {"RU-TOM", "RU-OMS"} <= codes


def test_a_learner_is_registered_without_being_enrolled(caller, tomsk):
    first = caller.send("PUT", BY_ID, PERSON)
    again = caller.send("PUT", BY_ID, PERSON)
    changed = caller.send("PUT", BY_ID, {**PERSON, "position": "Психолог"})
    answers = [(a.status_code, a.data["outcome"]) for a in (first, again, changed)]
    assert answers == [(201, "created"), (200, "unchanged"), (200, "updated")]
    assert changed.data["learner"]["position"] == "Психолог"
    assert changed.headers["ETag"] == caller.get(BY_ID).headers["ETag"]
    assert User.objects.filter(region=tomsk).count() == 1
    assert not Enrollment.objects.exists()
    assert not Letter.objects.exists()


def test_if_none_match_registers_only_who_is_new(caller):
    once = {"If-None-Match": "*"}
    assert caller.send("PUT", BY_ID, PERSON, **once).status_code == 201
    refused = caller.send("PUT", BY_ID, {**PERSON, "position": "Психолог"}, **once)
    assert (refused.status_code, refused.data["code"]) == (412, "precondition-failed")
    assert User.objects.get(email=PERSON["email"]).position == ""


def test_an_address_of_somebody_else_is_refused(caller):
    UserFactory(email=PERSON["email"])
    answer = caller.send("PUT", BY_ID, PERSON)
    assert (answer.status_code, answer.data["code"]) == (409, "email-taken")


def test_whoever_moved_to_another_region_is_no_longer_changed(caller, omsk):
    caller.send("PUT", BY_ID, PERSON)
    User.objects.filter(email=PERSON["email"]).update(region=omsk)
    for path in (BY_ID, f"/cohorts/{CohortFactory().uuid}/enrolments/by-external-id/hr/1"):
        answer = caller.send("PUT", path, {**PERSON, "family_name": "Чужая"})
        assert (answer.status_code, answer.data["code"]) == (409, "person-blocked")
    assert User.objects.get(email=PERSON["email"]).family_name == PERSON["family_name"]


def test_a_change_needs_the_state_that_was_read(caller):
    learner = caller.send("PUT", BY_ID, PERSON).data["learner"]
    path = f"/learners/{learner['id']}"
    tag = caller.get(path).headers["ETag"]
    change = {"position": "Психолог"}
    assert caller.send("PATCH", path, change).data["code"] == "precondition-required"
    stale = caller.send("PATCH", path, change, **{"If-Match": '"old"'})
    assert stale.data["code"] == "precondition-failed"
    done = caller.send("PATCH", path, change, **{"If-Match": tag})
    assert (done.status_code, done.data["outcome"]) == (200, "updated")
    assert done.data["learner"]["family_name"] == PERSON["family_name"]
    assert done.headers["ETag"] == caller.get(path).headers["ETag"] != tag
    assert caller.send("PATCH", path, change, **{"If-Match": tag}).status_code == 412


def test_a_field_that_is_unknown_changes_nothing(caller):
    learner = caller.send("PUT", BY_ID, PERSON).data["learner"]
    path = f"/learners/{learner['id']}"
    tag = {"If-Match": caller.get(path).headers["ETag"]}
    for body in ({"region": "RU-OMS"}, {"is_staff": True}, {"family_name": ""}):
        assert caller.send("PATCH", path, body, **tag).status_code == 422


def test_the_list_of_learners_is_filtered_and_kept_to_the_region(caller, tomsk, omsk):
    UserFactory(region=omsk)
    centre = Organisation.objects.create(region=tomsk, name="Центр")
    first = UserFactory(region=tomsk, organisation=centre)
    ExternalId.objects.create(region=tomsk, system="hr", value="5", user=first)
    second = UserFactory(region=tomsk)

    def ids(query: str = "") -> list[str]:
        return [learner["id"] for learner in caller.get(f"/learners{query}").data["items"]]

    assert ids() == [str(first.uuid), str(second.uuid)]
    assert ids(f"?organisation={centre.pk}") == ids("?system=hr") == [str(first.uuid)]
    moment = caller.get("/learners?limit=1").data["items"][0]["updated_at"]
    first.position = "Психолог"
    first.save(update_fields=["position"])
    assert ids(f"?updated_since={moment}")[-1] == str(first.uuid)
    page = caller.get("/learners?limit=1").data
    assert page["has_more"]
    assert caller.get(f"/learners?limit=1&cursor={page['next_cursor']}").data["has_more"] is False


def test_what_another_region_calls_a_learner_finds_nobody(caller, caller_of, tomsk, omsk):
    learner = UserFactory(region=tomsk)  # moved here from Omsk
    ExternalId.objects.create(region=omsk, system="hr", value="1", user=learner)
    ExternalId.objects.create(region=tomsk, system="staff", value="2", user=learner)
    assert caller.get("/learners?system=hr").data["items"] == []
    assert caller.get(BY_ID).data["code"] == "learner-not-found"
    assert len(caller_of().get("/learners?system=hr").data["items"]) == 1
    assert caller_of().get(BY_ID).data["id"] == str(learner.uuid)


def test_the_address_that_opens_the_cms_is_set_by_no_region(caller, tomsk):
    coordinator = UserFactory(region=tomsk, email="invited@example.org", is_staff=True)
    path = f"/learners/{coordinator.uuid}"
    tag = {"If-Match": caller.get(path).headers["ETag"]}
    done = caller.send("PATCH", path, {"email": "mine@example.org"}, **tag)
    assert (done.data["outcome"], done.data["kept"]) == ("unchanged", ["email"])
    coordinator.refresh_from_db()
    assert coordinator.email == "invited@example.org"


def test_signing_in_does_not_count_as_a_change(caller, tomsk):
    learner = UserFactory(region=tomsk)
    before = caller.get("/learners").data["items"][0]["updated_at"]
    learner.save(update_fields=["last_login"])
    assert caller.get("/learners").data["items"][0]["updated_at"] == before


@pytest.mark.parametrize("path", ["/learners", "/organisations", "/courses", "/regions"])
def test_a_list_costs_the_same_for_one_and_for_ten(caller, tomsk, path):
    from django.db import connection

    def add(number: int) -> None:
        centre = Organisation.objects.create(region=tomsk, name=f"Центр {number}")
        UserFactory(region=tomsk, organisation=centre)
        CohortFactory(regions=[tomsk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert caller.get(path).status_code == 200
        return len(asked)

    add(0)
    caller.get(path)
    one = queries()
    for number in range(1, 10):
        add(number)
    assert queries() == one


def test_names_need_their_scope(caller_of, tomsk):
    UserFactory(region=tomsk, family_name="Скрытая")
    blind = caller_of(tomsk, ["learners:read"])
    answer = blind.get("/learners")
    assert "Скрытая" not in answer.content.decode()
    assert answer.data["items"][0]["initials"]
    assert not PersonalDataAccess.objects.exists()


def test_organisations_are_named_by_the_regions_ids(caller, tomsk):
    path = "/organisations/by-external-id/hr/d-1"
    Organisation.objects.create(region=tomsk, name="Центр")
    adopted = caller.send("PUT", path, {"name": "Центр"})
    again = caller.send("PUT", path, {"name": "Центр"})
    renamed = caller.send("PUT", path, {"name": "Центр «Забота»"})
    new = caller.send("PUT", "/organisations/by-external-id/hr/d-2", {"name": "Филиал"})
    outcomes = [answer.data["outcome"] for answer in (adopted, again, renamed, new)]
    assert outcomes == ["updated", "unchanged", "updated", "created"]
    assert caller.get(path).data["name"] == "Центр «Забота»"
    assert len(caller.get("/organisations").data["items"]) == 2
    taken = caller.send("PUT", "/organisations/by-external-id/hr/d-2", {"name": "Центр «Забота»"})
    assert (taken.status_code, taken.data["code"]) == (409, "name-taken")


def test_organisations_are_added_and_renamed(caller):
    added = caller.send("POST", "/organisations", {"name": "Центр"})
    assert added.status_code == 201
    number = added.data["organisation"]["id"]
    again = caller.send("POST", "/organisations", {"name": "Центр"})
    assert again.data["code"] == "name-taken"
    renamed = caller.send("PATCH", f"/organisations/{number}", {"name": "Центр помощи"})
    assert renamed.data["outcome"] == "updated"
    assert caller.get(f"/organisations/{number}").data["name"] == "Центр помощи"
    assert caller.get("/organisations/٣").data["code"] == "organisation-not-found"


def test_courses_are_found_by_their_id(caller, tomsk):
    course = CohortFactory(regions=[tomsk]).course
    (listed,) = caller.get("/courses").data["items"]
    assert listed == caller.get(f"/courses/{course.translation_key}").data
    assert caller.get(f"/courses/{uuid.uuid4()}").data["code"] == "course-not-found"
