"""How allauth fits this platform: people come by invitation, not by signing up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by enrolment; there is no open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
