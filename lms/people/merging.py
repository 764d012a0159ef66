"""Making one entry of two that are the same person."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from lms.people.erasing import NAMELESS, refuse_people_with_duties
from lms.people.metadata import joined
from lms.people.models import Merge, User
from lms.people.personal_data import Holding, holdings
from lms.people.signals import person_merged

FILLED_IN = ("email", "phone", "patronymic", "address_as", "position", "organisation")
"""What the entry that stays takes over where it has nothing itself."""


class CannotMerge(Exception):
    """The two entries must not become one. ``reason``: one of the codes below."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


SAME, OF_TWO_REGIONS, ALREADY_GONE = "same-entry", "different-regions", "already-gone"


@transaction.atomic
def merge_people(*, person: User, duplicate: User, source: str, by: User | None = None) -> Merge:
    """Give everything of ``duplicate`` to ``person``; the duplicate is left empty and closed.

    Where both have what only one may have (an open enrolment in the same cohort), the further one
    stays open. Merging again returns the first record. Raises CannotMerge, or
    ``erasing.PersonHasDuties``; then nothing is changed.
    """
    if person.pk == duplicate.pk:
        raise CannotMerge(SAME)
    both = User.objects.select_for_update(of=("self",)).order_by("pk")
    found = {user.pk: user for user in both.filter(pk__in=[person.pk, duplicate.pk])}
    person, duplicate = found[person.pk], found[duplicate.pk]
    done = Merge.objects.filter(person=duplicate).first()
    if done is not None and done.into_id == person.pk:
        return done
    for user in (person, duplicate):
        if hasattr(user, "erasure") or hasattr(user, "merge"):
            raise CannotMerge(ALREADY_GONE)
    if person.region_id != duplicate.region_id:
        raise CannotMerge(OF_TWO_REGIONS)
    refuse_people_with_duties(person, duplicate)
    report = [
        {"kind": holding.model, "rows": _move(holding, person, duplicate)}
        for holding in holdings()
        if "__" not in holding.person  # the others go along with what they hang on
    ]
    taken_over = {
        name: getattr(duplicate, name)
        for name in FILLED_IN
        if not getattr(person, name) and getattr(duplicate, name)
    }
    if (notes := joined(person.metadata, duplicate.metadata)) != person.metadata:
        taken_over["metadata"] = notes
    User.objects.filter(pk=duplicate.pk).update(**NAMELESS, password="!merged")  # noqa: S106
    if taken_over:
        for name, value in taken_over.items():
            setattr(person, name, value)
        person.save(update_fields=list(taken_over))
    record = Merge.objects.create(
        person=duplicate,
        into=person,
        by=by,
        source=source,
        report=[line for line in report if line["rows"]],
    )
    person_merged.send(sender=User, person=person, duplicate=duplicate)
    return record


def _move(holding: Holding, person: User, duplicate: User) -> int:
    """Hand the rows over; what the person has already is dropped. The number of rows moved."""
    if holding.merge is not None:
        return holding.merge(person, duplicate)
    count = 0
    for row in holding.rows_of(duplicate):
        setattr(row, holding.person, person)
        try:
            with transaction.atomic():
                type(row)._default_manager.filter(pk=row.pk).update(**{holding.person: person})
            count += 1
        except IntegrityError:
            row.delete()
    return count
