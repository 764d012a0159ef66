"""One call enrols: by a region's own id, safe to repeat, all or nothing."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from courses.enrolling import move
from courses.enrollment_states import EnrollmentState
from courses.models import Enrollment
from lms.people.models import ExternalId, Organisation, User
from tests.factories import CohortFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(tomsk):
    return CohortFactory()


def test_one_call_registers_enrols_and_invites(caller, cohort, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = caller.enrol(
            cohort, "12/345", organisation="Центр «Забота»", position="Психолог"
        )
    assert response.status_code == 201
    enrolment = response.data["enrolment"]
    assert response.data["outcome"] == "created"
    assert enrolment["state"] == "invited"
    assert enrolment["cohort"]["id"] == str(cohort.uuid)
    assert enrolment["learner"]["external_ids"] == [{"system": "hr", "value": "12/345"}]
    assert enrolment["created_at"].endswith("Z")
    learner = User.objects.get(uuid=enrolment["learner"]["id"])
    assert learner.get_full_name() == "Иванова Мария Петровна"
    assert learner.timezone == "Asia/Tomsk"
    assert learner.organisation.name == "Центр «Забота»"
    assert not learner.has_usable_password()
    assert [letter.to for letter in mail.outbox] == [["ivanova@example.org"]]
    transition = learner.enrollments.get().transitions.get()
    assert transition.source == f"api:{caller.client.name}"


def test_the_same_call_again_changes_nothing(caller, cohort):
    first, second = caller.enrol(cohort), caller.enrol(cohort)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.data["outcome"] == "unchanged"
    assert second.data["enrolment"] == first.data["enrolment"]
    assert User.objects.count() == Enrollment.objects.count() == 1


def test_a_correction_is_an_update(caller, cohort):
    caller.enrol(cohort)
    response = caller.enrol(cohort, family_name="Петрова", position="Психолог")
    assert (response.status_code, response.data["outcome"]) == (200, "updated")
    assert User.objects.get().family_name == "Петрова"


def test_what_is_left_out_stays_as_it_is(caller, cohort):
    caller.enrol(cohort, position="Психолог")
    response = caller.enrol(cohort, patronymic=None, email=None)
    assert response.data["outcome"] == "unchanged"
    learner = User.objects.get()
    assert (learner.patronymic, learner.email) == ("Петровна", "ivanova@example.org")


def test_a_corrected_address_gets_a_new_link_and_the_old_one_dies(
    caller, cohort, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        caller.enrol(cohort, email="slip@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        response = caller.enrol(cohort)
    assert response.data["outcome"] == "updated"
    assert [letter.to for letter in mail.outbox] == [["slip@example.org"], ["ivanova@example.org"]]
    live = Enrollment.objects.get().invitations.filter(expires_at__gt=timezone.now())
    assert live.count() == 1


def test_after_the_first_sign_in_the_learner_alone_sets_the_address(caller, cohort):
    caller.enrol(cohort)
    User.objects.update(last_login=timezone.now())
    response = caller.enrol(cohort, email="other@example.org", locale="en", position="Психолог")
    assert response.data["outcome"] == "updated"
    assert sorted(response.data["kept"]) == ["email", "locale"]
    learner = User.objects.get()
    assert (learner.email, learner.locale) == ("ivanova@example.org", "ru")
    assert learner.position == "Психолог"


def test_people_are_never_matched_by_email(caller, cohort):
    UserFactory(email="Ivanova@example.org")
    response = caller.enrol(cohort)
    assert (response.status_code, response.data["code"]) == (409, "email-taken")
    assert "Иванова" not in response.content.decode()
    assert not ExternalId.objects.exists()
    assert User.objects.count() == 1


def test_a_correction_cannot_take_anothers_address(caller, cohort):
    caller.enrol(cohort, "1")
    caller.enrol(cohort, "2", email="second@example.org")
    response = caller.enrol(cohort, "2", email="IVANOVA@example.org", family_name="Другая")
    assert (response.status_code, response.data["code"]) == (409, "email-taken")
    assert not User.objects.filter(family_name="Другая").exists()


def test_the_same_id_in_two_regions_is_two_people(caller_of, tomsk, omsk):
    cohort = CohortFactory(regions=[tomsk, omsk])
    first = caller_of(tomsk).enrol(cohort)
    second = caller_of(omsk).enrol(cohort, email="other@example.org")
    assert first.data["enrolment"]["learner"]["id"] != second.data["enrolment"]["learner"]["id"]


def test_a_client_of_all_regions_names_the_region(caller_of, omsk):
    cohort = CohortFactory(regions=[omsk])
    response = caller_of(None).enrol(cohort, region="RU-OMS")
    assert response.status_code == 201
    assert response.data["enrolment"]["learner"]["region"] == "RU-OMS"


def test_an_organisation_may_be_named_by_its_number(caller, cohort, tomsk):
    organisation = OrganisationFactory(region=tomsk)
    assert caller.enrol(cohort, organisation=organisation.pk).status_code == 201
    assert User.objects.get().organisation == organisation


def test_a_full_cohort_answers_409_and_registers_nobody(caller, tomsk):
    cohort = CohortFactory(capacity=0)
    response = caller.enrol(cohort, organisation="Новая")
    assert (response.status_code, response.data["code"]) == (409, "cohort-full")
    assert not User.objects.exists()
    assert not Organisation.objects.exists()


def test_a_closed_cohort_answers_409(caller, tomsk):
    cohort = CohortFactory(enrollment_closes_at=timezone.now() - timedelta(hours=1))
    response = caller.enrol(cohort)
    assert (response.status_code, response.data["code"]) == (409, "enrolment-closed")
    assert not User.objects.exists()


def test_a_closed_account_is_not_enrolled(caller, cohort):
    caller.enrol(cohort)
    User.objects.update(is_active=False)
    response = caller.enrol(cohort)
    assert (response.status_code, response.data["code"]) == (409, "person-blocked")


def test_withdrawing_is_audited_and_safe_to_repeat(caller, cohort):
    enrolment = caller.enrol(cohort).data["enrolment"]
    path = f"/enrolments/{enrolment['id']}/transitions"
    body = {"to": "withdrawn", "reason": "Уволилась"}
    first, second = caller.send("POST", path, body), caller.send("POST", path, body)
    assert (first.data["outcome"], second.data["outcome"]) == ("updated", "unchanged")
    assert first.data["enrolment"]["state"] == "withdrawn"
    last = Enrollment.objects.get().transitions.last()
    assert (last.source, last.reason) == (f"api:{caller.client.name}", "Уволилась")


def test_enrolling_takes_up_a_withdrawn_enrolment_again(caller, cohort):
    enrolment = caller.enrol(cohort).data["enrolment"]
    caller.send("POST", f"/enrolments/{enrolment['id']}/transitions", {"to": "withdrawn"})
    response = caller.enrol(cohort)
    assert response.data["outcome"] == "updated"
    assert response.data["enrolment"]["id"] == enrolment["id"]
    assert response.data["enrolment"]["state"] == "invited"


def test_a_completed_enrolment_cannot_be_withdrawn(caller, cohort):
    enrolment = caller.enrol(cohort).data["enrolment"]
    stored = Enrollment.objects.get()
    for state in (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED):
        move(enrollment=stored, to=state, source="test")
    response = caller.send(
        "POST", f"/enrolments/{enrolment['id']}/transitions", {"to": "withdrawn"}
    )
    assert (response.status_code, response.data["code"]) == (409, "transition-not-possible")
    assert response.data["state"] == "completed"
