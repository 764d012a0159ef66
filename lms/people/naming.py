"""How people are addressed."""

from __future__ import annotations

from lms.people.models import User


def address(user: User) -> str:
    """How the person wishes to be addressed: their own words, else given name and patronymic."""
    if user.address_as:
        return user.address_as
    return " ".join(filter(None, [user.given_name, user.patronymic])) or user.email or ""
