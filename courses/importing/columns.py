"""Which column of a sheet is which field. Pure, without Django.

Sheets come with the headings of whoever made them: Russian ones of an HR department, our own
names, or those of OneRoster 1.2 CSV (1EdTech, 2022), whose ``users.csv`` and ``enrollments.csv``
name people by ``sourcedId``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from courses.importing.files import UnreadableFile
from lms.people.details import DETAILS

FIELDS = ("external_id", "full_name", *DETAILS, "region", "cohort", "role", "status")
"""What a row may say. ``full_name`` stands for the three parts of a name in one cell."""

_NAMES: dict[str, tuple[str, ...]] = {
    "external_id": (
        "externalid", "id", "табельныйномер", "табельный", "табномер", "табn", "идентификатор",
        "номер", "номерсотрудника", "кодсотрудника", "personnelnumber", "employeeid",
        "usersourcedid",
    ),
    "family_name": ("familyname", "lastname", "surname", "фамилия"),
    "given_name": ("givenname", "firstname", "имя"),
    "patronymic": ("patronymic", "middlename", "отчество"),
    "full_name": ("fullname", "фио", "фамилияимяотчество", "сотрудник"),
    "email": ("email", "mail", "почта", "эпочта", "электроннаяпочта", "адресэлектроннойпочты",
              "емейл", "имейл"),
    "phone": ("phone", "telephone", "phonenumber", "mobilephone", "телефон", "номертелефона",
              "мобильныйтелефон", "сотовыйтелефон", "контактныйтелефон"),
    "position": ("position", "jobtitle", "должность"),
    "organisation": ("organisation", "organization", "организация", "учреждение", "местоработы",
                     "центр"),
    "address_as": ("addressas", "обращение", "какобращаться"),
    "timezone": ("timezone", "часовойпояс"),
    "locale": ("locale", "language", "язык"),
    "region": ("region", "regioncode", "регион", "кодрегиона", "субъект"),
    "cohort": ("cohort", "cohortid", "поток", "группа", "classsourcedid"),
    "role": ("role",),
    "status": ("status",),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.casefold().replace("ё", "е").replace("№", "n"))


def guess(headings: Sequence[str]) -> list[str]:
    """The field of every heading, "" for columns that are not imported; each field once."""
    plain = [_plain(heading) for heading in headings]
    fields = [_FIELD_OF.get(name, "") for name in plain]
    if "external_id" not in fields and "sourcedid" in plain:
        fields[plain.index("sourcedid")] = "external_id"
    return [field if field not in fields[:place] else "" for place, field in enumerate(fields)]


def chosen(headings: Sequence[str], wanted: Mapping[str, str]) -> list[str]:
    """The fields that ``wanted`` gives to headings by name; the others are not imported.

    Raises UnreadableFile where a heading is not there, or a field does not exist or comes twice.
    """
    if missing := sorted(set(wanted) - set(headings)):
        raise UnreadableFile("heading-not-there", names=", ".join(missing[:5])[:200])
    if unknown := sorted(set(wanted.values()) - {*FIELDS, ""}):
        raise UnreadableFile("field-unknown", names=", ".join(unknown[:5])[:200])
    return [wanted.get(heading, "") for heading in headings]


def check(fields: Sequence[str]) -> None:
    """Raise UnreadableFile where the columns do not say who the people are."""
    named = [field for field in fields if field]
    if twice := sorted({field for field in named if named.count(field) > 1}):
        raise UnreadableFile("field-twice", names=", ".join(twice))
    if "external_id" not in named:
        raise UnreadableFile("no-id-column")
