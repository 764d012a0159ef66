"""What a region adds and ends by POST: learners, cohorts, the validity of certificates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.models import Certificate, CertificateEvent
from courses.models import Cohort, Enrollment
from lms.api.events.models import Event
from lms.api.scopes import ALL_SCOPES
from lms.mail.models import Letter
from lms.people.models import ExternalId, Organisation, User
from tests.api.conftest import PERSON
from tests.api.test_certificates import make_certificate
from tests.factories import EnrollmentFactory, UserFactory, make_course

pytestmark = pytest.mark.django_db
IDS = [{"system": "hr", "value": "1001"}, {"system": "1c", "value": "Ц-000017"}]


def test_a_new_learner_gets_an_entry_and_all_the_ids(caller, tomsk):
    done = caller.send("POST", "/learners", {**PERSON, "external_ids": IDS})
    assert (done.status_code, done.data["outcome"]) == (201, "created")
    learner = done.data["learner"]
    assert sorted(one["value"] for one in learner["external_ids"]) == ["1001", "Ц-000017"]
    assert caller.get("/learners/by-external-id/1c/Ц-000017").data == learner
    assert done.headers["ETag"] == caller.get(f"/learners/{learner['id']}").headers["ETag"]
    assert User.objects.get(uuid=learner["id"]).region == tomsk
    assert not Enrollment.objects.exists()
    assert not Letter.objects.exists()


def test_a_learner_needs_no_id_of_the_region(caller):
    first = caller.send("POST", "/learners", {**PERSON, "email": None})
    second = caller.send("POST", "/learners", {**PERSON, "email": None})
    assert first.status_code == second.status_code == 201
    assert first.data["learner"]["id"] != second.data["learner"]["id"]


def test_a_whole_number_may_be_written_with_a_point(caller, tomsk):
    centre = Organisation.objects.create(region=tomsk, name="Центр")
    body = {**PERSON, "organisation": float(centre.pk)}
    assert caller.send("POST", "/learners", body).data["learner"]["organisation"] == "Центр"
    for nonsense in (centre.pk + 0.5, -1.0, True, 1e300, [centre.pk]):
        body = {**PERSON, "email": None, "organisation": nonsense}
        refused = caller.send("POST", "/learners", body)
        assert [error["pointer"] for error in refused.data["errors"]] == ["/organisation"]


def test_an_id_that_is_somebody_elses_adds_nobody(caller):
    caller.send("PUT", "/learners/by-external-id/hr/1001", PERSON)
    body = {**PERSON, "email": "other@example.org", "organisation": "Новая", "external_ids": IDS}
    refused = caller.send("POST", "/learners", body)
    assert (refused.status_code, refused.data["code"]) == (409, "external-id-taken")
    assert refused.data["detail"] == "hr: 1001"
    assert (User.objects.count(), ExternalId.objects.count()) == (1, 1)
    assert not Organisation.objects.filter(name="Новая").exists()


def test_another_region_may_call_somebody_the_same(caller, caller_of, omsk):
    body = {**PERSON, "external_ids": IDS}
    assert caller.send("POST", "/learners", body).status_code == 201
    body["email"] = "omsk@example.org"
    assert caller_of(omsk).send("POST", "/learners", body).status_code == 201


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ([{"system": "snils", "value": "1"}], "snils-refused"),
        ([{"system": "hr", "value": "112-233-445 95"}], "snils-refused"),
        ([{"system": "отдел кадров", "value": "1"}], "validation-failed"),
        ([{"system": "hr", "value": ""}], "validation-failed"),
        ([{"system": "hr", "value": "1", "region": "RU-OMS"}], "validation-failed"),
        ([{"system": "hr", "value": str(number)} for number in range(11)], "validation-failed"),
        ("hr:1", "validation-failed"),
    ],
)
def test_ids_that_cannot_be_ones_are_refused(caller, ids, code):
    refused = caller.send("POST", "/learners", {**PERSON, "external_ids": ids})
    assert (refused.status_code, refused.data["code"]) == (422, code)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**PERSON, "family_name": ""},
        {**PERSON, "email": "nonsense"},
        {**PERSON, "timezone": "Mars/Phobos"},
        {**PERSON, "organisation": 10**9},
        {**PERSON, "region": "RU-OMS"},
        {**PERSON, "is_staff": True},
        {**PERSON, "given_name": "А\u0000"},
    ],
)
def test_a_learner_is_checked_as_by_put(caller, body):
    by_put = caller.send("PUT", "/learners/by-external-id/hr/1", body)
    by_post = caller.send("POST", "/learners", body)
    assert by_put.status_code == by_post.status_code == 422
    assert by_put.data["errors"] == by_post.data["errors"]


def test_an_address_of_somebody_else_adds_nobody(caller):
    UserFactory(email=PERSON["email"])
    refused = caller.send("POST", "/learners", PERSON)
    assert (refused.status_code, refused.data["code"]) == (409, "email-taken")
    assert User.objects.count() == 1


def test_the_same_key_adds_a_learner_once(caller):
    once = {"Idempotency-Key": "a-1"}
    first = caller.send("POST", "/learners", {**PERSON, "external_ids": IDS}, **once)
    again = caller.send("POST", "/learners", {**PERSON, "external_ids": IDS}, **once)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert User.objects.count() == 1


def test_a_client_of_all_regions_says_whose_learner_it_is(caller_of, omsk):
    assert caller_of().send("POST", "/learners", PERSON).status_code == 422
    done = caller_of().send("POST", "/learners", {**PERSON, "region": "RU-OMS"})
    assert done.data["learner"]["region"] == "RU-OMS"


def plan(course, /, **changes):
    now = timezone.now()
    return {
        "course": str(course.translation_key),
        "title": "Осенний поток",
        "starts_at": (now + timedelta(days=7)).isoformat(),
        "ends_at": (now + timedelta(days=60)).isoformat(),
        **changes,
    }


@pytest.fixture
def course(db):
    return make_course()


def test_a_region_plans_a_cohort_and_enrols_in_it(caller, course, tomsk):
    done = caller.send("POST", "/cohorts", plan(course, capacity=1))
    assert (done.status_code, done.data["outcome"]) == (201, "created")
    cohort = done.data["cohort"]
    assert (cohort["regions"], cohort["places_left"]) == (["RU-TOM"], 1)
    assert caller.get(f"/cohorts/{cohort['id']}").data == cohort
    path = f"/cohorts/{cohort['id']}/enrolments/by-external-id/hr"
    assert caller.send("PUT", f"{path}/1", PERSON).status_code == 201
    other = {**PERSON, "email": "other@example.org"}
    assert caller.send("PUT", f"{path}/2", other).data["code"] == "cohort-full"


def test_another_regions_client_does_not_see_it(caller, caller_of, course, omsk):
    cohort = caller.send("POST", "/cohorts", plan(course)).data["cohort"]
    foreign = caller_of(omsk)
    assert foreign.get("/cohorts").data["items"] == []
    assert foreign.get(f"/cohorts/{cohort['id']}").status_code == 404
    refused = foreign.send("POST", "/cohorts", plan(course, region="RU-TOM"))
    assert refused.data["errors"][0]["pointer"] == "/region"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, "/ends_at"),
        ({"enrolment_closes_at": "2099-01-01T00:00:00Z"}, "/enrolment_closes_at"),
        ({"capacity": 0}, "/capacity"),
        ({"capacity": 2**31}, "/capacity"),
        ({"title": " "}, "/title"),
        ({"starts_at": "завтра"}, "/starts_at"),
        ({"course": "осень"}, "/course"),
        ({"trainers": [1]}, "/trainers"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(caller, course, changes, pointer):
    refused = caller.send("POST", "/cohorts", plan(course, **changes))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.data["errors"]] == [pointer]
    assert not Cohort.objects.exists()


def test_a_course_that_is_not_published_has_no_cohorts(caller, course):
    course.unpublish()
    refused = caller.send("POST", "/cohorts", plan(course))
    assert (refused.status_code, refused.data["code"]) == (404, "course-not-found")


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/cohorts", "cohorts:write"),
        ("/learners", "learners:write"),
        ("/certificates/{id}/revoke", "certificates:revoke"),
    ],
)
def test_each_of_them_needs_its_scope(caller_of, tomsk, path, scope):
    scopes = [one for one in ALL_SCOPES if one != scope]
    refused = caller_of(tomsk, scopes).send("POST", path.format(id="1"), {})
    assert (refused.status_code, refused.data["missing_scopes"]) == (403, [scope])


WHY = {"reason_class": "issued-in-error", "reason": "Записан не тот человек"}


@pytest.fixture
def certificate(tomsk):
    return make_certificate(EnrollmentFactory(learner=UserFactory(region=tomsk)))


def test_a_certificate_is_revoked_once_and_for_good(caller, certificate):
    path = f"/certificates/{certificate.uuid}"
    done = caller.send("POST", f"{path}/revoke", WHY)
    assert (done.status_code, done.data["outcome"]) == (200, "updated")
    again = caller.send("POST", f"{path}/revoke", {**WHY, "reason": "Ещё раз"})
    assert (again.status_code, again.data["outcome"]) == (200, "unchanged")
    shown = caller.get(path).data
    assert (shown["state"], shown["reason_class"]) == ("revoked", "issued-in-error")
    (event,) = CertificateEvent.objects.all()
    assert (event.actor, event.source) == (None, caller.client.source)
    assert event.reason == WHY["reason"]
    assert "не тот человек" not in str(shown)
    assert Event.objects.filter(type="certificate.revoked").count() == 1


def test_what_was_replaced_is_not_revoked(caller, certificate):
    newer = make_certificate(
        EnrollmentFactory(learner=UserFactory(region=certificate.learner.region))
    )
    Certificate.objects.filter(pk=certificate.pk).update(state="superseded", superseded_by=newer.pk)
    refused = caller.send("POST", f"/certificates/{certificate.uuid}/revoke", WHY)
    assert (refused.status_code, refused.data["code"]) == (409, "certificate-not-in-this-state")


def test_a_reason_is_needed_and_must_be_one_of_revoking(caller, certificate):
    for body in ({}, {**WHY, "reason": " "}, {**WHY, "reason_class": "lost"}):
        refused = caller.send("POST", f"/certificates/{certificate.uuid}/revoke", body)
        assert refused.status_code == 422
    certificate.refresh_from_db()
    assert certificate.state == Certificate.State.ISSUED


def test_a_certificate_that_changed_meanwhile_is_not_revoked(caller, certificate):
    tag = caller.get(f"/certificates/{certificate.uuid}").headers["ETag"]
    Certificate.objects.filter(pk=certificate.pk).update(shows_initials=True, reason_class="lost")
    refused = caller.send(
        "POST", f"/certificates/{certificate.uuid}/revoke", WHY, **{"If-Match": tag}
    )
    assert refused.status_code == 412
