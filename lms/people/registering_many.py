"""Registering many people at once: the rules of ``registering``, a few queries a batch."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress

from lms.bulk import insert_rows, reserve_ids, update_rows
from lms.people.models import ExternalId, Organisation, Region, User
from lms.people.registering import PERSONS_OWN, RegistrationOutcome

FIELDS = (
    "family_name",
    "given_name",
    "patronymic",
    "email",
    "position",
    "organisation",
    "address_as",
    "timezone",
    "locale",
)
"""What an import may say of a person; the organisation by its name."""

Key = tuple[int, str]
"""The id of a region, and what its system calls the person."""


@dataclass(slots=True)
class KnownPerson:
    """A person as the register has them. ``fields``: the values of FIELDS in turn."""

    pk: int
    is_active: bool
    has_signed_in: bool
    is_synthetic: bool
    fields: tuple[str | None, ...]

    @property
    def email(self) -> str | None:
        return self.fields[FIELDS.index("email")]


@dataclass(slots=True)
class PersonPlan:
    """What would become of one person. ``kept``: fields that the person decides alone by now."""

    outcome: RegistrationOutcome
    changes: dict[str, str | None] = field(default_factory=dict)
    before: dict[str, str | None] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def known_people(
    *, region_ids: Iterable[int], system: str, values: Iterable[str], for_update: bool = False
) -> dict[Key, KnownPerson]:
    """Whom these ids name; one query. ``for_update`` locks them until the transaction ends."""
    ids = ExternalId.objects.filter(
        region__in=list(region_ids), system=system, value__any_of=list(values)
    )
    if for_update:
        people = list(ids.values_list("user", flat=True))
        locked = User.objects.filter(pk__any_of=people).order_by("pk")
        list(locked.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
        if not people:
            return {}
    return {
        (region_id, value): KnownPerson(
            pk, is_active, last_login is not None, is_synthetic, tuple(fields)
        )
        for region_id, value, pk, is_active, last_login, is_synthetic, *fields in ids.values_list(
            "region_id",
            "value",
            "user_id",
            "user__is_active",
            "user__last_login",
            "user__is_synthetic",
            *(
                "user__organisation__name" if name == "organisation" else f"user__{name}"
                for name in FIELDS
            ),
        )
    }


def owners_of(emails: Iterable[str]) -> dict[str, int]:
    """Whose these addresses are: accounts', and such as somebody has added and confirmed."""
    wanted = list(emails)
    owners = dict(
        EmailAddress.objects.filter(email__any_of=wanted, verified=True).values_list(
            "email", "user"
        )
    )
    owners.update(User.objects.filter(email__any_of=wanted).values_list("email", "pk"))
    return owners


def plan_person(said: Mapping[str, str], known: KnownPerson | None) -> PersonPlan:
    """New, changed or the same: as ``register_person`` would do it."""
    if known is None:
        return PersonPlan(RegistrationOutcome.CREATED, dict(said))
    changes: dict[str, str | None] = {}
    before: dict[str, str | None] = {}
    kept: list[str] = []
    for name, present in zip(FIELDS, known.fields, strict=True):
        value = said.get(name)
        if value is None or value == present:
            continue
        if known.has_signed_in and name in PERSONS_OWN:
            kept.append(name)
            continue
        changes[name], before[name] = value, present
    outcome = RegistrationOutcome.UPDATED if changes else RegistrationOutcome.UNCHANGED
    return PersonPlan(outcome, changes, before, tuple(kept))


def organisation_ids(names: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The organisations of these regions by name; those that are missing are added."""
    wanted = set(names)
    if not wanted:
        return {}
    regions = {region_id for region_id, _name in wanted}
    found = _organisations(regions, wanted)
    if missing := wanted - found.keys():
        Organisation.objects.bulk_create(
            [Organisation(region_id=region_id, name=name) for region_id, name in sorted(missing)],
            ignore_conflicts=True,
        )
        found = _organisations(regions, wanted)
    return found


def _organisations(regions: set[int], wanted: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    rows = Organisation.objects.filter(
        region__in=regions, name__in={name for _region, name in wanted}
    ).values_list("region_id", "name", "pk")
    return {(region_id, name): pk for region_id, name, pk in rows}


NewPerson = tuple[Region, str, Mapping[str, str | None]]


def create_people(
    people: Sequence[NewPerson], *, system: str, organisations: Mapping[tuple[int, str], int]
) -> list[int]:
    """Add people with their external ids; their ids in turn. They get no password.

    Raises IntegrityError where one of them or their address has been registered meanwhile.
    """
    ids = reserve_ids(User, len(people))
    insert_rows(
        User,
        ("id", "uuid", "password", "region", *FIELDS),
        (
            (
                pk,
                uuid.uuid4(),
                f"!{secrets.token_urlsafe(30)}",  # as Django marks a password that opens nothing
                region.pk,
                *_stored(said, region, organisations),
            )
            for pk, (region, _value, said) in zip(ids, people, strict=True)
        ),
    )
    insert_rows(
        ExternalId,
        ("region", "system", "value", "user"),
        (
            (region.pk, system, value, pk)
            for pk, (region, value, _said) in zip(ids, people, strict=True)
        ),
    )
    return ids


def _stored(
    said: Mapping[str, str | None], region: Region, organisations: Mapping[tuple[int, str], int]
) -> list[Any]:
    organisation = said.get("organisation")
    return [
        said.get("family_name", ""),
        said.get("given_name", ""),
        said.get("patronymic", ""),
        said.get("email"),
        said.get("position", ""),
        organisations[region.pk, organisation] if organisation else None,
        said.get("address_as", ""),
        said.get("timezone", region.timezone),
        said.get("locale", "ru"),
    ]


def change_people(
    changed: Sequence[tuple[Region, KnownPerson, PersonPlan]],
    *,
    organisations: Mapping[tuple[int, str], int],
) -> None:
    """Bring people up to date; raises IntegrityError where an address has been taken meanwhile."""
    by_fields: dict[tuple[str, ...], list[tuple]] = {}
    for region, known, plan in changed:
        names = tuple(plan.changes)
        values = [
            organisations[region.pk, value] if name == "organisation" and value else value
            for name, value in plan.changes.items()
        ]
        by_fields.setdefault(names, []).append((known.pk, *values))
    for names, rows in by_fields.items():
        update_rows(User, names, rows)
