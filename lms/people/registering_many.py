"""Registering many people at once: the rules of ``registering``, a few queries a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils import timezone

from lms.bulk import insert_rows, ordered_uuids, random_tokens, reserve_ids, update_rows
from lms.people.details import DETAILS
from lms.people.models import ExternalId, Organisation, Region, User
from lms.people.registering import PERSONS_OWN, RegistrationOutcome

Key = tuple[int, str]
"""The id of a region, and what its system calls the person."""


@dataclass(slots=True)
class KnownPerson:
    """A person as the register has them.

    ``fields``: the values of DETAILS in turn, the organisation by its name.
    """

    pk: int
    uuid: UUID
    region_id: int | None
    is_active: bool
    decides_alone: bool
    is_synthetic: bool
    fields: tuple[str | None, ...]

    @property
    def email(self) -> str | None:
        return self.fields[DETAILS.index("email")]


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
        region__in=list(region_ids), system=system, value__any_of=set(values)
    )
    if for_update:
        people = list(ids.values_list("user", flat=True))
        locked = User.objects.filter(pk__any_of=set(people)).order_by("pk")
        list(locked.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
        if not people:
            return {}
    rows = ids.values_list("region_id", "value", *(f"user__{name}" for name in _OF_A_PERSON))
    return {(region_id, value): _known(*person) for region_id, value, *person in rows}


def locked_people(ids: set[int]) -> dict[int, KnownPerson]:
    """People by their ids, locked until the transaction ends."""
    people = User.objects.filter(pk__any_of=ids).order_by("pk")
    list(people.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return {row[0]: _known(*row) for row in people.values_list(*_OF_A_PERSON)}


_OF_A_PERSON = (
    "pk",
    "uuid",
    "region_id",
    "is_active",
    "last_login",
    "is_staff",
    "is_synthetic",
    *("organisation__name" if name == "organisation" else name for name in DETAILS),
)


def _known(
    pk: int,
    uuid: UUID,
    region_id: int | None,
    is_active: bool,
    last_login: datetime | None,
    is_staff: bool,
    is_synthetic: bool,
    *fields: str | None,
) -> KnownPerson:
    decides_alone = last_login is not None or is_staff
    return KnownPerson(pk, uuid, region_id, is_active, decides_alone, is_synthetic, fields)


def owners_of(emails: Iterable[str]) -> dict[str, int]:
    """Whose these addresses are: accounts', and such as somebody has added and confirmed."""
    wanted = set(emails)
    owners = dict(
        EmailAddress.objects.filter(email__any_of=wanted, verified=True).values_list(
            "email", "user"
        )
    )
    found = User.objects.filter(email__any_of=wanted).order_by()
    owners.update(found.values_list("email", "pk"))
    return owners


def plan_person(said: Mapping[str, str], known: KnownPerson | None) -> PersonPlan:
    """New, changed or the same: as ``register_person`` would do it."""
    if known is None:
        return PersonPlan(RegistrationOutcome.CREATED, dict(said))
    changes: dict[str, str | None] = {}
    before: dict[str, str | None] = {}
    kept: list[str] = []
    for name, present in zip(DETAILS, known.fields, strict=True):
        value = said.get(name)
        if value is None or value == present:
            continue
        if known.decides_alone and name in PERSONS_OWN:
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
    found = find_organisations(wanted)
    if missing := wanted - found.keys():
        Organisation.objects.bulk_create(
            [Organisation(region_id=region_id, name=name) for region_id, name in sorted(missing)],
            ignore_conflicts=True,
        )
        found = find_organisations(wanted)
    return found


def find_organisations(names: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Those organisations of these regions that there are, by name."""
    wanted = set(names)
    if not wanted:
        return {}
    rows = Organisation.objects.filter(
        region__in={region_id for region_id, _name in wanted},
        name__in={name for _region_id, name in wanted},
    ).values_list("region_id", "name", "pk")
    return {(region_id, name): pk for region_id, name, pk in rows}


NewPerson = tuple[Region, str, Mapping[str, str | None]]


def create_people(
    people: Sequence[NewPerson], *, system: str, organisations: Mapping[tuple[int, str], int]
) -> list[tuple[int, str]]:
    """Add people with their external ids; the ids and uuids in turn. They get no password.

    Raises IntegrityError where one of them or their address has been registered meanwhile.
    """
    ids, uuids = reserve_ids(User, len(people)), ordered_uuids(len(people))
    insert_rows(
        User,
        ("id", "uuid", "password", "region", "is_synthetic", *DETAILS),
        (
            (
                pk,
                uuid,
                f"!{token}",  # as Django marks a password that opens nothing
                region.id,
                region.is_sandbox,
                *_stored(said, region, organisations),
            )
            for pk, uuid, token, (region, _value, said) in zip(
                ids, uuids, random_tokens(len(people)), people, strict=True
            )
        ),
    )
    insert_rows(
        ExternalId,
        ("region", "system", "value", "user"),
        (
            (region.id, system, value, pk)
            for pk, (region, value, _said) in zip(ids, people, strict=True)
        ),
    )
    return list(zip(ids, uuids, strict=True))


def _stored(
    said: Mapping[str, str | None], region: Region, organisations: Mapping[tuple[int, str], int]
) -> list[Any]:
    organisation = said.get("organisation")
    return [
        said.get("family_name", ""),
        said.get("given_name", ""),
        said.get("patronymic", ""),
        said.get("email"),
        said.get("phone", ""),
        said.get("position", ""),
        organisations[region.id, organisation] if organisation else None,
        said.get("address_as", ""),
        said.get("timezone", region.timezone),
        said.get("locale", "ru"),
    ]


def change_people(
    changed: Sequence[tuple[KnownPerson, PersonPlan]],
    *,
    organisations: Mapping[tuple[int, str], int],
) -> None:
    """Bring people up to date; raises IntegrityError where an address has been taken meanwhile."""
    by_fields: dict[tuple[str, ...], list[tuple]] = {}
    for known, plan in changed:
        names = tuple(plan.changes)
        values = [
            organisations[known.region_id or 0, value]
            if name == "organisation" and value
            else value
            for name, value in plan.changes.items()
        ]
        by_fields.setdefault(names, []).append((known.pk, *values))
    moment = timezone.now()
    for names, rows in by_fields.items():
        update_rows(User, (*names, "updated_at"), [(*row, moment) for row in rows])
