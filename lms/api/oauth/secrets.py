"""Secrets of clients for OAuth2: made at random, shown once, kept as a hash, two at a rotation.

As with keys, a random secret of 238 bits needs no slow hash.
"""

from __future__ import annotations

import re
import secrets
import string
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from lms.api.keys import hash_of, random_word
from lms.api.models import ApiClient
from lms.api.oauth.models import AccessToken, ClientSecret
from lms.people.models import User

FORMER_WORKS_FOR = timedelta(days=7)
"""How long the former secret goes on beside the new one, where nobody says otherwise."""
_CLIENT_ID = re.compile(r"bc_[a-z0-9]{16}")
_SECRET = re.compile(r"bs_[A-Za-z0-9]{40}")


@transaction.atomic
def make_secret(
    client: ApiClient,
    *,
    made_by: User | None = None,
    former_works_for: timedelta = FORMER_WORKS_FOR,
) -> str:
    """A new secret of ``client``, which nobody can see again; the first gives the client its id.

    The former ones end after ``former_works_for``, or earlier where that was decided before.
    Tokens that were given for them live out their hour.
    """
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.client_id is None:
        alphabet = string.ascii_lowercase + string.digits
        client.client_id = "bc_" + "".join(secrets.choice(alphabet) for _ in range(16))
        client.save(update_fields=["client_id"])
    end = timezone.now() + former_works_for
    for former in client.secrets.working():
        former.works_until = min(former.works_until or end, end)
        former.save(update_fields=["works_until"])
    secret = f"bs_{random_word(40)}"
    ClientSecret.objects.create(
        client=client, hash=hash_of(secret), ending=secret[-4:], made_by=made_by
    )
    return secret


@transaction.atomic
def end_secret(secret: ClientSecret) -> None:
    """End a secret at once, and every token that was given for it: it may be in wrong hands."""
    now = timezone.now()
    if secret.is_working:
        secret.works_until = now
        secret.save(update_fields=["works_until"])
    AccessToken.objects.filter(secret=secret, revoked_at=None).update(revoked_at=now)


def find_secret(client_id: str, secret: str) -> ClientSecret | None:
    """The working secret of the active client with this id."""
    if not (_CLIENT_ID.fullmatch(client_id) and _SECRET.fullmatch(secret)):
        return None
    return (
        ClientSecret.objects.working()
        .select_related("client")
        .filter(hash=hash_of(secret), client__client_id=client_id, client__is_active=True)
        .first()
    )
