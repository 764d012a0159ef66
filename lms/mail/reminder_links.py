"""Links by which a person changes their reminders without signing in."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from lms.mail.models import ReminderSettings
from lms.people.models import User

_signer = Signer(salt="mail.reminders", sep=".")


def settings_link(user: User) -> str:
    """The page of the person's reminder settings; it opens nothing else of theirs."""
    return settings.PUBLIC_URL + reverse("mail:reminders_by_link", args=[_token(user)])


def unsubscribe_headers(user: User) -> dict[str, str]:
    """One click in the mail program turns every reminder off (RFC 8058)."""
    link = settings.PUBLIC_URL + reverse("mail:reminders_off", args=[_token(user)])
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def person_of(token: str) -> User | None:
    """Whose link it is."""
    try:
        number = UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return User.objects.filter(uuid=number, is_active=True).first()


def turn_off(user: User) -> None:
    """No reminders any more."""
    kinds = ("before_session", "before_deadline", "after_silence", "about_practicums")
    off = dict.fromkeys(kinds, False)
    ReminderSettings.objects.update_or_create(person=user, defaults=off)


def _token(user: User) -> str:
    return _signer.sign(user.uuid.hex)
