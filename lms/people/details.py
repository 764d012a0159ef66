"""What is said about a person when they are registered. Pure, without Django."""

from __future__ import annotations

from dataclasses import dataclass, fields

from lms.people.metadata import Metadata


@dataclass(frozen=True)
class PersonDetails:
    """What a region's system says about a person. None: not said, and left as it is.

    organisation: the name of one (made when the region has none of that name), or its number.
    phone: as ``phones`` spells it, or "" for none. metadata: replaces the whole map.
    """

    family_name: str | None = None
    given_name: str | None = None
    patronymic: str | None = None
    email: str | None = None
    phone: str | None = None
    position: str | None = None
    organisation: str | int | None = None
    address_as: str | None = None
    timezone: str | None = None
    locale: str | None = None
    metadata: Metadata | None = None


DETAILS = tuple(field.name for field in fields(PersonDetails) if field.name != "metadata")
"""Names of what sheets and imports say, too, in the order in which the register keeps them."""
