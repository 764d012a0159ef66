"""A region to try the API in: made-up people, no letters, no place in reports."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.enrolling import enroll
from courses.models import Cohort, Course, PeopleImport
from courses.models.people_import import RUNNING
from courses.planning import plan_cohort
from lms.api.keys import create_client
from lms.api.models import ApiClient
from lms.api.scim.models import ScimUser
from lms.api.scopes import ALL_SCOPES
from lms.constraints import violates
from lms.people.details import PersonDetails
from lms.people.models import ExternalId, Organisation, OrganisationId, Region, User
from lms.people.registering import register_person

CODE = "RU-TST"
"""No code of ISO 3166-2:RU, so that it cannot be taken for a subject of the federation."""
FORMER = "RU-OLD"
"""Where people of the sandbox go when it is reset: a sandbox, too, that no client reaches."""
SOURCE = "sandbox"
SYSTEM = "hr"
PEOPLE = (
    ("Иванова", "Мария", "Петровна"),
    ("Орлов", "Пётр", "Ильич"),
    ("Сафина", "Гузель", "Маратовна"),
    ("Ким", "Анна", ""),
    ("Доржиев", "Баир", "Цыренович"),
)


class NothingToStudy(Exception):
    """No course is published, so there is nothing to enrol anybody in."""


class NameTaken(Exception):
    """There is a client of this name."""


class StillImporting(Exception):
    """An import of the sandbox is at work."""


@transaction.atomic
def make_sandbox() -> Region:
    """The region with its cohort and five people, made or completed; safe to repeat."""
    region, _is_new = Region.objects.get_or_create(
        code=CODE, defaults={"name": _("Sandbox"), "is_sandbox": True}
    )
    cohort = _cohort(region)
    for number, (family_name, given_name, patronymic) in enumerate(PEOPLE, start=1):
        person = register_person(
            region=region,
            system=SYSTEM,
            value=str(number),
            details=PersonDetails(
                family_name=family_name,
                given_name=given_name,
                patronymic=patronymic,
                email=f"sandbox-{number}@example.org",
            ),
        ).user
        enroll(learner=person, cohort=cohort, source=SOURCE)
    return region


@transaction.atomic
def reset_sandbox() -> int:
    """As at its beginning: everybody is taken away, and the five come anew. How many went.

    Nothing that hangs on people is deleted, since certificates and the audit never are: they all
    go to a region that no client reaches and no report counts. Keys and webhooks stay, and so does
    the feed of events. Raises StillImporting or NothingToStudy; then nothing is changed.
    """
    region = Region.objects.select_for_update(no_key=True).get(code=CODE)
    if PeopleImport.objects.filter(region=region, state__in=RUNNING).exists():
        raise StillImporting
    former, _is_new = Region.objects.get_or_create(
        code=FORMER, defaults={"name": _("Sandbox: former test people"), "is_sandbox": True}
    )
    PeopleImport.objects.filter(region=region).delete()
    ExternalId.objects.filter(region=region).delete()
    OrganisationId.objects.filter(region=region).delete()
    ScimUser.objects.filter(region=region).delete()
    people = User.objects.filter(region=region, is_staff=False, role_assignments=None)
    ids = list(people.values_list("pk", flat=True))
    EmailAddress.objects.filter(user__in=ids).delete()
    gone = User.objects.filter(pk__in=ids).update(
        region=former, organisation=None, email=None, is_active=False
    )
    User.objects.filter(region=region).update(organisation=None)
    Organisation.objects.filter(region=region).update(parent=None)
    Organisation.objects.filter(region=region).delete()
    for cohort in region.cohorts.all():
        cohort.regions.remove(region)
        if not cohort.regions.exists():
            cohort.regions.add(former)
            cohort.enrollment_closes_at = min(timezone.now(), cohort.ends_at)
            cohort.save(update_fields=["enrollment_closes_at", "updated_at"])
    make_sandbox()
    return gone


def make_test_client(
    region: Region, *, name: str, created_by: User | None = None
) -> tuple[ApiClient, str]:
    """A client of the sandbox with every scope, and its key, which nobody can see again.

    Raises NameTaken.
    """
    try:
        with transaction.atomic():
            return create_client(name=name, scopes=ALL_SCOPES, region=region, created_by=created_by)
    except IntegrityError as error:
        if violates(error, ApiClient, "name"):
            raise NameTaken from None
        raise


def _cohort(region: Region) -> Cohort:
    """The sandbox's own cohort that takes people; another one once the last has ended."""
    cohort = Cohort.objects.taking_people().filter(regions=region).first()
    if cohort is not None:
        return cohort
    course = Course.objects.live().order_by("-is_synthetic", "pk").first()
    if course is None:
        raise NothingToStudy
    now = timezone.now()
    return plan_cohort(
        course=course,
        regions=[region],
        title=_("Sandbox"),
        starts_at=now,
        ends_at=now + timedelta(days=365),
    )
