from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from courses.enrolling import enroll, move
from courses.enrollment_states import EnrollmentState
from courses.invitations import accept_invitation, invite
from courses.models import Invitation
from courses.programme import current_enrollment, leads
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.factories import CohortFactory, EnrollmentFactory, UserFactory, make_course

pytestmark = pytest.mark.django_db


def token_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[1]


def path_of(link: str) -> str:
    return f"/invitation/{token_of(link)}/"


def test_enrolling_sends_a_letter_with_the_link(django_capture_on_commit_callbacks):
    learner = UserFactory(email="maria@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        enroll(learner=learner, cohort=CohortFactory(), source="test")
    (letter,) = mail.outbox
    assert letter.to == ["maria@example.org"]
    assert "Приглашение на курс" in letter.subject
    assert "/invitation/" in letter.body
    assert "Мария Петровна" in letter.body


def test_looking_at_the_link_changes_nothing_and_pressing_signs_in(client):
    enrollment = EnrollmentFactory()
    path = path_of(invite(enrollment))
    assert client.get(path).status_code == 200
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.INVITED
    assert client.post(path).headers["Location"] == "/learn/"
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.ACTIVE
    assert client.get("/learn/").status_code == 200


def test_a_link_works_once(client):
    path = path_of(invite(EnrollmentFactory()))
    client.post(path)
    client.logout()
    page = client.post(path)
    assert page.status_code == 410
    assert "больше не действует" in page.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_link_says_what_to_do(client, method):
    page = getattr(client, method)("/invitation/nonsense/")
    assert page.status_code == 404
    assert "Мы не знаем такой ссылки" in page.text


def test_an_expired_link_changes_nothing(client):
    enrollment = EnrollmentFactory()
    path = path_of(invite(enrollment))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(path).status_code == 410
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.INVITED


def test_a_newer_invitation_ends_the_older_one(client):
    enrollment = EnrollmentFactory()
    older, newer = invite(enrollment), invite(enrollment)
    assert client.get(path_of(older)).status_code == 410
    assert client.get(path_of(newer)).status_code == 200


def test_a_withdrawn_person_does_not_come_in_by_the_link(client):
    enrollment = EnrollmentFactory()
    path = path_of(invite(enrollment))
    move(enrollment=enrollment, to=EnrollmentState.WITHDRAWN, source="api")
    assert client.post(path).status_code == 410


def test_a_link_to_an_address_that_has_changed_is_no_key(client):
    enrollment = EnrollmentFactory()
    path = path_of(invite(enrollment))
    enrollment.learner.email = "new@example.org"
    enrollment.learner.save()
    assert client.post(path).status_code == 410


@pytest.mark.parametrize("fields", [{"password": "a-long-password"}, {"is_staff": True}])
def test_whoever_has_other_keys_is_not_let_in_by_a_letter_alone(client, fields):
    password = fields.pop("password", None)
    learner = UserFactory(**fields)
    if password:
        learner.set_password(password)
    else:
        learner.set_unusable_password()
    learner.save()
    enrollment = EnrollmentFactory(learner=learner)
    client.post(path_of(invite(enrollment)))
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.ACTIVE
    assert client.get("/learn/").status_code == 302


def test_accepting_makes_the_address_the_only_primary_one():
    enrollment = EnrollmentFactory()
    learner = enrollment.learner
    EmailAddress.objects.create(user=learner, email="old@example.org", primary=True, verified=True)
    accept_invitation(token_of(invite(enrollment)))
    primary = EmailAddress.objects.get(user=learner, primary=True)
    assert (primary.email, primary.verified) == (learner.email, True)


def test_an_invitation_to_the_next_cohort_does_not_close_the_present_one():
    course, learner = make_course(), UserFactory()
    learner.set_unusable_password()
    present = EnrollmentFactory(learner=learner, cohort=CohortFactory(course=course))
    move(enrollment=present, to=EnrollmentState.ACTIVE, source="test")
    EnrollmentFactory(learner=learner, cohort=CohortFactory(course=course, title="Поток 2"))
    assert current_enrollment(learner, course) == present


def test_a_trainer_leads_their_own_course_only():
    trainer, other = UserFactory(), UserFactory()
    for user in (trainer, other):
        grant_role(user=user, role=Role.TRAINER)
    course = make_course(owner=trainer)
    assert leads(trainer, course)
    assert not leads(other, course)
