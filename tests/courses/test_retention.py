"""People who have not been here for long are written to, then erased."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from courses.models import Enrollment
from courses.retention import retire_inactive_people
from lms.mail.models import Letter
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import UserFactory, active_enrollment

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=2000)


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.INACTIVE_PEOPLE_KEPT_DAYS = 1000
    settings.INACTIVE_PEOPLE_WARNED_DAYS = 30


def old_person(**fields) -> User:
    return UserFactory(**{"date_joined": LONG_AGO, "last_login": LONG_AGO, **fields})


def letter_of(person) -> Letter:
    return Letter.objects.get(recipient=person, template="inactive")


def age(letter, days: int) -> None:
    Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now() - timedelta(days=days))


def test_first_comes_a_letter_and_after_its_time_the_data_goes():
    person = old_person(email="old@example.org")
    assert retire_inactive_people().warned == (person,)
    assert retire_inactive_people() == retire_inactive_people()  # one letter only
    age(letter_of(person), 29)
    assert retire_inactive_people().erased == ()
    age(letter_of(person), 31)
    assert retire_inactive_people().erased == (person,)
    person.refresh_from_db()
    assert (person.family_name, person.email, person.is_active) == ("", None, False)
    assert person.erasure.source == "retention"


def test_a_letter_that_was_never_sent_erases_nobody():
    person = old_person(email="old@example.org")
    retire_inactive_people()
    Letter.objects.update(created_at=LONG_AGO, sent_at=None)
    assert retire_inactive_people().erased == ()
    assert User.objects.get(pk=person.pk).email


def test_whoever_comes_back_stays():
    person = old_person()
    retire_inactive_people()
    age(letter_of(person), 60)
    User.objects.filter(pk=person.pk).update(last_login=timezone.now())
    assert retire_inactive_people().erased == ()


def test_those_who_study_work_here_or_were_here_are_left():
    grant_role(user=old_person(), role=Role.METHODOLOGIST)
    old_person(is_staff=True)
    old_person(is_synthetic=True)
    UserFactory()
    active_enrollment(learner=old_person())
    lately = Enrollment.objects.create(
        learner=old_person(), cohort=active_enrollment().cohort, state="withdrawn"
    )
    assert lately.updated_at > LONG_AGO
    assert retire_inactive_people().warned == ()


def test_whoever_has_no_address_is_erased_later():
    settled = old_person(email=None)
    moment = timezone.now() - timedelta(days=1010)
    recent = old_person(email=None, last_login=moment)
    assert retire_inactive_people().erased == (settled,)
    assert User.objects.get(pk=recent.pk).is_active


def test_a_dry_run_says_who_and_changes_nothing():
    person = old_person()
    said = StringIO()
    call_command("retire_inactive", "--dry-run", stdout=said)
    assert str(person.uuid) in said.getvalue()
    assert not Letter.objects.exists()


def test_it_is_switched_off_by_default(settings):
    settings.INACTIVE_PEOPLE_KEPT_DAYS = 0
    old_person()
    assert retire_inactive_people().warned == ()
