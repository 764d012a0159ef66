"""Personal data through the API: given out, merged, erased, each with its scope."""

import pytest

from lms.api.models import PersonalDataAccess
from lms.api.scopes import ALL_SCOPES, Scope
from lms.people.models import Consent, Role, User
from lms.people.roles import grant_role
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(caller):
    return caller.enrol(CohortFactory(), "77").data["enrolment"]["learner"]["id"]


def test_a_learner_is_read_by_id(caller, learner):
    answer = caller.get(f"/learners/{learner}").data
    assert answer == caller.get("/learners/by-external-id/hr/77").data


def test_everything_about_a_learner_but_their_private_words(caller, learner):
    answer = caller.get(f"/learners/{learner}/export").data
    sections = {section["key"]: section["rows"] for section in answer["sections"]}
    assert sections["person"][0]["family_name"] == "Иванова"
    assert sections["courses.Enrollment"][0]["state"] == "invited"
    assert not {"courses.LessonNote", "assessments.Attempt", "mail.Letter"} & sections.keys()
    assert PersonalDataAccess.objects.filter(endpoint__endswith="/export").count() == 1


def test_consents_are_read(caller, learner):
    person = User.objects.get(uuid=learner)
    Consent.objects.create(user=person, purpose=Consent.Purpose.ANSWERS, wording="1")
    (consent,) = caller.get(f"/learners/{learner}/consents").data["items"]
    assert (consent["purpose"], consent["withdrawn_at"]) == ("answers", None)


def test_erasing_answers_with_a_report_and_can_be_repeated(caller, learner):
    answer = caller.send("POST", f"/learners/{learner}/erase", {"reason": "заявление"})
    assert answer.status_code == 200
    report = {line["kind"]: line["outcome"] for line in answer.data["report"]}
    assert report["people.ExternalId"] == "delete"
    assert report["courses.Enrollment"] == "blank"
    again = caller.send("POST", f"/learners/{learner}/erase", {"reason": "ещё раз"})
    assert again.data == answer.data
    assert caller.get(f"/learners/{learner}").status_code == 404
    assert caller.get("/learners/by-external-id/hr/77").status_code == 404
    types = [event["type"] for event in caller.get("/events").data["items"]]
    assert types[-1] == "learner.erased"


def test_merging_two_entries(caller, learner):
    other = caller.enrol(CohortFactory(), "78", email="other@example.org").data
    other = other["enrolment"]["learner"]["id"]
    answer = caller.send("POST", f"/learners/{learner}/merge", {"duplicate": other})
    assert answer.status_code == 200
    assert [known["value"] for known in answer.data["external_ids"]] == ["77", "78"]
    assert caller.get("/learners/by-external-id/hr/78").data["id"] == learner
    assert caller.get(f"/learners/{other}").status_code == 404
    event = caller.get("/events?types=learner.merged").data["items"][0]
    assert event["data"] == {"merged": other}
    refused = caller.send("POST", f"/learners/{learner}/merge", {"duplicate": learner})
    assert (refused.data["code"], refused.data["reason"]) == ("cannot-merge", "same-entry")


def test_people_with_roles_are_refused(caller, learner):
    grant_role(user=User.objects.get(uuid=learner), role=Role.TRAINER)
    for path, body in (
        ("erase", {"reason": "x"}),
        ("merge", {"duplicate": str(UserFactory().uuid)}),
    ):
        refused = caller.send("POST", f"/learners/{learner}/{path}", body)
        assert (refused.status_code, refused.data["code"]) == (409, "person-has-duties")


def test_each_needs_its_scope(caller_of, tomsk, learner):
    for path, method, scope in (
        ("export", "GET", Scope.LEARNERS_PII),
        ("consents", "GET", Scope.LEARNERS_PII),
        ("erase", "POST", Scope.LEARNERS_ERASE),
        ("merge", "POST", Scope.LEARNERS_ERASE),
    ):
        narrow = caller_of(tomsk, scopes=[other for other in ALL_SCOPES if other != scope])
        response = narrow.send(
            method, f"/learners/{learner}/{path}", {} if method == "POST" else None
        )
        assert response.data["missing_scopes"] == [scope]
