"""What is kept about a person, everywhere: giving it out, erasing it, merging two entries of one.

Each room says in its ``personal_data.py`` what it holds and what becomes of it when a person is
erased; this module knows no room. A model that points at people and that nobody has registered
fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.models import User


class OnErasure(StrEnum):
    """What becomes of the rows when their person is erased."""

    DELETE = "deleted"
    BLANK = "words removed"
    KEEP = "kept without a name"
    REGISTER = "kept by law"


OUTCOMES: dict[OnErasure, str | Promise] = {
    OnErasure.DELETE: _("deleted"),
    OnErasure.BLANK: _("words removed, the rest kept without a name"),
    OnErasure.KEEP: _("kept without a name"),
    OnErasure.REGISTER: _("kept: the law asks for it"),
}


@dataclass(frozen=True)
class Holding:
    """Rows of one model that belong to people.

    ``model``: «courses.LessonNote». ``person``: the path from it to the person. ``fields``: what a
    person is given, as paths of attributes. ``blank``: what BLANK sets. ``erase``: instead of these
    rules, a function that does the work and returns the number of rows.
    """

    model: str
    person: str
    title: str | Promise
    fields: tuple[str, ...]
    on_erasure: OnErasure
    blank: dict[str, Any] = field(default_factory=dict)
    erase: Callable[[User], int] | None = None
    merge: Callable[[User, User], int] | None = None
    """Instead of handing rows over one by one: (person, duplicate) → number of rows."""
    file: str = ""
    """The field with a file that belongs to what a person is given."""

    def rows_of(self, person: User) -> models.QuerySet:
        manager = apps.get_model(self.model)._default_manager
        return manager.filter(**{self.person: person}).order_by("pk")


_holdings: dict[tuple[str, str], Holding] = {}
_not_about: set[tuple[str, str]] = set()


def register(*holdings: Holding) -> None:
    """Say what a room keeps about people; saying it again replaces it."""
    for holding in holdings:
        _holdings[holding.model, holding.person] = holding


def register_not_about(*relations: tuple[str, str]) -> None:
    """Relations to people that say nothing about them: who made or decided something.

    They stay as they are; the entry that they point at has lost its name.
    """
    _not_about.update(relations)


def holdings() -> list[Holding]:
    return list(_holdings.values())


def unregistered(*roots: type[models.Model]) -> list[str]:
    """Relations to ``roots`` («app.Model.field») that no room has spoken of."""
    spoken = {(model, path.split("__")[0]) for model, path in (*_holdings, *_not_about)}
    found = []
    for root in roots:
        for relation in root._meta.get_fields(include_hidden=True):
            if not relation.auto_created or relation.concrete:
                continue
            model, name = relation.related_model._meta.label, relation.field.name  # type: ignore
            if (model, name) not in spoken:
                found.append(f"{model}.{name}")
    return sorted(found)


# --- giving out ---------------------------------------------------------------------------------

PERSON_FIELDS = (
    "uuid",
    "family_name",
    "given_name",
    "patronymic",
    "address_as",
    "email",
    "phone",
    "position",
    "region.name",
    "organisation.name",
    "timezone",
    "locale",
    "display",
    "metadata",
    "date_joined",
    "last_login",
)


@dataclass(frozen=True)
class Section:
    """What is kept of one kind: ``rows`` for machines, ``shown`` for people (label and value)."""

    key: str
    title: str
    on_erasure: str
    rows: list[dict[str, Any]]
    shown: list[list[tuple[str, str]]]
    files: list[FieldFile]


@dataclass(frozen=True)
class PersonExport:
    """Everything that is kept about one person at one moment."""

    person: User
    made_at: datetime
    sections: list[Section]

    def as_json(self) -> dict[str, Any]:
        """The machine-readable form: plain values, times in UTC (RFC 3339)."""
        return {
            "person": str(self.person.uuid),
            "made_at": self.made_at.isoformat(),
            "sections": [
                {"key": section.key, "title": section.title, "rows": section.rows}
                for section in self.sections
            ],
        }


def export_person(person: User) -> PersonExport:
    """Everything that the rooms keep about ``person``, in the language that is active."""
    sections = [_section(_("The person"), "person", PERSON_FIELDS, [person], "", "")]
    for holding in holdings():
        rows = list(holding.rows_of(person))
        outcome = str(OUTCOMES[holding.on_erasure])
        sections.append(
            _section(holding.title, holding.model, holding.fields, rows, outcome, holding.file)
        )
    return PersonExport(person, timezone.now(), sections)


def _section(
    title: str | Promise,
    key: str,
    fields: tuple[str, ...],
    rows: list,
    outcome: str,
    file: str,
) -> Section:
    return Section(
        key=key,
        title=str(title),
        on_erasure=outcome,
        rows=[{name: _plain(_reach(row, name)) for name in fields} for row in rows],
        shown=[[(_label(row, name), _words(row, name)) for name in fields] for row in rows],
        files=[getattr(row, file) for row in rows if file and getattr(row, file)],
    )


def _reach(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name, None) if row is not None else None
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (dict, list, int, float, bool)) or value is None:
        return value
    return str(value)


def _field(row: models.Model, path: str) -> models.Field | None:
    try:
        return row._meta.get_field(path.split(".")[0])  # type: ignore[return-value]
    except FieldDoesNotExist:
        return None


def _label(row: models.Model, path: str) -> str:
    known = _field(row, path)
    text = str(known.verbose_name) if known is not None else path.split(".")[0]
    return text[:1].upper() + text[1:]


def _words(row: models.Model, path: str) -> str:
    value = _reach(row, path)
    display = getattr(row, f"get_{path}_display", None)
    if display is not None and value not in (None, ""):
        return str(display())
    if value is None or value == "" or value == [] or value == {}:
        return "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if path == "metadata":
        return "; ".join(f"{key}: {text}" for key, text in value.items())
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return str(value)
