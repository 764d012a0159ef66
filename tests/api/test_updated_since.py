"""Coming back for what is new: ``updated_since`` of the lists."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import Cohort, PeopleImport
from lms.people.models import Organisation, User
from tests.factories import CohortFactory, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=30)


def since(caller, path: str, moment) -> list[dict]:
    answer = caller.send("GET", f"{path}?updated_since={moment.isoformat().replace('+', '%2B')}")
    assert answer.status_code == 200
    return answer.data["items"]


@pytest.fixture
def worker(tomsk):
    """Somebody of an organisation with an id, long unchanged."""
    centre = Organisation.objects.create(region=tomsk, name="Центр")
    centre.external_ids.create(region=tomsk, system="hr", value="o1")
    learner = UserFactory(region=tomsk, organisation=centre)
    UserFactory(region=tomsk, organisation=Organisation.objects.create(region=tomsk, name="Иной"))
    User.objects.update(updated_at=LONG_AGO)
    return learner


def by_number(caller, centre):
    return caller.send("PATCH", f"/organisations/{centre.pk}", {"name": "Центр «Забота»"})


def by_id(caller, centre):
    return caller.send("PUT", "/organisations/by-external-id/hr/o1", {"name": "Центр «Забота»"})


@pytest.mark.parametrize("rename", [by_number, by_id])
def test_a_renamed_organisation_is_news_about_its_people(caller, worker, rename):
    moment = timezone.now()
    assert since(caller, "/learners", moment) == []
    assert rename(caller, worker.organisation).data["outcome"] == "updated"
    (found,) = since(caller, "/learners", moment)
    assert (found["id"], found["organisation"]) == (str(worker.uuid), "Центр «Забота»")
    assert caller.get("/learners").data["items"][-1]["id"] == str(worker.uuid)


def test_a_name_that_stays_is_no_news(caller, worker):
    moment = timezone.now()
    for request in (
        ("PATCH", f"/organisations/{worker.organisation.pk}", {"name": "Центр"}),
        ("PUT", "/organisations/by-external-id/hr/o1", {"name": "Центр"}),
    ):
        assert caller.send(*request).data["outcome"] == "unchanged"
    assert since(caller, "/learners", moment) == []


def test_an_enrolment_is_news_when_its_learner_is(caller, worker):
    enrollment = EnrollmentFactory(learner=worker)
    moment = timezone.now()
    assert since(caller, "/enrolments", moment) == []
    by_number(caller, worker.organisation)
    (found,) = since(caller, "/enrolments", moment)
    assert found["id"] == str(enrollment.uuid)
    assert found["learner"]["organisation"] == "Центр «Забота»"


def test_cohorts_are_news_when_they_or_their_places_change(caller):
    changed, entered, _same = CohortFactory(title="А"), CohortFactory(), CohortFactory()
    Cohort.objects.update(updated_at=LONG_AGO)
    moment = timezone.now()
    assert since(caller, "/cohorts", moment) == []
    changed.title = "Б"
    changed.save()
    caller.enrol(entered)
    found = {cohort["id"] for cohort in since(caller, "/cohorts", moment)}
    assert found == {str(changed.uuid), str(entered.uuid)}


def test_courses_are_news_when_they_are_published_anew(caller):
    course = CohortFactory().course
    moment = timezone.now()
    assert since(caller, "/courses", moment) == []
    course.title = "Новое название"
    course.save_revision().publish()
    (found,) = since(caller, "/courses", moment)
    assert found["title"] == "Новое название"
    assert found["updated_at"] >= moment.isoformat()[:19]


def test_imports_are_news_when_they_go_on(caller, tomsk):
    people_import = PeopleImport.objects.create(
        region=tomsk, file_name="a.csv", size_bytes=1, format="csv", state="checked"
    )
    PeopleImport.objects.update(updated_at=LONG_AGO)
    moment = timezone.now()
    assert since(caller, "/imports", moment) == []
    assert caller.send("POST", f"/imports/{people_import.uuid}/cancel").status_code == 202
    (found,) = since(caller, "/imports", moment)
    assert found["state"] == "cancelled"


def test_webhook_endpoints_are_news_when_they_change(caller):
    body = {"url": "https://hooks.example.org/in"}
    made = caller.send("POST", "/webhook-endpoints", body).data["endpoint"]
    moment = timezone.now()
    assert since(caller, "/webhook-endpoints", moment) == []
    caller.send("PUT", f"/webhook-endpoints/{made['id']}", {**body, "is_active": False})
    (found,) = since(caller, "/webhook-endpoints", moment)
    assert found["state"] == "disabled"


def test_a_person_of_scim_is_news_when_the_group_is_renamed(caller, worker):
    moment = timezone.now()
    done = Client().patch(
        f"/scim/v2/Groups/{worker.organisation.pk}",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": "Центр «Забота»"}],
        },
        content_type="application/scim+json",
        headers={"Authorization": f"Bearer {caller.key}"},
    )
    assert done.status_code in (200, 204)
    (found,) = since(caller, "/learners", moment)
    assert found["organisation"] == "Центр «Забота»"
