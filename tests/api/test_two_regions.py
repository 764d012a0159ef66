"""Whatever two regions' clients do in whatever order, neither sees or changes the other's."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import Enrollment, PeopleImport
from lms.people.models import ExternalId, Organisation, User
from tests.api.conftest import PERSON, enrol_path
from tests.api.test_imports import upload
from tests.courses.importing.making import csv_of, person, worked
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db

PEOPLE = ["1001", "1002"]
OPERATIONS = st.lists(
    st.tuples(
        st.booleans(),  # whose client
        st.sampled_from(
            [
                "enrol",
                "rename",
                "withdraw",
                "import",
                "undo",
                "read",
                "list",
                "foreign",
                "register",
                "change",
                "organise",
                "note",
                "transfer",
                "repeat",
            ]
        ),
        st.sampled_from(PEOPLE),
    ),
    min_size=4,
    max_size=12,
)


class Play:
    """Two clients with the same external ids, one shared cohort and one of each region's own."""

    def __init__(self, callers, cohorts, shared) -> None:
        self.callers, self.cohorts, self.shared = callers, cohorts, shared

    def act(self, who: bool, what: str, value: str) -> None:
        caller, other = self.callers[who], self.callers[not who]
        before = everything_of(other.client.region)
        for response in getattr(self, f"_{what}")(who, caller, value):
            assert response.status_code < 500, response.content
            assert other.client.region.code not in response.content.decode()
            assert not ids_of(other.client.region) & set(words_of(response))
        assert everything_of(other.client.region) == before

    def _enrol(self, who, caller, value):
        for cohort in (self.shared, self.cohorts[who]):
            yield caller.enrol(cohort, value, email=f"{who}-{value}@example.org")

    def _rename(self, who, caller, value):
        yield caller.enrol(self.shared, value, email=None, family_name="Орлова")

    def _withdraw(self, who, caller, value):
        for enrolment in caller.get("/enrolments").data["items"][:1]:
            path = f"/enrolments/{enrolment['id']}/transitions"
            yield caller.send("POST", path, {"to": "withdrawn"})

    def _import(self, who, caller, value):
        rows = [person(int(value) - 1000, email=f"{who}-{value}@example.org")]
        sent = upload(caller, csv_of(rows), cohort=str(self.shared.uuid), dry_run="false")
        worked(PeopleImport.objects.get(uuid=sent.data["id"]))
        yield sent
        yield caller.get(f"/imports/{sent.data['id']}/rows")

    def _undo(self, who, caller, value):
        for found in caller.get("/imports").data["items"][-1:]:
            yield caller.send("POST", f"/imports/{found['id']}/undo", {})
            worked(PeopleImport.objects.get(uuid=found["id"]))

    def _read(self, who, caller, value):
        yield caller.get(f"/learners/by-external-id/hr/{value}")

    def _list(self, who, caller, value):
        for path in (
            "/enrolments",
            "/cohorts",
            "/imports",
            "/certificates",
            "/learners",
            "/organisations",
            "/regions",
            "/personal-data-accesses",
            "/progress",
            "/results",
        ):
            yield caller.get(path)

    def _register(self, who, caller, value):
        body = {
            **PERSON,
            "email": f"{who}-{value}@example.org",
            "phone": f"8 912 345 {value[:2]}-{value[2:]}",
            "organisation": "Центр",
            "metadata": {"номер": value},
        }
        yield caller.send("PUT", f"/learners/by-external-id/hr/{value}", body)

    def _change(self, who, caller, value):
        for learner in caller.get("/learners").data["items"][:1]:
            path = f"/learners/{learner['id']}"
            tag = {"If-Match": caller.get(path).headers["ETag"]}
            yield caller.send("PATCH", path, {"position": f"Должность {value}"}, **tag)

    def _organise(self, who, caller, value):
        path = f"/organisations/by-external-id/hr/{value}"
        yield caller.send("PUT", path, {"name": f"Центр {value}"})
        for found in caller.get("/organisations").data["items"][:1]:
            yield caller.send("PATCH", f"/organisations/{found['id']}", {"name": "Центр"})

    def _note(self, who, caller, value):
        """On enrolments, and on organisations: a parent of one's own, and the other's."""
        for enrolment in caller.get("/enrolments").data["items"][:2]:
            path = f"/enrolments/{enrolment['id']}"
            yield caller.send("PATCH", path, {"metadata": {"номер": value}})
            yield caller.get(f"{path}/results")
        theirs = Organisation.objects.filter(region=self.callers[not who].client.region)
        own = [found["id"] for found in caller.get("/organisations").data["items"]]
        path = f"/organisations/by-external-id/hr/{value}"
        for parent in (*own[:2], *theirs.values_list("pk", flat=True)[:1]):
            body = {"name": f"Центр {value}", "parent": parent, "inn": "7012345676"}
            answer = caller.send("PUT", path, body)
            assert (answer.status_code == 422) == (parent not in own)
            yield answer

    def _transfer(self, who, caller, value):
        """Into the own cohort, and into the other's, which is not there."""
        for enrolment in caller.get("/enrolments").data["items"][:2]:
            path = f"/enrolments/{enrolment['id']}/transfer"
            yield caller.send("POST", path, {"cohort": str(self.cohorts[who].uuid)})
            refused = caller.send("POST", path, {"cohort": str(self.cohorts[not who].uuid)})
            assert refused.status_code == 404
            yield refused

    def _repeat(self, who, caller, value):
        for enrolment in caller.get("/enrolments").data["items"][:2]:
            yield caller.send("POST", f"/enrolments/{enrolment['id']}/repeat", {})

    def _foreign(self, who, caller, value):
        """The other's ids, as if they had leaked."""
        theirs = self.callers[not who].client.region
        for enrollment in Enrollment.objects.filter(learner__region=theirs)[:2]:
            path = f"/enrolments/{enrollment.uuid}"
            for response in (
                caller.get(path),
                caller.send("POST", f"{path}/transfer", {"cohort": str(self.cohorts[who].uuid)}),
                caller.send("POST", f"{path}/repeat", {}),
                caller.get(f"{path}/progress"),
                caller.get(f"{path}/results"),
                caller.send("PATCH", path, {"metadata": {"чужое": "да"}}),
                caller.send("POST", f"{path}/transitions", {"to": "withdrawn"}),
            ):
                assert response.status_code == 404
                yield response
        for learner in User.objects.filter(region=theirs)[:1]:
            yield caller.send("PATCH", f"/learners/{learner.uuid}", {}, **{"If-Match": "*"})
        for found in Organisation.objects.filter(region=theirs)[:1]:
            yield caller.send("PATCH", f"/organisations/{found.pk}", {"name": "Чужое"})
            yield caller.send("PATCH", f"/organisations/{found.pk}", {"parent": None})
        for found in PeopleImport.objects.filter(region=theirs)[:1]:
            for step in ("confirm", "undo", "cancel"):
                refused = caller.send("POST", f"/imports/{found.uuid}/{step}", {})
                assert refused.status_code == 404
                yield refused
        yield caller.send("PUT", enrol_path(self.cohorts[not who], value), {})


