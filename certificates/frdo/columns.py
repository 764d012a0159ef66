"""The sheet of the federal register (ФИС ФРДО, further training): its columns and a row of values.

Pure. The order and the words of the columns are those of the ministry's template, as four
independent public programs write it; compare with the template that the register gives out today
before the first upload.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

SHEET = "Шаблон"
COLUMNS = (
    "Вид документа",
    "Статус документа",
    "Подтверждение утраты",
    "Подтверждение обмена",
    "Подтверждение уничтожения",
    "Серия документа",
    "Номер документа",
    "Дата выдачи документа",
    "Регистрационный номер",
    "Дополнительная профессиональная программа (повышение квалификации/профессиональная "
    "переподготовка)",
    "Наименование дополнительной профессиональной программы",
    "Наименование области профессиональной деятельности",
    "Укрупненные группы специальностей",
    "Наименование квалификации, профессии, специальности",
    "Уровень образования ВО/СПО",
    "Фамилия, указанная в дипломе о ВО или СПО",
    "Серия документа о ВО/СПО",
    "Номер документа о ВО/СПО",
    "Год начала обучения",
    "Год окончания обучения",
    "Срок обучения, часов",
    "Фамилия получателя",
    "Имя получателя",
    "Отчество получателя",
    "Дата рождения получателя",
    "Пол получателя",
    "СНИЛС",
    "Форма обучения",
    "Источник финансирования обучения",
    "Форма получения образования на момент прекращения образовательных отношений",
    "Гражданство получателя (код страны по ОКСМ)",
    "Наименование документа об образовании (оригинала)",
    "Серия (оригинала)",
    "Номер (оригинала)",
    "Регистрационный N (оригинала)",
    "Дата выдачи (оригинала)",
    "Фамилия получателя (оригинала)",
    "Имя получателя (оригинала)",
    "Отчество получателя (оригинала)",
    "Номер документа для изменения",
)
DOCUMENT = "Удостоверение о повышении квалификации"
PROGRAMME = "Повышение квалификации"
FIELD = "Социальное обслуживание"
SPECIALITIES = "Социология и социальная работа"
PLACE = "В образовательной организации"
STUDY_FORMS = ("Очная", "Очно-заочная", "Заочная")
FUNDING = ("Федеральный бюджет", "Региональный бюджет", "Местный бюджет", "Платное обучение")
YES, NO = "Да", "Нет"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
)
Replacement = Literal["", "lost", "exchanged", "corrected"]


@dataclass(frozen=True)
class Holder:
    """A name as the register wants it, in parts; a patronymic may be absent."""

    family: str
    given: str
    patronymic: str = ""


@dataclass(frozen=True)
class Paper:
    """A document of further training. ``number``: as printed, «БК-2026-000001»."""

    number: str
    issued_on: date
    programme: str
    hours: int
    started: int
    """Year."""
    ended: int
    holder: Holder | None
    """None: the printed name cannot be told apart into its parts."""
    replaces: Paper | None = None
    replacement: Replacement = ""


@dataclass(frozen=True)
class Person:
    """What the register asks about the holder; see ``models.FrdoDetails``."""

    birth_date: date | None = None
    sex: str = ""
    snils: str = ""
    citizenship: str = ""
    level: str = ""
    diploma_surname: str = ""
    diploma_series: str = ""
    diploma_number: str = ""


@dataclass(frozen=True)
class Training:
    """What is the same for all rows of a sheet."""

    study_form: str
    funding: str


def row_of(paper: Paper, person: Person, training: Training) -> list[str]:
    """The values of one row, in the order of COLUMNS, all of them text."""
    holder = paper.holder or Holder("", "")
    series, number = _parts(paper.number)
    is_duplicate = paper.replacement in ("lost", "exchanged")
    original = paper.replaces if is_duplicate else None
    values = [
        DOCUMENT,
        "Дубликат" if is_duplicate else "Оригинал",
        YES if paper.replacement == "lost" else NO,
        YES if paper.replacement == "exchanged" else NO,
        NO,
        series,
        number,
        f"{paper.issued_on:%d.%m.%Y}",
        paper.number,
        PROGRAMME,
        paper.programme,
        FIELD,
        SPECIALITIES,
        "",
        person.level,
        person.diploma_surname,
        person.diploma_series,
        person.diploma_number,
        str(paper.started),
        str(paper.ended),
        str(paper.hours),
        holder.family,
        holder.given,
        holder.patronymic,
        f"{person.birth_date:%d.%m.%Y}" if person.birth_date else "",
        person.sex,
        snils_in_groups(person.snils),
        training.study_form,
        training.funding,
        PLACE,
        person.citizenship,
        *_original(original),
        paper.replaces.number if paper.replaces and paper.replacement == "corrected" else "",
    ]
    return [tidy(value) for value in values]


def _original(paper: Paper | None) -> list[str]:
    if paper is None:
        return [""] * 8
    holder = paper.holder or Holder("", "")
    return [
        DOCUMENT,
        *_parts(paper.number),
        paper.number,
        f"{paper.issued_on:%d.%m.%Y}",
        holder.family,
        holder.given,
        holder.patronymic,
    ]


def _parts(number: str) -> tuple[str, str]:
    """«БК-2026-000001» as series and number: together they are what is printed."""
    series, _dash, last = number.rpartition("-")
    return series, last


def tidy(text: str) -> str:
    """Single plain spaces, nothing invisible: the register refuses tabs and no-break spaces."""
    return " ".join(_INVISIBLE.sub("", text).split())


def name_in_parts(printed: str, *, family: str, given: str, patronymic: str) -> Holder | None:
    """The printed name in parts: those of the profile where they make it, else by its words.

    None where neither tells which word is which.
    """
    words = tidy(printed).split()
    known = Holder(*(tidy(part) for part in (family, given, patronymic)))
    parts = [part for part in (known.family, known.given, known.patronymic) if part]
    if sorted(_plain(" ".join(parts)).split()) == sorted(_plain(" ".join(words)).split()):
        return known if known.family and known.given else None
    return Holder(*words) if len(words) in (2, 3) else None


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")


def snils_digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def snils_in_groups(digits: str) -> str:
    """«12345678901» as «123-456-789 01»."""
    if len(digits) != 11:
        return digits
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def is_snils(digits: str) -> bool:
    """Whether the two check digits fit (Pension Fund, Order 192p of 31.07.2006).

    Numbers up to 001-001-998 carry none.
    """
    if not re.fullmatch(r"[0-9]{11}", digits):
        return False
    if int(digits[:9]) <= 1_001_998:
        return int(digits[:9]) > 0
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(digits[:9]))
    return int(digits[9:]) == total % 101 % 100
