"""Registering people under the ids that a region's own systems give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from lms.constraints import violates
from lms.people.models import ExternalId, Organisation, Region, User

TRIES = 3
_SNILS = re.compile(r"\d{3}[- ]\d{3}[- ]\d{3}[- ]\d{2}")


class EmailTaken(Exception):
    """The e-mail address belongs to somebody else."""


class OrganisationUnknown(Exception):
    """The region has no organisation with this number."""


class PersonBlocked(Exception):
    """The person's account is closed."""


class SnilsRefused(Exception):
    """A SNILS was offered as an external id: it must never stand in addresses and logs."""


class RegistrationOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class PersonDetails:
    """What a region's system says about a person. None: not said, and left as it is.

    organisation: the name of one (made when the region has none of that name), or its number.
    """

    family_name: str
    given_name: str
    patronymic: str | None = None
    email: str | None = None
    position: str | None = None
    organisation: str | int | None = None
    address_as: str | None = None
    timezone: str | None = None
    locale: str | None = None


@dataclass(frozen=True)
class Registration:
    """``changed`` and ``kept`` are names of fields; kept ones the person decides alone by now."""

    user: User
    outcome: RegistrationOutcome
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


PERSONS_OWN = ("email", "address_as", "timezone", "locale")
"""A region may set these until the person first signs in; from then on they are the person's."""


def refuse_snils(*, system: str, value: str) -> None:
    """Raise SnilsRefused for the system «snils» and for values that are written like one."""
    if system.casefold() == "snils" or _SNILS.fullmatch(value.strip()):
        raise SnilsRefused


def register_person(
    *, region: Region, system: str, value: str, details: PersonDetails
) -> Registration:
    """The person whom ``region``'s ``system`` calls ``value``, made or brought up to date.

    People are matched by this id only, never by e-mail or name. New people get no password:
    they come in by a link. Of parallel calls with the same id one creates.
    Raises EmailTaken, OrganisationUnknown, PersonBlocked or SnilsRefused; then nothing is written.
    """
    refuse_snils(system=system, value=value)
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _register(region, system, value, details)
        except EmailTaken:
            # Perhaps by this very person, whom another request has just registered: look again.
            if attempt > 1:
                raise
        except IntegrityError as error:
            raced = violates(error, ExternalId, "external_id_names_one_person") or violates(
                error, User, "email"
            )
            if not raced or attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _register(region: Region, system: str, value: str, details: PersonDetails) -> Registration:
    user = (
        User.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            external_ids__region=region,
            external_ids__system=system,
            external_ids__value=value,
        )
        .first()
    )
    if user is None:
        user = _create(region, details)
        ExternalId.objects.create(region=region, system=system, value=value, user=user)
        return Registration(user, RegistrationOutcome.CREATED)
    if not user.is_active:
        raise PersonBlocked
    return _update(user, region, details)


def _create(region: Region, details: PersonDetails) -> User:
    fields = _fields(region, details)
    refuse_taken_email(fields.get("email"), owner=None)
    fields.setdefault("timezone", region.timezone)
    return User.objects.create_user(fields.pop("email", None), region=region, **fields)


def _update(user: User, region: Region, details: PersonDetails) -> Registration:
    differing = {
        name: value
        for name, value in _fields(region, details).items()
        if getattr(user, name) != value
    }
    kept = tuple(name for name in differing if name in PERSONS_OWN and user.last_login)
    changes = {name: value for name, value in differing.items() if name not in kept}
    refuse_taken_email(changes.get("email"), owner=user)
    if not changes:
        return Registration(user, RegistrationOutcome.UNCHANGED, kept=kept)
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))
    return Registration(user, RegistrationOutcome.UPDATED, changed=tuple(changes), kept=kept)


def _fields(region: Region, details: PersonDetails) -> dict:
    """Those fields of a user that were said, as the user holds them."""
    said = {name: value for name, value in vars(details).items() if value is not None}
    if "email" in said:
        said["email"] = said["email"].lower()
    if "organisation" in said:
        said["organisation"] = _organisation(region, said["organisation"])
    return said


def _organisation(region: Region, named: str | int) -> Organisation:
    if isinstance(named, str):
        return Organisation.objects.get_or_create(region=region, name=named)[0]
    try:
        return Organisation.objects.get(region=region, pk=named)
    except Organisation.DoesNotExist:
        raise OrganisationUnknown from None


def refuse_taken_email(email: str | None, *, owner: User | None) -> None:
    """Also refuse an address that another person has added to their account and confirmed."""
    if not email:
        return
    of_accounts = User.objects.filter(email=email)
    confirmed = EmailAddress.objects.filter(email=email, verified=True)
    if owner is not None:
        of_accounts = of_accounts.exclude(pk=owner.pk)
        confirmed = confirmed.exclude(user=owner)
    if of_accounts.exists() or confirmed.exists():
        raise EmailTaken


@transaction.atomic
def restore_person(
    user: User, *, said: Mapping[str, str], before: Mapping[str, str | None]
) -> None:
    """Give back the values that a registration replaced, where they still are what it said.

    Fields that are the person's own by now stay, and so does an address that another has taken.
    """
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    changes: dict = {}
    for name, value in before.items():
        if name in PERSONS_OWN and user.last_login:
            continue
        if name == "organisation":
            present = user.organisation.name if user.organisation else None
            if present == said.get(name):
                changes[name] = (
                    value and Organisation.objects.filter(region=user.region, name=value).first()
                )
        elif getattr(user, name) == said.get(name):
            changes[name] = value
    try:
        refuse_taken_email(changes.get("email"), owner=user)
    except EmailTaken:
        del changes["email"]
    for name, value in changes.items():
        setattr(user, name, value)
    if changes:
        user.save(update_fields=list(changes))


@transaction.atomic
def unregister_person(user: User) -> bool:
    """Take back a registration that nobody has used: names, addresses and ids are forgotten.

    The row itself stays, for what the audit says of it. False, and nothing happens, where the
    person has signed in.
    """
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    if user.last_login or user.is_staff:
        return False
    ExternalId.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.family_name = user.given_name = user.patronymic = user.position = user.address_as = ""
    user.email, user.organisation, user.is_active = None, None, False
    user.save()
    return True
