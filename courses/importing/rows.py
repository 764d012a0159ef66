"""Reading one row: what it says, or what does not fit in it."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from courses.importing.files import Cell, Line
from lms.people.phones import LONGEST_SPELLING, NotAPhone, normalised_phone
from lms.people.registering import SnilsRefused, refuse_snils

LIMITS = {
    "external_id": 120,
    "family_name": 100,
    "given_name": 100,
    "patronymic": 100,
    "full_name": 300,
    "email": 254,
    "phone": LONGEST_SPELLING,
    "position": 150,
    "organisation": 250,
    "address_as": 120,
    "timezone": 40,
    "locale": 5,
    "region": 120,
    "cohort": 200,
    "role": 20,
    "status": 20,
}
"""How many characters a cell may have."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORMULA_STARTS = ("=", "+", "-", "@")
_SUSPICIOUS = frozenset("=+-@# ")
_CELL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
_ACTIVE = {"active", "enabled", ""}
_GONE = {"tobedeleted", "deleted", "inactive"}
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*@([A-Za-z0-9]{1,60}(-[A-Za-z0-9]{1,2})?\.){1,3}[A-Za-z]{2,20}"
)
"""As nearly all are; the others are looked at by Django's validator, which takes longer."""
_LEARNERS = {"student", "learner", "слушатель", "учащийся", ""}


@dataclass(slots=True)
class RowError:
    """``code`` as in ``problems``, the field it is about, and what its text needs."""

    code: str
    field: str = ""
    params: dict[str, Any] = default(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "field": self.field, "params": self.params}


@dataclass(slots=True)
class Row:
    """What a line says. ``person``: fields of a person that were said; ``came``: as it came."""

    number: int
    value: str = ""
    person: dict[str, str] = default(default_factory=dict)
    region: str = ""
    cohort: str = ""
    is_gone: bool = False
    """The row says itself that the person leaves (OneRoster: ``tobedeleted``)."""
    errors: list[RowError] = default(default_factory=list)
    came: dict[str, str] = default(default_factory=dict)


def read_row(line: Line, fields: Sequence[str]) -> Row:
    """The row of ``line``, whose cells are ``fields`` in turn; errors of it are listed in it."""
    row = Row(line.number)
    said: dict[str, str] = {}
    for name, cell in zip(fields, line.cells, strict=False):
        if not name or cell is None or cell == "":
            continue
        if _is_plain(cell, name):
            said[name] = cell
            continue
        text, code = _cleaned(cell, LIMITS[name], may_begin="+" if name == "phone" else "")
        if code:
            row.errors.append(RowError(code, name, {"limit": LIMITS[name]}))
            row.came[name] = _harmless(str(cell)[:300])
        elif text:
            said[name] = text
    if line.problem:
        row.errors.append(RowError(line.problem))
    elif len(line.cells) > len(fields) and any(line.cells[len(fields) :]):
        row.errors.append(RowError("too-many-cells"))
    row.value = said.pop("external_id", "")
    _read_id(row)
    row.region, row.cohort = said.pop("region", ""), said.pop("cohort", "")
    if "role" in said or "status" in said:
        _read_standing(row, said)
    _read_person(row, said)
    row.person = said
    if row.errors:
        row.came = {
            "external_id": row.value, "region": row.region, "cohort": row.cohort, **said, **row.came
        }  # fmt: skip
        row.came = {name: text for name, text in row.came.items() if text}
    return row


def _harmless(text: str) -> str:
    """Text that every database can keep."""
    return _CONTROL.sub(" ", text.encode(errors="replace").decode())


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _is_plain(cell: Cell, name: str) -> bool:
    """Whether it is text that can stay as it is: nearly all is."""
    return (
        isinstance(cell, str)
        and cell.isprintable()
        and cell[0] not in _SUSPICIOUS
        and len(cell) <= LIMITS[name]
        and "  " not in cell
        and cell[-1] != " "
    )


def _cleaned(cell: Cell, limit: int, *, may_begin: str = "") -> tuple[str, str]:
    """The text of a cell without stray spaces, and the code of what is wrong with it.

    ``may_begin``: a sign with which it may begin though formulas do, too.
    """
    if not isinstance(cell, str):
        if isinstance(cell, bool) or not isinstance(cell, int):
            return "", "not-text"
        cell = str(cell) if -(10**30) < cell < 10**30 else "9" * 200
    if _CONTROL.search(text := cell.strip()):
        return "", "control-characters"
    if not text:
        return "", ""
    if text[0] in _FORMULA_STARTS and text[0] != may_begin:
        return "", "formula-cell"
    if text in _CELL_ERRORS:
        return "", "cell-error"
    text = " ".join(text.split())
    if len(text) > limit:
        return "", "too-long"
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair, as JSON may hold
        return "", "control-characters"
    return text, ""


def _read_id(row: Row) -> None:
    if not row.value:
        if not any(error.field == "external_id" for error in row.errors):
            row.errors.append(RowError("id-missing", "external_id"))
        return
    try:
        refuse_snils(system="", value=row.value)
    except SnilsRefused:
        row.errors.append(RowError("snils-refused", "external_id"))
        row.value = ""  # it is kept nowhere


def _read_standing(row: Row, said: dict[str, str]) -> None:
    role, status = said.pop("role", ""), said.pop("status", "")
    if role.casefold() not in _LEARNERS:
        row.errors.append(RowError("role-unknown", "role"))
        row.came["role"] = role
    if status.casefold() in _GONE:
        row.is_gone = True
    elif status.casefold() not in _ACTIVE:
        row.errors.append(RowError("status-unknown", "status"))
        row.came["status"] = status


def _read_person(row: Row, said: dict[str, str]) -> None:
    if (full_name := said.pop("full_name", "")) and "family_name" not in said:
        parts = full_name.split(" ", 2)
        if len(parts) < 2:
            row.errors.append(RowError("full-name-unclear", "full_name"))
            row.came["full_name"] = full_name
        said |= dict(zip(("family_name", "given_name", "patronymic"), parts, strict=False))
        for name in ("family_name", "given_name", "patronymic"):
            if len(said.get(name, "")) > LIMITS[name]:
                row.errors.append(RowError("too-long", "full_name", {"limit": LIMITS[name]}))
    if email := said.get("email"):
        if _PLAIN_EMAIL.fullmatch(email) or _is_email(email):
            said["email"] = email.lower()
        else:
            row.errors.append(RowError("email-invalid", "email"))
    if phone := said.get("phone"):
        try:
            said["phone"] = normalised_phone(phone)
        except NotAPhone:
            row.errors.append(RowError("phone-invalid", "phone"))
    if (zone := said.get("timezone")) and zone not in _timezones():
        row.errors.append(RowError("timezone-unknown", "timezone"))
    if locale := said.get("locale"):
        said["locale"] = locale.lower()
        if said["locale"] not in dict(settings.LANGUAGES):
            row.errors.append(RowError("locale-unknown", "locale"))


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
