"""The name that a certificate prints: proposed, looked at by the person, kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.declension import dative, may_be_the_same_name
from certificates.models import PrintedName
from lms.people.models import User

MOST_LETTERS = 150
"""What fits into two lines that can still be read."""
WAIT = timedelta(days=7)
"""How long a certificate waits for the person to look at the name."""


@dataclass(frozen=True)
class Name:
    nominative: str
    dative: str
    is_confirmed: bool


class WrongForm(ValueError):
    """What was typed is no form of the person's name; ``words`` tells them what to do."""

    def __init__(self, field: str, words: str | Promise):
        super().__init__(words)
        self.field = field
        self.words = words


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def name_orders(user: User) -> list[str]:
    """The two usual orders: family name first, as in papers, and given name first."""
    given = " ".join(filter(None, [user.given_name, user.patronymic]))
    orders = [user.get_full_name(), " ".join(filter(None, [given, user.family_name]))]
    return list(dict.fromkeys(in_one_line(order) for order in orders if order.strip()))


def proposed_dative(user: User, nominative: str) -> str:
    """The dative in the order of ``nominative``."""
    declined = dative(
        family_name=user.family_name, given_name=user.given_name, patronymic=user.patronymic
    )
    if nominative == in_one_line(user.get_full_name()):
        return in_one_line(declined)
    words = declined.split()
    family = len(user.family_name.split())
    return " ".join(words[family:] + words[:family])


def printable_name(user: User) -> Name:
    """The confirmed name while it is still that of the profile, else the proposal."""
    return name_from(user, PrintedName.objects.filter(learner=user).first())


def name_from(user: User, kept: PrintedName | None) -> Name:
    """The same of what is known already, for lists of people."""
    full = in_one_line(user.get_full_name())
    if kept is None or kept.made_of != full:
        return Name(full, proposed_dative(user, full), is_confirmed=False)
    return Name(
        kept.nominative, kept.dative or proposed_dative(user, kept.nominative), is_confirmed=True
    )


def confirm_name(*, user: User, nominative: str, dative: str) -> PrintedName:
    """Keep the form that the person chose. Raises WrongForm; then nothing is kept."""
    nominative, dative = in_one_line(nominative), in_one_line(dative)
    if nominative not in name_orders(user):
        raise WrongForm(
            "nominative",
            _("Choose one of the two orders. If the name itself is wrong, write to your trainer."),
        )
    if not dative or len(dative) > MOST_LETTERS:
        raise WrongForm("dative", _("Write the name as it follows the words “issued to”."))
    if not may_be_the_same_name(nominative, dative):
        raise WrongForm(
            "dative",
            _(
                "This does not look like a form of the name above. Change the endings only; if the "
                "name itself is wrong, write to your trainer."
            ),
        )
    kept, _created = PrintedName.objects.update_or_create(
        learner=user,
        defaults={
            "made_of": in_one_line(user.get_full_name()),
            "nominative": nominative,
            "dative": dative,
            "confirmed_at": timezone.now(),
        },
    )
    return kept
