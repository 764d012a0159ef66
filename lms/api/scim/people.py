"""People of a region as SCIM users: showing them, registering, changing, letting them go."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from scim2_models import InvalidValueException, Meta, NotFoundException, UniquenessException

from lms.api.scim.models import ScimUser
from lms.api.scim.resources import Email, Name, User, UserGroup
from lms.people.models import ExternalId, Region
from lms.people.models import User as Person
from lms.people.registering import (
    PERSONS_OWN,
    EmailTaken,
    SnilsRefused,
    refuse_snils,
    refuse_taken_email,
)

LONGEST_EMAIL = 254
SYSTEM = "scim"
"""The system of the external id that a user name is: «scim:ivanova» enrols the same person."""


def people_of(region: Region) -> QuerySet[Person]:
    """Whom an HR system sees: the region's people, but nobody with a role on the platform."""
    return (
        Person.objects.filter(
            region=region,
            erasure=None,
            merge=None,
            role_assignments=None,
            is_staff=False,
            is_superuser=False,
        )
        .filter(Q(scim=None) | Q(scim__deleted_at=None))
        .select_related("scim", "organisation")
        .order_by("pk")
    )


def find(region: Region, identifier: str, *, lock: bool = False) -> Person:
    """Raises NotFoundException."""
    try:
        people = people_of(region)
        if lock:
            people = people.select_for_update(of=("self",))
        return people.get(uuid=identifier)
    except (Person.DoesNotExist, ValueError, TypeError):
        raise NotFoundException(detail="There is no such user.") from None
    except Exception as error:  # a text that is no uuid
        if type(error).__name__ == "ValidationError":
            raise NotFoundException(detail="There is no such user.") from None
        raise


def user_name_of(person: Person) -> str:
    scim = _scim_of(person)
    return scim.user_name if scim else person.email or str(person.uuid)


def _scim_of(person: Person) -> ScimUser | None:
    return getattr(person, "scim", None)


def shown(person: Person) -> User:
    """The person as a SCIM user, with a version that changes with anything that is shown."""
    scim = _scim_of(person)
    names = {
        "family_name": person.family_name or None,
        "given_name": person.given_name or None,
        "middle_name": person.patronymic or None,
    }
    user = User(
        id=str(person.uuid),
        external_id=(scim.external_id if scim else "") or None,
        user_name=user_name_of(person),
        name=Name(**names) if any(names.values()) else None,
        display_name=person.get_full_name() or None,
        title=person.position or None,
        active=scim.is_active if scim and person.is_active else person.is_active,
        emails=[
            Email(
                value=person.email,
                type=(scim.email_type if scim else "") or None,
                primary=scim.email_is_primary if scim else True,
            )
        ]
        if person.email
        else None,
        groups=[
            UserGroup(
                value=str(person.organisation.pk),
                ref=f"Groups/{person.organisation.pk}",
                display=person.organisation.name,
            )
        ]
        if person.organisation
        else None,
    )
    changed = scim.changed_at if scim else person.date_joined
    user.meta = meta_of("User", user, created=person.date_joined, changed=changed)
    return user


def meta_of(kind: str, resource: Any, *, created: datetime, changed: datetime) -> Meta:
    text = resource.model_dump_json() + changed.isoformat()
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Meta(
        resource_type=kind, created=created, last_modified=changed, version=f'W/"{version}"'
    )


@transaction.atomic
def register(region: Region, said: User) -> Person:
    """A new person, or one who comes back: whom the HR system deleted under this user name.

    Raises UniquenessException where the user name or the e-mail address is somebody else's.
    """
    user_name = _user_name(said)
    gone = (
        ScimUser.objects.select_for_update(of=("self",))
        .filter(region=region, user_name__iexact=user_name, deleted_at__isnull=False)
        .select_related("user")
        .first()
    )
    if gone is not None:
        gone.deleted_at = None
        gone.user.scim = gone
        return write(region, gone.user, said)
    person = Person(region=region, timezone=region.timezone, is_synthetic=region.is_sandbox)
    person.set_unusable_password()
    return write(region, person, said)


