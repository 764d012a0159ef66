"""The people of the demo: invented, marked, each with a role to try."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from lms.people.models import Organisation, Region, Role, User
from lms.people.roles import grant_role

DEMO_PASSWORD = "berezhno-demo"  # noqa: S105  printed by `make demo`; the demo's people only
DEMO_REGION = "RU-TOM"
ABOUT_THE_TRAINER = (
    "Психолог, двенадцать лет работает рядом с социальными службами: ведёт группы поддержки и "
    "учит говорить с людьми в трудную для них минуту. Это вымышленный человек для демонстрации."
)
DEMO_ORGANISATION = "Центр социальной поддержки «Демонстрационный»"


@dataclass(frozen=True)
class DemoPerson:
    key: str
    email: str
    family_name: str
    given_name: str
    patronymic: str
    title: str
    """What the account is for, in Russian, as `make demo` prints it."""
    role: Role | None = None
    is_administrator: bool = False


PEOPLE = (
    DemoPerson("learner", "anna@demo.example", "Демидова", "Анна", "Сергеевна", "Слушатель"),
    DemoPerson("second", "boris@demo.example", "Ветров", "Борис", "Ильич", "Второй слушатель"),
    DemoPerson(
        "trainer",
        "trainer@demo.example",
        "Светлова",
        "Ольга",
        "Николаевна",
        "Тренер",
        role=Role.TRAINER,
    ),
    DemoPerson(
        "methodologist",
        "methodologist@demo.example",
        "Методова",
        "Ирина",
        "Андреевна",
        "Методист",
        role=Role.METHODOLOGIST,
    ),
    DemoPerson(
        "coordinator",
        "region@demo.example",
        "Томина",
        "Вера",
        "Павловна",
        "Координатор региона",
        role=Role.COORDINATOR,
    ),
    DemoPerson(
        "administrator",
        "admin@demo.example",
        "Бережная",
        "Елена",
        "Викторовна",
        "Администратор",
        is_administrator=True,
    ),
)


def create_people() -> dict[str, User]:
    """The demo's people by key; those that exist keep their changes, and their password."""
    region = Region.objects.get(code=DEMO_REGION)
    organisation, _created = Organisation.objects.get_or_create(
        region=region, name=DEMO_ORGANISATION
    )
    return {person.key: _create(person, region, organisation) for person in PEOPLE}


def _create(person: DemoPerson, region: Region, organisation: Organisation) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email,
            DEMO_PASSWORD,
            family_name=person.family_name,
            given_name=person.given_name,
            patronymic=person.patronymic,
            region=region,
            organisation=organisation,
            timezone=region.timezone,
            is_staff=person.is_administrator,
            is_superuser=person.is_administrator,
        )
    if person.role:
        grant_role(
            user=user,
            role=person.role,
            region=region if person.role is Role.COORDINATOR else None,
        )
    EmailAddress.objects.get_or_create(
        user=user, email=person.email, defaults={"verified": True, "primary": True}
    )
    return user
