"""Taking registrations of many people back, and what they changed: a few queries a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from allauth.account.models import EmailAddress
from django.utils import timezone

from lms.people.details import DETAILS
from lms.people.models import ExternalId, User
from lms.people.registering import PERSONS_OWN, RegistrationOutcome
from lms.people.registering_many import (
    KnownPerson,
    PersonPlan,
    change_people,
    find_organisations,
    locked_people,
)

Values = Mapping[str, str | None]
"""By the names of DETAILS; the organisation by its name."""

_FORGOTTEN: dict[str, str | None] = {
    "family_name": "",
    "given_name": "",
    "patronymic": "",
    "phone": "",
    "position": "",
    "address_as": "",
    "email": None,
    "organisation": None,
}


class TakingBack:
    """People of one batch, locked; what becomes of them is written by ``write``."""

    def __init__(self, people: set[int], *, given_back: Iterable[Values]) -> None:
        """``given_back``: all former values that ``restore`` will be told of."""
        self.people = locked_people(people)
        self._fields = {
            pk: dict(zip(DETAILS, known.fields, strict=True)) for pk, known in self.people.items()
        }
        self._gone: dict[int, set[str]] = {}
        self._changes: dict[int, dict[str, str | None]] = {}
        values = list(given_back)
        self._organisations = find_organisations(
            (known.region_id, name)
            for name in {one["organisation"] for one in values if one.get("organisation")}
            for known in self.people.values()
            if name and known.region_id
        )
        emails = {one["email"] for one in values if one.get("email")}
        self._accounts = dict(User.objects.filter(email__any_of=emails).values_list("email", "pk"))
        self._confirmed: dict[str, set[int]] = {}
        confirmed = EmailAddress.objects.filter(email__any_of=emails, verified=True)
        for email, owner in confirmed.values_list("email", "user_id"):
            self._confirmed.setdefault(email, set()).add(owner)

    def unregister(self, pk: int) -> bool:
        """Take back a registration that nobody has used: names, addresses and ids are forgotten.

        The row itself stays, for what the audit says of it. False, and nothing happens, where the
        person has signed in.
        """
        if self.people[pk].decides_alone:
            return False
        fields = self._fields[pk]
        known = {name for name in _FORGOTTEN if fields[name]}
        if self.people[pk].is_active:
            known.add("is_active")
        self._gone.setdefault(pk, set()).update(known)
        self._changes.pop(pk, None)
        self._leave_address(pk)
        for owners in self._confirmed.values():
            owners.discard(pk)
        fields |= _FORGOTTEN
        return True

    def restore(self, pk: int, *, said: Values, before: Values) -> None:
        """Give back the values that a registration replaced, where they still are what it said.

        Fields that are the person's own by now stay, and so does an address that another has taken.
        """
        known, fields = self.people[pk], self._fields[pk]
        changes = {
            name: value
            for name, value in before.items()
            if fields[name] == said.get(name) and not (known.decides_alone and name in PERSONS_OWN)
        }
        if (name := changes.get("organisation")) and (
            (known.region_id, name) not in self._organisations
        ):
            changes["organisation"] = None
        if "email" in changes and self._is_taken(changes["email"], pk):
            del changes["email"]
        if "email" in changes:
            self._leave_address(pk)
            if email := changes["email"]:
                self._accounts[email] = pk
        fields |= changes
        self._changes.setdefault(pk, {}).update(changes)

    def write(self) -> list[tuple[KnownPerson, tuple[str, ...]]]:
        """The people who are different now, and the fields that are.

        Raises IntegrityError where an address has been taken meanwhile.
        """
        gone = set(self._gone)
        if gone:
            ExternalId.objects.filter(user__id__any_of=gone).delete()
            EmailAddress.objects.filter(user__id__any_of=gone).delete()
            User.objects.filter(pk__any_of=gone).update(
                **_FORGOTTEN, metadata={}, is_active=False, updated_at=timezone.now()
            )
        changed = {pk: changes for pk, changes in self._changes.items() if changes}
        change_people(
            [
                (self.people[pk], PersonPlan(RegistrationOutcome.UPDATED, changes))
                for pk, changes in changed.items()
            ],
            organisations=self._organisations,
        )
        written = [*self._gone.items(), *changed.items()]
        return [(self.people[pk], tuple(names)) for pk, names in written]

    def _is_taken(self, email: str | None, pk: int) -> bool:
        if not email:
            return False
        return self._accounts.get(email, pk) != pk or bool(self._confirmed.get(email, set()) - {pk})

    def _leave_address(self, pk: int) -> None:
        email = self._fields[pk]["email"]
        if email and self._accounts.get(email) == pk:
            del self._accounts[email]
