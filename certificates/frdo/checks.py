"""What the federal register would refuse in a row, in words that say what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from certificates.frdo.columns import Paper, Person, is_snils, snils_in_groups
from certificates.models.template import LEAST_HOURS

LEAST_AGE, MOST_AGE = 14, 100


def problems_of(paper: Paper, person: Person) -> list[str]:
    """Everything that is missing or wrong, the document first; empty: the row may go."""
    return [*_of_paper(paper), *problems_of_person(person, today=paper.issued_on)]


def _of_paper(paper: Paper) -> Iterable[str]:
    if paper.holder is None:
        yield _(
            "The printed name cannot be told apart into family name, given name and patronymic: "
            "correct the profile and replace the document."
        )
    if not paper.programme.strip():
        yield _("The document names no programme.")
    if paper.hours < LEAST_HOURS:
        yield _("The programme has %(hours)d hours; at least 16 are needed.") % {
            "hours": paper.hours
        }
    if not paper.started <= paper.ended <= paper.issued_on.year:
        yield _("The years do not fit: training %(start)d–%(end)d, document of %(issued)d.") % {
            "start": paper.started,
            "end": paper.ended,
            "issued": paper.issued_on.year,
        }
    if paper.replacement and paper.replaces is None:
        yield _("The document that this one replaces is not known.")


def problems_of_person(person: Person, *, today: date) -> list[str]:
    absent = [
        words
        for value, words in (
            (person.birth_date, _("the date of birth")),
            (person.sex, _("the sex")),
            (person.snils, _("the SNILS")),
            (person.citizenship, _("the citizenship")),
            (person.level, _("the education")),
            (person.diploma_surname, _("the family name in the diploma")),
            (person.diploma_number, _("the number of the diploma")),
        )
        if not value
    ]
    found = [_("Missing: %(what)s.") % {"what": ", ".join(absent)}] if absent else []
    if person.snils and not is_snils(person.snils):
        found.append(
            _("The SNILS %(number)s is mistyped: its check digits do not fit.")
            % {"number": snils_in_groups(person.snils)}
        )
    if person.birth_date and not is_likely(person.birth_date, today=today):
        found.append(_("The date of birth is hardly right: look at the year."))
    if person.citizenship and not is_country(person.citizenship):
        found.append(_("The citizenship is the country’s code of three digits, for Russia 643."))
    return found


def is_likely(birth_date: date, *, today: date) -> bool:
    age = today.year - birth_date.year - ((today.month, today.day) < birth_date.timetuple()[1:3])
    return LEAST_AGE <= age <= MOST_AGE


def is_country(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isdigit()


def shared_snils(people: Iterable[tuple[int, str]]) -> set[str]:
    """Of (person, SNILS): the numbers that stand with more than one person."""
    known = {(person, snils) for person, snils in people if snils}
    return {
        snils for snils, count in Counter(snils for _person, snils in known).items() if count > 1
    }