def everything_of(region) -> list:
    return [
        list(User.objects.filter(region=region).order_by("pk").values()),
        list(Enrollment.objects.filter(learner__region=region).order_by("pk").values()),
        list(ExternalId.objects.filter(region=region).order_by("pk").values()),
        list(PeopleImport.objects.filter(region=region).order_by("pk").values()),
        list(Organisation.objects.filter(region=region).order_by("pk").values()),
    ]


def ids_of(region) -> set[str]:
    people = User.objects.filter(region=region).values_list("uuid", flat=True)
    places = Enrollment.objects.filter(learner__region=region).values_list("uuid", flat=True)
    files = PeopleImport.objects.filter(region=region).values_list("uuid", flat=True)
    return {str(found) for found in (*people, *places, *files)}


def words_of(response) -> list[str]:
    return json.dumps(response.data or "").replace("/", '"').split('"')


@given(OPERATIONS)
@settings(
    max_examples=6,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_neither_sees_or_changes_what_is_the_others(caller_of, tomsk, omsk, operations):
    callers = {False: caller_of(tomsk), True: caller_of(omsk)}
    course = CohortFactory(regions=[tomsk, omsk])
    cohorts = {
        who: CohortFactory(course=course.course, regions=[caller.client.region])
        for who, caller in callers.items()
    }
    play = Play(callers, cohorts, course)
    for who, what, value in operations:
        play.act(who, what, value)
