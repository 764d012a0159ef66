import pytest
from django.db import IntegrityError, transaction

from lms.people.models import Role, RoleAssignment, User
from lms.people.naming import address
from lms.people.roles import grant_role
from tests.factories import CohortFactory, EnrollmentFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_address_in_capitals_is_the_same_person():
    UserFactory(email="Maria@Example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="maria@example.org")


def test_several_people_may_have_no_address():
    UserFactory(email=None)
    UserFactory(email="")
    assert User.objects.filter(email__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"address_as": "Маша"}, "Маша"),
        ({}, "Мария Петровна"),
        ({"patronymic": ""}, "Мария"),
        ({"given_name": "", "patronymic": ""}, "maria@example.org"),
    ],
)
def test_people_are_addressed_as_they_wish(fields, expected):
    assert address(UserFactory(email="maria@example.org", **fields)) == expected


def test_only_a_coordinator_has_a_region():
    user, region = UserFactory(), RegionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(user=user, role=Role.TRAINER, region=region)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(user=user, role=Role.COORDINATOR)


def test_a_role_is_given_once():
    user = UserFactory()
    grant_role(user=user, role=Role.TRAINER)
    grant_role(user=user, role=Role.TRAINER)
    assert user.role_assignments.count() == 1
    assert user.has_role(Role.TRAINER)
    assert user.has_perm("wagtailadmin.access_admin")


def test_who_sees_whom():
    tomsk, omsk = RegionFactory(), RegionFactory(code="RU-OMS", name="Омская область")
    learner, stranger = UserFactory(region=tomsk), UserFactory(region=omsk)
    trainer, coordinator = UserFactory(region=omsk), UserFactory(region=omsk)
    grant_role(user=trainer, role=Role.TRAINER)
    grant_role(user=coordinator, role=Role.COORDINATOR, region=tomsk)
    EnrollmentFactory(learner=learner, cohort=CohortFactory(trainers=[trainer]))

    def sees(viewer: User) -> set[User]:
        return set(User.objects.visible_to(viewer))

    assert sees(learner) == {learner}
    assert sees(trainer) == {learner, trainer}
    assert sees(coordinator) == {learner, coordinator}
    assert sees(User.objects.create_superuser("admin@example.org")) >= {learner, stranger}
