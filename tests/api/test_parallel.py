"""Parallel requests: real threads, each with its own connection to the database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.importing import applying
from courses.importing.imports import confirm
from courses.models import Enrollment, EnrollmentTransition, PeopleImport
from lms.mail.models import Letter
from lms.people.models import ExternalId, Organisation, User
from lms.people.seed import seed_regions
from tests.courses.importing.making import checked, csv_of, person, worked
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 10
NAMES = {"family_name": "Иванова", "given_name": "Мария"}


@pytest.fixture(autouse=True)
def regions_for_the_tests_after():
    """A test with real transactions empties the tables; regions belong to every installation."""
    yield
    seed_regions()


def in_parallel(count: int, call) -> list:
    def run(number: int):
        try:
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(count)))


def test_fifty_identical_requests_create_once(caller):
    cohort = CohortFactory()
    answers = in_parallel(50, lambda n: caller.enrol(cohort, organisation="Центр «Забота»"))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    outcomes = [answer.data["outcome"] for answer in answers]
    assert sorted(outcomes) == ["created"] + ["unchanged"] * 49
    for model in (User, ExternalId, Organisation, Enrollment, EnrollmentTransition, Letter):
        assert model.objects.count() == 1, model


def test_a_cohort_of_five_places_takes_five_of_ten(caller):
    cohort = CohortFactory(capacity=5)
    answers = in_parallel(10, lambda n: caller.enrol(cohort, f"{n}", email=f"p{n}@example.org"))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 5
    assert {a.data["code"] for a in answers if a.status_code == 409} == {"cohort-full"}
    assert User.objects.count() == Enrollment.objects.count() == 5


def test_of_two_people_with_one_address_one_is_registered(caller):
    cohort = CohortFactory()
    answers = in_parallel(8, lambda n: caller.enrol(cohort, f"{n}"))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {a.data["code"] for a in answers if a.status_code == 409} == {"email-taken"}
    assert User.objects.count() == 1


def test_an_import_and_single_requests_for_the_same_people_enrol_each_once(caller, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 4)
    cohort = CohortFactory()
    found = checked(csv_of([person(n) for n in range(24)]), cohort=cohort, region=None)
    by_single_requests = in_parallel_with_an_import(caller, cohort, found)
    assert {answer.status_code for answer in by_single_requests} <= {200, 201}
    outcomes = [answer.data["outcome"] for answer in by_single_requests]
    assert found.counts.get("created", 0) + outcomes.count("created") == 24
    for model in (User, ExternalId, Enrollment, EnrollmentTransition):
        assert model.objects.count() == 24, model

    for enrollment in Enrollment.objects.all():
        move(enrollment=enrollment, to=EnrollmentState.WITHDRAWN, source="test")
    found = checked(csv_of([person(n) for n in range(24)]), cohort=cohort, region=None)
    by_single_requests = in_parallel_with_an_import(caller, cohort, found)
    assert {answer.status_code for answer in by_single_requests} == {200}
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"invited"}
    assert EnrollmentTransition.objects.filter(from_state="withdrawn").count() == 24


def in_parallel_with_an_import(caller, cohort, found: PeopleImport) -> list:
    """The answers of single requests for the people of an import while it is carried out."""

    def one(number: int):
        if number == 0:
            confirm(found)
            return None
        _id, *names = person(number - 1)
        said = dict(zip(("family_name", "given_name", "patronymic", "email"), names, strict=True))
        return caller.enrol(cohort, _id, **said)

    answers = in_parallel(25, one)[1:]
    worked(found)
    assert found.state == "applied"
    return answers


def outcomes_of(answers) -> list[tuple[int, str]]:
    return sorted((a.status_code, a.data.get("outcome", a.data.get("code"))) for a in answers)


def test_of_parallel_organisations_of_one_name_one_is_added(caller):
    answers = in_parallel(10, lambda n: caller.send("POST", "/organisations", {"name": "Центр"}))
    assert outcomes_of(answers) == [(201, "created")] + [(409, "name-taken")] * 9
    assert Organisation.objects.count() == 1


def test_parallel_puts_of_one_organisation_all_get_through(caller):
    path = "/organisations/by-external-id/hr/1"
    answers = in_parallel(10, lambda n: caller.send("PUT", path, {"name": "Центр"}))
    assert outcomes_of(answers) == [(200, "unchanged")] * 9 + [(201, "created")]
    # The same id with other names: the last one stays, and nobody is told of an error.
    answers = in_parallel(10, lambda n: caller.send("PUT", path, {"name": f"Центр {n}"}))
    assert outcomes_of(answers) == [(200, "updated")] * 10
    assert Organisation.objects.count() == 1


def test_one_name_under_several_new_ids_is_one_organisation(caller):
    def put(number: int):
        path = f"/organisations/by-external-id/hr/{number}"
        return caller.send("PUT", path, {"name": "Центр"})

    answers = in_parallel(10, put)
    assert outcomes_of(answers) == [(201, "created")] + [(409, "name-taken")] * 9
    assert Organisation.objects.count() == 1


def test_organisations_renamed_to_one_name_at_once_stay_apart(caller):
    numbers = [
        caller.send("POST", "/organisations", {"name": f"Центр {n}"}).data["organisation"]["id"]
        for n in range(8)
    ]
    answers = in_parallel(
        8, lambda n: caller.send("PATCH", f"/organisations/{numbers[n]}", {"name": "Забота"})
    )
    assert outcomes_of(answers) == [(200, "updated")] + [(409, "name-taken")] * 7


def test_of_parallel_learners_with_one_id_one_is_added(caller):
    def add(number: int):
        ids = [{"system": "hr", "value": "1"}, {"system": "staff", "value": "1"}]
        body = {**NAMES, "external_ids": ids if number % 2 else ids[::-1]}
        return caller.send("POST", "/learners", body)

    answers = in_parallel(10, add)
    assert outcomes_of(answers) == [(201, "created")] + [(409, "external-id-taken")] * 9
    assert (User.objects.count(), ExternalId.objects.count()) == (1, 2)


def test_of_parallel_learners_with_one_address_one_is_added(caller):
    body = {**NAMES, "email": "one@example.org"}
    answers = in_parallel(10, lambda n: caller.send("POST", "/learners", body))
    assert outcomes_of(answers) == [(201, "created")] + [(409, "email-taken")] * 9
    assert User.objects.count() == 1


def test_the_same_key_at_once_is_carried_out_once(caller):
    def add(number: int):
        return caller.send("POST", "/organisations", {"name": "Центр"}, **{"Idempotency-Key": "k"})

    codes = {answer.status_code for answer in in_parallel(10, add)}
    assert codes <= {201, 409}
    assert 201 in codes
    assert Organisation.objects.count() == 1
    again = add(0)
    assert (again.status_code, again.data["outcome"]) == (201, "created")


def test_learners_move_while_their_organisation_is_renamed(caller):
    """Both lock the same people; neither may wait for the other for ever."""
    for number in range(6):
        caller.send(
            "PUT",
            f"/learners/by-external-id/hr/{number}",
            {
                "family_name": "Иванова",
                "given_name": "Мария",
                "organisation": f"Центр {number % 2}",
            },
        )
    first, second = Organisation.objects.order_by("name")

    def work(number: int):
        if number % 3 == 0:
            path = f"/organisations/{(first if number % 2 else second).pk}"
            return caller.send("PATCH", path, {"name": f"Имя {number}"})
        body = {**NAMES, "organisation": (first if number % 2 else second).pk}
        return caller.send("PUT", f"/learners/by-external-id/hr/{number % 6}", body)

    assert {answer.status_code for answer in in_parallel(30, work)} == {200}


def test_a_group_of_scim_changes_while_its_people_do(caller):
    """Its name and its members together, while the same people are brought up to date.

    Of two who write the group at once the second is told to read it again; nobody gets a 500.
    """
    people = [
        caller.send("PUT", f"/learners/by-external-id/hr/{number}", NAMES).data["learner"]["id"]
        for number in range(6)
    ]
    centre = caller.send("POST", "/organisations", {"name": "Центр"}).data["organisation"]["id"]

    def work(number: int) -> int:
        if number % 3 == 0:
            members = [{"value": person} for person in people[number % 4 :]]
            body = {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "displayName": f"Центр {number}",
                "members": members,
            }
            answer = Client().put(
                f"/scim/v2/Groups/{centre}",
                body,
                content_type="application/scim+json",
                headers={"Authorization": f"Bearer {caller.key}"},
            )
            return answer.status_code
        body = {**NAMES, "organisation": centre}
        path = f"/learners/by-external-id/hr/{number % 6}"
        return caller.send("PUT", path, body).status_code

    codes = set(in_parallel(30, work))
    assert codes <= {200, 412}
    assert 200 in codes


def test_two_who_put_each_above_the_other_never_close_a_ring(caller):
    first, second = [
        caller.send("POST", "/organisations", {"name": name}).data["organisation"]["id"]
        for name in ("А", "Б")
    ]
    above = {first: second, second: first}

    def put_below(number: int):
        child = (first, second)[number % 2]
        path = f"/organisations/{child}"
        headers = {"If-Match": "*"} if number % 3 else {}
        answer = caller.send("PATCH", path, {"parent": above[child]}, **headers)
        caller.send("PATCH", path, {"parent": None, "name": f"{child}"})
        return answer

    answers = in_parallel(24, put_below)
    assert {a.data.get("code", "done") for a in answers} <= {"done", "organisation-cycle"}
    caller.send("PATCH", f"/organisations/{first}", {"parent": second})
    refused = caller.send("PATCH", f"/organisations/{second}", {"parent": first})
    assert refused.data["code"] == "organisation-cycle"
