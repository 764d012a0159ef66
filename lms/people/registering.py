"""Registering people under the ids that a region's own systems give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from lms.constraints import violates
from lms.people.details import PersonDetails
from lms.people.models import ExternalId, Organisation, Region, User

TRIES = 3
_SNILS = re.compile(r"\d{3}[- ]\d{3}[- ]\d{3}[- ]\d{2}")


class EmailTaken(Exception):
    """The e-mail address belongs to somebody else."""


class ExternalIdTaken(Exception):
    """The region has registered somebody else under one of these ids; the text names it."""


class OrganisationUnknown(Exception):
    """The region has no organisation with this number."""


class PersonBlocked(Exception):
    """The person's account is closed, or they belong to another region by now."""


class SnilsRefused(Exception):
    """A SNILS was offered as an external id: it must never stand in addresses and logs."""


class RegistrationOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Registration:
    """``changed`` and ``kept`` are names of fields; kept ones the person decides alone by now."""

    user: User
    outcome: RegistrationOutcome
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


PERSONS_OWN = ("email", "address_as", "timezone", "locale")
"""A region may set these until the person first signs in; from then on they are the person's.

Of whoever may enter the CMS it never sets them: the way in goes to that address, and with it all
that the person may do there.
"""


def refuse_snils(*, system: str, value: str) -> None:
    """Raise SnilsRefused for the system «snils» and for values that are written like one."""
    if system.casefold() == "snils" or _SNILS.fullmatch(value.strip()):
        raise SnilsRefused


@transaction.atomic(savepoint=False)
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
    """Savepoints only around what may clash with another request."""
    user = (
        User.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation")
        .filter(
            external_ids__region=region,
            external_ids__system=system,
            external_ids__value=value,
        )
        .order_by()
        .first()
    )
    if user is None:
        with transaction.atomic():
            user = _create(region, details)
            ExternalId.objects.create(region=region, system=system, value=value, user=user)
        return Registration(user, RegistrationOutcome.CREATED)
    if not user.is_active or user.region_id != region.pk:
        raise PersonBlocked
    user.region = region
    return _update(user, region, details)


@transaction.atomic
def add_person(
    *, region: Region, external_ids: Sequence[tuple[str, str]], details: PersonDetails
) -> User:
    """A new person of ``region`` under all of these ids (system, value).

    Raises EmailTaken, ExternalIdTaken, OrganisationUnknown or SnilsRefused; then nothing is
    written. Of parallel calls with the same id or address one succeeds.
    """
    for system, value in external_ids:
        refuse_snils(system=system, value=value)
    try:
        with transaction.atomic():
            user = _create(region, details)
    except IntegrityError as error:
        if violates(error, User, "email"):
            raise EmailTaken from None
        raise
    # In one order, so that two requests never wait for each other crosswise.
    for system, value in sorted(set(external_ids)):
        _known, is_new = ExternalId.objects.get_or_create(
            region=region, system=system, value=value, defaults={"user": user}
        )
        if not is_new:
            raise ExternalIdTaken(f"{system}: {value}")
    return user


@transaction.atomic
def change_person(user: User, details: PersonDetails) -> Registration:
    """Bring what was said up to date; raises EmailTaken, OrganisationUnknown or PersonBlocked."""
    people = User.objects.select_for_update(no_key=True, of=("self",))
    locked = people.select_related("region", "organisation").get(pk=user.pk)
    if not locked.is_active or locked.region is None:
        raise PersonBlocked
    try:
        return _update(locked, locked.region, details)
    except IntegrityError as error:
        if violates(error, User, "email"):
            raise EmailTaken from None
        raise


def _create(region: Region, details: PersonDetails) -> User:
    fields = _fields(region, details)
    refuse_taken_email(fields.get("email"), owner=None)
    fields.setdefault("timezone", region.timezone)
    return User.objects.create_user(
        fields.pop("email", None), region=region, is_synthetic=region.is_sandbox, **fields
    )


def _update(user: User, region: Region, details: PersonDetails) -> Registration:
    differing = {
        name: value
        for name, value in _fields(region, details).items()
        if getattr(user, name) != value
    }
    is_own = bool(user.last_login or user.is_staff)
    kept = tuple(name for name in differing if is_own and name in PERSONS_OWN)
    changes = {name: value for name, value in differing.items() if name not in kept}
    refuse_taken_email(changes.get("email"), owner=user)
    if not changes:
        return Registration(user, RegistrationOutcome.UNCHANGED, kept=kept)
    for name, value in changes.items():
        setattr(user, name, value)
    user.known_changes = tuple(changes)  # the row is locked, so this is all that differs
    if "email" in changes:
        with transaction.atomic():
            user.save(update_fields=list(changes))
    else:
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