@transaction.atomic
def write(region: Region, person: Person, said: User) -> Person:
    """Make the person what ``said`` says, which is the whole of it: what is missing is cleared.

    From the first sign-in on, and of whoever may enter the CMS, the e-mail address is the person's
    own and stays as it is.
    """
    user_name = _user_name(said)
    _refuse_taken_name(region, user_name, person)
    email = _email(said)
    if (person.last_login is not None or person.is_staff) and "email" in PERSONS_OWN:
        email_value = person.email
    else:
        email_value = email.value.lower() if email and email.value else None
    if email_value != person.email:
        try:
            refuse_taken_email(email_value, owner=person if person.pk else None)
        except EmailTaken:
            raise UniquenessException(detail="The e-mail address is somebody else's.") from None
    name = said.name or Name()
    fields = {
        "family_name": _fits(name.family_name, 100),
        "given_name": _fits(name.given_name, 100),
        "patronymic": _fits(name.middle_name, 100),
        "position": _fits(said.title, 150),
        "email": email_value,
        "is_active": _is_open(person, said),
    }
    has_closed = not fields["is_active"] and (person.is_active or _has_closed(person))
    changed = [key for key, value in fields.items() if getattr(person, key) != value]
    for key, value in fields.items():
        setattr(person, key, value)
    try:
        if person.pk is None:
            person.save()
        elif changed:
            person.save(update_fields=changed)
        scim = _scim_of(person) or ScimUser(user=person, region=region)
        former = scim.user_name
        scim.user_name = user_name
        scim.external_id = _fits(said.external_id, 200)
        scim.email_type = _fits(email.type if email else None, 40)
        scim.email_is_primary = email.primary if email else None
        scim.is_active = said.active
        scim.has_closed = has_closed
        scim.changed_at = timezone.now()
        scim.save()
        _keep_external_id(region, person, former=former, user_name=user_name)
    except IntegrityError:
        raise UniquenessException(detail="The user name or the e-mail is taken.") from None
    person.scim = scim
    return person


def _is_open(person: Person, said: User) -> bool:
    """What becomes of the account: an HR system opens none but those that it has closed itself."""
    return said.active is not False and (person.is_active or _has_closed(person))


def _has_closed(person: Person) -> bool:
    scim = _scim_of(person)
    return scim is not None and scim.has_closed


def _keep_external_id(region: Region, person: Person, *, former: str, user_name: str) -> None:
    """The user name is an external id, too, so that the person can be enrolled by it."""
    if former and former != user_name:
        ExternalId.objects.filter(region=region, system=SYSTEM, value=former, user=person).delete()
    known, _created = ExternalId.objects.get_or_create(
        region=region, system=SYSTEM, value=user_name, defaults={"user": person}
    )
    if known.user_id != person.pk:
        raise UniquenessException(detail="The user name is somebody else's external id.")


def _user_name(said: User) -> str:
    user_name = _fits(said.user_name, 120).strip()
    if not user_name:
        raise InvalidValueException(detail="userName must not be empty.")
    try:
        refuse_snils(system=SYSTEM, value=user_name)
    except SnilsRefused:
        raise InvalidValueException(detail="A SNILS must not be a user name.") from None
    return user_name


def _refuse_taken_name(region: Region, user_name: str, person: Person) -> None:
    others = people_of(region).exclude(pk=person.pk)
    taken = Q(scim__user_name__iexact=user_name) | Q(scim=None, email=user_name.lower())
    if others.filter(taken).exists():
        raise UniquenessException(detail="The user name is taken.")


def _email(said: User) -> Email | None:
    """The one address that is kept: the primary one, else the first."""
    emails = [email for email in said.emails or [] if email.value]
    chosen = next((email for email in emails if email.primary), emails[0] if emails else None)
    if chosen is not None:
        try:
            validate_email(_fits(chosen.value, LONGEST_EMAIL))
        except ValidationError:
            raise InvalidValueException(detail="This is no e-mail address.") from None
    return chosen


def _fits(value: str | None, longest: int) -> str:
    text = value or ""
    if len(text) > longest or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise InvalidValueException(detail=f"At most {longest} characters, all printable.")
    return text


@transaction.atomic
def let_go(region: Region, person: Person) -> None:
    """The HR system deletes a user: the account is closed, results stay, the person can come back.

    Erasing personal data is another decision: see ``lms.people.erasing``.
    """
    scim = _scim_of(person) or ScimUser(user=person, region=region, user_name=user_name_of(person))
    scim.deleted_at = scim.changed_at = timezone.now()
    scim.has_closed = scim.has_closed or person.is_active
    scim.save()
    person.is_active = False
    person.organisation = None
    person.save(update_fields=["is_active", "organisation"])
