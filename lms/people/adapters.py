"""How allauth fits this platform: people come by invitation, not by signing up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from lms.people.models import User


class InvitedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by enrolment and by administrators; there is no open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code that comes back from a mailbox confirms its address.

        The library confirms only addresses that it has a row for, and would ask whoever comes for
        the first time to confirm theirs by a second letter.
        """
        if template_prefix == "account/email/login_code":
            person = User.objects.filter(email=email.lower()).first()
            if person is not None and not person.emailaddress_set.filter(email=email).exists():
                EmailAddress.objects.create(
                    user=person,
                    email=email.lower(),
                    primary=not person.emailaddress_set.filter(primary=True).exists(),
                )
        super().send_mail(template_prefix, email, context)
