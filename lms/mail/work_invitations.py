"""The letter that invites a person to work here: as a trainer, a methodologist, a coordinator."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from lms.mail.letters import write_letter
from lms.mail.models import Letter
from lms.people.models import User
from lms.people.roles import roles_in_words


def invite_to_work(person: User) -> Letter | None:
    """Write to ``person`` which roles they have and how to sign in; every call is a new letter.

    The letter lets nobody in by itself, as a learner's does: whoever works with the data of others
    proves by a code, sent to this address when asked for, that the mailbox is theirs. Nobody types
    a password for them. Returns None where ``write_letter`` does.
    """
    with translation.override(person.locale):
        roles = ", ".join(roles_in_words(person))
    way_in = reverse("account_request_login_code")
    query = urlencode({"next": reverse("wagtailadmin_home")})
    return write_letter(
        to=person,
        template="work_invitation",
        key=f"work-invitation:{person.pk}:{uuid.uuid4().hex}",
        context={
            "link": f"{settings.PUBLIC_URL}{way_in}?{query}",
            "roles": roles,
            "email": person.email,
        },
    )
