"""What the ground floor keeps about people, and the libraries that it signs them in with."""

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.people.personal_data import Holding, OnErasure, register, register_not_about


def _merge_addresses(person: User, duplicate: User) -> int:
    """One's own address stays the first one; a new one never replaces it."""
    known = EmailAddress.objects.filter(user=person)
    has_primary = known.filter(primary=True).exists()
    EmailAddress.objects.filter(user=duplicate, email__in=known.values("email")).delete()
    moved = EmailAddress.objects.filter(user=duplicate)
    return moved.update(user=person, primary=False) if has_primary else moved.update(user=person)


register(
    Holding(
        "people.ExternalId",
        "user",
        _("Ids in the systems of the region"),
        ("region.name", "system", "value"),
        OnErasure.DELETE,
    ),
    Holding(
        "people.Consent",
        "user",
        _("Consents"),
        ("purpose", "wording", "given_at", "withdrawn_at"),
        OnErasure.KEEP,
    ),
    Holding("people.RoleAssignment", "user", _("Roles"), ("role", "region.name"), OnErasure.DELETE),
    Holding(
        "people.RoleChange",
        "person",
        _("Roles given and taken away"),
        ("role", "region.name", "is_given", "at"),
        OnErasure.KEEP,
    ),
    Holding(
        "account.EmailAddress",
        "user",
        _("E-mail addresses for signing in"),
        ("email", "verified", "primary"),
        OnErasure.DELETE,
        merge=_merge_addresses,
    ),
    Holding(
        "socialaccount.SocialAccount",
        "user",
        _("Signing in through another service"),
        ("provider", "uid", "last_login"),
        OnErasure.DELETE,
    ),
    Holding(
        "mfa.Authenticator",
        "user",
        _("Second factors"),
        ("type", "created_at", "last_used_at"),
        OnErasure.DELETE,
    ),
)
register_not_about(
    ("people.Erasure", "person"),
    ("people.Erasure", "by"),
    ("people.Merge", "person"),
    ("people.Merge", "into"),
    ("people.Merge", "by"),
    ("people.RoleChange", "by"),
    ("jobs.Job", "requested_by"),
    ("people.User_groups", "user"),
    ("people.User_user_permissions", "user"),
)
