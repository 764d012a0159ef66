"""Erasing a person: results stay without a name, the register stays, everything else goes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lms.people.models import Erasure, User
from lms.people.personal_data import Holding, OnErasure, holdings
from lms.people.signals import person_erased

NAMELESS: dict[str, Any] = {
    "email": None,
    "phone": "",
    "family_name": "",
    "given_name": "",
    "patronymic": "",
    "address_as": "",
    "position": "",
    "organisation": None,
    "display": {},
    "metadata": {},
    "is_active": False,
    "is_staff": False,
    "last_login": None,
}
"""What an entry without its person looks like. The region stays: statistics are by region."""


class PersonHasDuties(Exception):
    """The person trains, coordinates or administers: take the roles away first."""


def refuse_people_with_duties(*people: User) -> None:
    """Raise PersonHasDuties for those with a role: their name stands on the work of others."""
    for person in people:
        if person.is_staff or person.is_superuser or person.role_assignments.exists():
            raise PersonHasDuties


@transaction.atomic
def erase_person(person: User, *, source: str, by: User | None = None, reason: str = "") -> Erasure:
    """Erase ``person``'s data for good; erasing again returns the first record.

    The report lists for every kind of data how many rows were deleted, lost their words, or were
    kept, and why. Raises PersonHasDuties; then nothing is changed.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    done = Erasure.objects.filter(person=person).first()
    if done is not None:
        return done
    refuse_people_with_duties(person)
    report = [
        {
            "kind": holding.model,
            "rows": _erase(holding, person),
            "outcome": holding.on_erasure.name.lower(),
        }
        for holding in holdings()
    ]
    # Not by ``save``: this is no change of a learner's data that anybody should read about.
    User.objects.filter(pk=person.pk).update(**NAMELESS, password="!erased")  # noqa: S106
    record = Erasure.objects.create(
        person=person,
        by=by,
        source=source,
        reason=reason,
        report=[line for line in report if line["rows"]],
    )
    person.refresh_from_db()
    person_erased.send(sender=User, person=person)
    return record


def _erase(holding: Holding, person: User) -> int:
    """Do with the rows what the room said; the number of rows."""
    if holding.erase is not None:
        return holding.erase(person)
    rows = holding.rows_of(person)
    count = rows.count()
    if holding.on_erasure is OnErasure.DELETE:
        rows.delete()
    elif holding.on_erasure is OnErasure.BLANK:
        keys = list(rows.values_list("pk", flat=True))
        rows.model._default_manager.filter(pk__in=keys).update(**holding.blank)
    return count
