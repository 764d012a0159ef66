"""What a visitor asks of the catalogue: read from the address, said in chips."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Course, Topic
from lms.people.models import Region

HOURS = {
    "8": (0, 8, gettext_lazy("up to 8 hours")),
    "16": (9, 16, gettext_lazy("9 to 16 hours")),
    "36": (17, 36, gettext_lazy("17 to 36 hours")),
    "more": (37, 10_000, gettext_lazy("more than 36 hours")),
}
SORTS = {"date": gettext_lazy("by date of start"), "name": gettext_lazy("by name")}


@dataclass(frozen=True)
class Choices:
    """What there is to choose from."""

    topics: Sequence[Topic]
    regions: Sequence[Region]


@dataclass(frozen=True)
class Filters:
    """Empty values ask for nothing."""

    q: str = ""
    topic: str = ""
    hours: str = ""
    format: str = ""
    region: str = ""
    since: date | None = None
    until: date | None = None
    places: str = ""
    sort: str = "date"

    @property
    def active(self) -> list[str]:
        """Names of the filters that are set; the order of the list is none of them."""
        return [
            field.name
            for field in fields(self)
            if field.name != "sort" and getattr(self, field.name)
        ]

    @property
    def narrows(self) -> bool:
        """Whether anything but words is asked for."""
        return set(self.active) > {"q"} or (bool(self.active) and not self.q) or self.sort != "date"

    def without(self, name: str) -> Filters:
        nothing: dict[str, Any] = {name: None if name in ("since", "until") else ""}
        return replace(self, **nothing)

    def as_query(self) -> str:
        """For an address; empty when nothing is asked."""
        asked = {name: str(getattr(self, name)) for name in self.active}
        if self.sort != "date":
            asked["sort"] = self.sort
        return urlencode(asked)


def filters_from(data: Mapping[str, str], choices: Choices) -> Filters:
    """The filters of an address. What is not one of the choices asks for nothing."""

    def one_of(name: str, known: Container[str]) -> str:
        value = data.get(name, "")
        return value if value in known else ""

    return Filters(
        q=" ".join(data.get("q", "").replace("\0", "").split())[:200],
        topic=one_of("topic", {topic.slug for topic in choices.topics}),
        hours=one_of("hours", HOURS),
        format=one_of("format", Course.Format.values),
        region=one_of("region", {region.code for region in choices.regions}),
        since=_date(data.get("since", "")),
        until=_date(data.get("until", "")),
        places=one_of("places", {"1"}),
        sort=one_of("sort", SORTS) or "date",
    )


def _date(value: str) -> date | None:
    try:
        return parse_date(value)
    except ValueError:  # 31 June
        return None


def label_of(filters: Filters, name: str, choices: Choices) -> str:
    """A filter in words, as its chip says it."""
    value = getattr(filters, name)
    match name:
        case "q":
            return _("Words: %(words)s") % {"words": value}
        case "topic":
            return next(topic.title for topic in choices.topics if topic.slug == value)
        case "hours":
            return str(HOURS[value][2])
        case "format":
            return str(Course.Format(value).label)
        case "region":
            return next(region.name for region in choices.regions if region.code == value)
        case "since":
            return _("Starts from %(date)s") % {"date": date_format(value, "j E Y")}
        case "until":
            return _("Starts until %(date)s") % {"date": date_format(value, "j E Y")}
    return _("There are places")
