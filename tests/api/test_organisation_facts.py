"""Organisations: the taxpayer number, who stands above whom, notes of the region's systems."""

from __future__ import annotations

import pytest
from django.test import Client

from lms.people.models import Organisation, User
from lms.people.organisations import MOST_LEVELS
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
INN = "7012345676"


def added(caller, name: str, **facts) -> int:
    answer = caller.send("POST", "/organisations", {"name": name, **facts})
    assert answer.status_code == 201, answer.data
    return answer.data["organisation"]["id"]


def changed(caller, number: int, **facts):
    return caller.send("PATCH", f"/organisations/{number}", facts)


def error_of(answer) -> tuple[int, str, str]:
    (error,) = answer.data["errors"]
    return answer.status_code, error["pointer"], error["code"]


def test_a_taxpayer_number_is_said_changed_and_taken_away(caller):
    number = added(caller, "Центр", inn=INN)
    assert caller.get(f"/organisations/{number}").data["inn"] == INN
    assert changed(caller, number, inn=INN).data["outcome"] == "unchanged"
    assert changed(caller, number, name="Центр помощи").data["organisation"]["inn"] == INN
    assert changed(caller, number, inn="5501234560").data["outcome"] == "updated"
    for nothing in (None, ""):
        assert changed(caller, number, inn=nothing).data["organisation"]["inn"] is None


@pytest.mark.parametrize(
    ("inn", "code"), [("7012345677", "wrong-check-digits"), ("123", "wrong-length")]
)
def test_a_wrong_taxpayer_number_is_refused_in_russian(caller, inn, code):
    for method, path in (
        ("POST", "/organisations"),
        ("PUT", "/organisations/by-external-id/hr/1"),
    ):
        answer = caller.send(method, path, {"name": "Центр", "inn": inn})
        assert error_of(answer) == (422, "/inn", code)
        assert "ИНН" in answer.data["errors"][0]["detail"]
    assert not Organisation.objects.exists()


def test_branches_share_a_taxpayer_number_and_are_found_by_it(caller):
    head = added(caller, "Центр", inn=INN)
    branch = added(caller, "Филиал", inn=INN, parent=head)
    added(caller, "Иной", inn="5501234560")

    def listed(query: str) -> list[int]:
        return [one["id"] for one in caller.get(f"/organisations?{query}").data["items"]]

    assert listed(f"inn={INN}") == [head, branch]
    assert listed(f"parent={head}") == [branch]
    assert caller.get("/organisations?inn=12").status_code == 422


def test_a_parent_by_your_id_and_taken_away_again(caller):
    head = added(caller, "Центр")
    path = "/organisations/by-external-id/hr/f1"
    new = caller.send("PUT", path, {"name": "Филиал", "parent": head})
    assert (new.data["outcome"], new.data["organisation"]["parent"]) == ("created", head)
    again = caller.send("PUT", path, {"name": "Филиал"})
    assert (again.data["outcome"], again.data["organisation"]["parent"]) == ("unchanged", head)
    away = caller.send("PUT", path, {"name": "Филиал", "parent": None})
    assert (away.data["outcome"], away.data["organisation"]["parent"]) == ("updated", None)


def test_an_organisation_that_gets_an_id_takes_what_is_said_of_it(caller):
    head, branch = added(caller, "Центр"), added(caller, "Филиал")
    path = "/organisations/by-external-id/hr/f1"
    answer = caller.send("PUT", path, {"name": "Филиал", "parent": head, "inn": INN})
    shown = answer.data["organisation"]
    assert (shown["id"], shown["parent"], shown["inn"]) == (branch, head, INN)


def test_nobody_stands_above_themselves(caller):
    top, middle = added(caller, "А"), added(caller, "Б")
    low = added(caller, "В", parent=middle)
    assert changed(caller, middle, parent=top).status_code == 200
    for number, parent in ((top, top), (top, middle), (top, low)):
        answer = changed(caller, number, parent=parent)
        assert (answer.status_code, answer.data["code"]) == (409, "organisation-cycle")
    caller.send("PUT", "/organisations/by-external-id/hr/a", {"name": "А"})
    by_id = {"name": "А", "parent": low}
    answer = caller.send("PUT", "/organisations/by-external-id/hr/a", by_id)
    assert answer.data["code"] == "organisation-cycle"
    assert Organisation.objects.get(pk=top).parent is None


def test_levels_end_somewhere_from_above_and_from_below(caller):
    line = [added(caller, "0")]
    for level in range(1, MOST_LEVELS):
        line.append(added(caller, str(level), parent=line[-1]))
    body = {"name": "слишком глубоко", "parent": line[-1]}
    answer = caller.send("POST", "/organisations", body)
    assert (answer.status_code, answer.data["code"]) == (409, "organisation-too-deep")
    above = added(caller, "выше всех")
    assert changed(caller, line[0], parent=above).data["code"] == "organisation-too-deep"
    assert changed(caller, line[1], parent=above).status_code == 200


def test_a_parent_is_of_the_same_region(caller, omsk):
    foreign = Organisation.objects.create(region=omsk, name="Омский центр")
    number = added(caller, "Центр")
    for parent in (foreign.pk, 10**9):
        assert error_of(changed(caller, number, parent=parent)) == (422, "/parent", "unknown")
        answer = caller.send("POST", "/organisations", {"name": "Филиал", "parent": parent})
        assert error_of(answer) == (422, "/parent", "unknown")
        assert "Омск" not in answer.content.decode()


def test_a_change_follows_the_state_that_was_read(caller):
    head, number = added(caller, "Центр"), added(caller, "Филиал")
    path = f"/organisations/{number}"
    tag = caller.get(path).headers["ETag"]
    done = caller.send("PATCH", path, {"parent": head}, **{"If-Match": tag})
    assert done.status_code == 200
    late = caller.send("PATCH", path, {"inn": INN}, **{"If-Match": tag})
    assert late.data["code"] == "precondition-failed"


def test_only_a_new_name_is_news_about_those_who_work_there(caller, tomsk):
    number = added(caller, "Центр")
    learner = UserFactory(region=tomsk, organisation_id=number)
    before = learner.updated_at
    changed(caller, number, inn=INN, metadata={"a": "1"})
    assert User.objects.get(pk=learner.pk).updated_at == before
    changed(caller, number, name="Центр помощи")
    assert User.objects.get(pk=learner.pk).updated_at > before


def test_notes_are_replaced_as_a_whole(caller):
    number = added(caller, "Центр", metadata={"код": "4-Б", "b": ""})
    kept = changed(caller, number, name="Центр помощи").data["organisation"]["metadata"]
    assert kept == {"код": "4-Б", "b": ""}
    assert changed(caller, number, metadata=kept).data["outcome"] == "unchanged"
    assert changed(caller, number, metadata={"c": "1"}).data["organisation"]["metadata"] == {
        "c": "1"
    }
    assert changed(caller, number, metadata={}).data["organisation"]["metadata"] == {}


def test_an_hr_system_that_renames_leaves_the_rest(caller):
    head = added(caller, "Центр")
    number = added(caller, "Филиал", inn=INN, parent=head, metadata={"a": "1"})
    done = Client().patch(
        f"/scim/v2/Groups/{number}",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": "Отделение"}],
        },
        content_type="application/scim+json",
        headers={"Authorization": f"Bearer {caller.key}"},
    )
    assert done.status_code in (200, 204)
    shown = caller.get(f"/organisations/{number}").data
    facts = (shown["name"], shown["inn"], shown["parent"], shown["metadata"])
    assert facts == ("Отделение", INN, head, {"a": "1"})
