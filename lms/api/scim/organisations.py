"""Organisations of a region as SCIM groups: members are those who work there, in one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.deletion import ProtectedError
from django.utils import timezone
from scim2_models import (
    ConflictException,
    InvalidValueException,
    NotFoundException,
    UniquenessException,
)

from lms.api.scim.models import ScimGroup
from lms.api.scim.people import meta_of, people_of
from lms.api.scim.resources import Group, GroupMember
from lms.numerals import whole_number
from lms.people.models import Organisation, Region
from lms.people.models import User as Person

LONGEST_NAME = 250
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands for the moment when an organisation was made that no HR system has written: not kept."""


def organisations_of(region: Region) -> QuerySet[Organisation]:
    members = Prefetch("people", queryset=people_of(region), to_attr="scim_members")
    return (
        Organisation.objects.filter(region=region)
        .select_related("scim")
        .prefetch_related(members)
        .order_by("pk")
    )


def find(region: Region, identifier: str) -> Organisation:
    """Raises NotFoundException."""
    number = whole_number(identifier)
    found = None if number is None else organisations_of(region).filter(pk=number).first()
    if found is None:
        raise NotFoundException(detail="There is no such group.")
    return found


def shown(organisation: Organisation) -> Group:
    scim: ScimGroup | None = getattr(organisation, "scim", None)
    group = Group(
        id=str(organisation.pk),
        external_id=(scim.external_id if scim else "") or None,
        display_name=organisation.name,
        members=[
            GroupMember(value=str(person.uuid), ref=f"Users/{person.uuid}", type="User")
            for person in organisation.scim_members  # type: ignore[attr-defined]
        ]
        or None,
    )
    began = scim.created_at if scim else BEGINNING
    group.meta = meta_of("Group", group, created=began, changed=scim.changed_at if scim else began)
    return group


@transaction.atomic
def write(region: Region, organisation: Organisation, said: Group) -> Organisation:
    """Make the organisation what ``said`` says. Raises UniquenessException, InvalidValueException.

    Whoever becomes a member leaves the organisation they were in; whoever is a member no more has
    none.
    """
    name = (said.display_name or "").strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidValueException(detail=f"displayName has 1 to {LONGEST_NAME} characters.")
    members = _members(region, [member.value or "" for member in said.members or []])
    _lock(region, organisation, members)
    organisation.region, organisation.name = region, name
    try:
        with transaction.atomic():
            # Of one that is there only the name: what else is known of it others may change now.
            organisation.save(update_fields=["name", "updated_at"] if organisation.pk else None)
    except IntegrityError:
        raise UniquenessException(detail="The region has an organisation of this name.") from None
    scim, _created = ScimGroup.objects.get_or_create(organisation=organisation)
    scim.external_id = (said.external_id or "")[:200]
    scim.changed_at = timezone.now()
    scim.save()
    _seat(region, organisation, members)
    return find(region, str(organisation.pk))


def _members(region: Region, wanted: Iterable[str]) -> list[Person]:
    """The users with these ids. Raises InvalidValueException."""
    ids = set(wanted)
    try:
        members = list(people_of(region).filter(uuid__in=ids)) if ids else []
    except Exception:  # a text that is no uuid
        members = []
    if len(members) != len(ids):
        raise InvalidValueException(detail="A member is no user of this region.")
    return members


def _lock(region: Region, organisation: Organisation, members: list[Person]) -> None:
    """The organisation, then everybody who comes or goes: the order in which a name changes."""
    Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
    moving = Q(pk__in=[person.pk for person in members])
    if organisation.pk is not None:
        moving |= Q(organisation=organisation)
    people = people_of(region).filter(moving).select_for_update(no_key=True, of=("self",))
    list(people.order_by("pk").values_list("pk", flat=True))


def _seat(region: Region, organisation: Organisation, members: list[Person]) -> None:
    keep = {person.pk for person in members}
    for person in people_of(region).filter(organisation=organisation).exclude(pk__in=keep):
        person.organisation = None
        person.save(update_fields=["organisation"])
    for person in members:
        if person.organisation_id != organisation.pk:
            person.organisation = organisation
            person.save(update_fields=["organisation"])


@transaction.atomic
def dissolve(region: Region, organisation: Organisation) -> None:
    """Delete an organisation; those who work there have none then. Raises ConflictException."""
    _seat(region, organisation, [])
    try:
        organisation.delete()
    except ProtectedError:
        raise ConflictException(
            detail="Branches or people with roles belong to the organisation."
        ) from None
