"""Organisations as a region's own systems tell of them: names, parents, ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from django.db import IntegrityError, transaction

from lms.constraints import violates
from lms.people.metadata import Metadata
from lms.people.models import Organisation, OrganisationId, Region
from lms.people.registering import TRIES, RegistrationOutcome

MOST_LEVELS = 10
"""From a ministry down to a ward of a branch, with room to spare."""


class OrganisationDetails(TypedDict, total=False):
    """What is said about an organisation; what is left out stays as it is.

    inn: as ``inn.checked_inn`` gives it, or "" for none. parent_id: None for none. metadata:
    replaces the whole map.
    """

    name: str
    inn: str
    parent_id: int | None
    metadata: Metadata


class ParentUnknown(Exception):
    """The region has no organisation with this number."""


class ParentsGoRound(Exception):
    """The organisation would stand above itself."""


class TooManyLevels(Exception):
    """More than ``MOST_LEVELS`` organisations would stand one above another."""


@transaction.atomic
def add_organisation(*, region: Region, said: OrganisationDetails) -> Organisation:
    """A new one. Raises ParentUnknown, TooManyLevels, or IntegrityError where the name is taken."""
    if said.get("parent_id"):
        hold_parents(region.pk)
        _check_parent(region.pk, None, said["parent_id"])
    return Organisation.objects.create(region=region, **said)


@transaction.atomic
def change_organisation(
    organisation: Organisation, said: OrganisationDetails
) -> RegistrationOutcome:
    """Bring it up to date. Who has locked the row has called ``hold_parents`` before.

    Raises ParentUnknown, ParentsGoRound, TooManyLevels, or IntegrityError where the name is taken.
    """
    changed = {name: value for name, value in said.items() if getattr(organisation, name) != value}
    if not changed:
        return RegistrationOutcome.UNCHANGED
    if changed.get("parent_id"):
        hold_parents(organisation.region_id)
        _check_parent(organisation.region_id, organisation.pk, said["parent_id"])
    for name, value in changed.items():
        setattr(organisation, name, value)
    fields = ["parent" if name == "parent_id" else name for name in changed]
    organisation.save(update_fields=[*fields, "updated_at"])
    return RegistrationOutcome.UPDATED


def name_organisation(
    *, region: Region, system: str, value: str, said: OrganisationDetails
) -> tuple[Organisation, RegistrationOutcome]:
    """The organisation that ``system`` calls ``value``, added or changed; safe to repeat.

    One of this name without an id of the system gets the id, since people are often registered
    with the name first. Raises what ``change_organisation`` raises.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _name(region, system, value, said)
        except IntegrityError as error:
            raced = violates(error, OrganisationId, "organisation_id_names_one")
            taken = violates(error, Organisation, "organisation_name_is_unique_in_its_region")
            if attempt == TRIES or not (raced or taken):
                raise
    raise AssertionError("unreachable")


def _name(
    region: Region, system: str, value: str, said: OrganisationDetails
) -> tuple[Organisation, RegistrationOutcome]:
    if said.get("parent_id"):
        hold_parents(region.pk)
    named = {"external_ids__system": system, "external_ids__value": value}
    known = Organisation.objects.select_for_update(no_key=True, of=("self",)).filter(
        region=region, **named
    )
    organisation = known.first()
    if organisation is not None:
        return organisation, change_organisation(organisation, said)
    outcome = RegistrationOutcome.CREATED
    organisation = _without_id(region, system, said["name"])
    if organisation is None:
        organisation = add_organisation(region=region, said=said)
    else:
        outcome = RegistrationOutcome.UPDATED
        change_organisation(organisation, said)
    OrganisationId.objects.create(
        region=region, system=system, value=value, organisation=organisation
    )
    return organisation, outcome


def _without_id(region: Region, system: str, name: str) -> Organisation | None:
    """The organisation of this name that the system does not know yet, locked."""
    of_name = Organisation.objects.filter(region=region, name=name)
    list(of_name.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    # Asked once it is ours: another request may have given it an id meanwhile.
    return of_name.exclude(external_ids__system=system).first()


def hold_parents(region_id: int) -> None:
    """Nobody else changes who stands above whom in the region until the transaction ends.

    Comes before the locks of organisations, so that two who change parents never wait crosswise.
    """
    Region.objects.select_for_update(no_key=True).get(pk=region_id)


def _check_parent(region_id: int, child_id: int | None, parent_id: int | None) -> None:
    parents: dict[int, int | None] = dict(
        Organisation.objects.filter(region=region_id).order_by().values_list("pk", "parent")
    )
    if parent_id not in parents:
        raise ParentUnknown
    above = _line_up(parents, parent_id)
    if child_id in above:
        raise ParentsGoRound
    if len(above) + _levels_below(parents, child_id) > MOST_LEVELS:
        raise TooManyLevels


def _line_up(parents: Mapping[int, int | None], number: int | None) -> list[int]:
    """The organisation and all that stand above it."""
    line: list[int] = []
    while number is not None and number not in line:
        line.append(number)
        number = parents.get(number)
    return line


def _levels_below(parents: Mapping[int, int | None], top: int | None) -> int:
    """Levels of what stands below ``top``, itself included; None: it is new."""
    if top is None:
        return 1
    lines = (_line_up(parents, number) for number in parents)
    return max(line.index(top) + 1 for line in lines if top in line)
