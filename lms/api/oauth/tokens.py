"""Access tokens: opaque, for an hour, kept as a hash; each use looks at its client as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from lms.api.keys import hash_of, random_word
from lms.api.models import ApiClient
from lms.api.oauth.models import AccessToken, ClientSecret

PREFIX = "bt_"
TOKEN_LASTS = timedelta(hours=1)
EXPIRED_KEPT_FOR = timedelta(days=1)
"""So long an old token is told that it has expired; later it is unknown."""


class TokenRefused(Exception):
    """The token opens nothing; ``code`` is that of the problem, ``client`` whose it was."""

    def __init__(self, code: str, client: ApiClient | None = None):
        self.code, self.client = code, client
        super().__init__(code)


class SecretEnded(Exception):
    """The secret was ended after it had been checked."""


def new_token() -> str:
    return PREFIX + random_word(40)


@transaction.atomic
def keep_token(token: str, *, secret: ClientSecret, scopes: Iterable[str]) -> None:
    """From now on ``token`` opens to its bearer what ``scopes`` allow, for an hour.

    Raises SecretEnded. The secret's row is written first: whoever ends it at this moment waits and
    then ends this token, too, or has ended it before.
    """
    now = timezone.now()
    if not ClientSecret.objects.working().filter(pk=secret.pk).update(last_used_at=now):
        raise SecretEnded
    AccessToken.objects.create(
        hash=hash_of(token),
        secret=secret,
        scopes=sorted(scopes),
        made_at=now,
        expires_at=now + TOKEN_LASTS,
    )


def client_of_token(token: str) -> ApiClient:
    """The client whose token it is, narrowed to the token's scopes. Raises TokenRefused."""
    found = (
        AccessToken.objects.select_related("secret__client__region")
        .filter(hash=hash_of(token))
        .first()
    )
    if found is None:
        raise TokenRefused("invalid-token")
    client = found.secret.client
    if found.revoked_at is not None or not client.is_active:
        raise TokenRefused("token-revoked", client)
    if found.expires_at <= timezone.now():
        raise TokenRefused("token-expired", client)
    client.narrowed_to = frozenset(found.scopes)
    return client


def revoke_token(token: str, *, client: ApiClient) -> None:
    """End a token of this client; another's, or an unknown one, stays as it is."""
    AccessToken.objects.filter(hash=hash_of(token), secret__client=client, revoked_at=None).update(
        revoked_at=timezone.now()
    )


def forget_old_tokens() -> int:
    """Delete tokens that expired more than a day ago; returns how many."""
    old = AccessToken.objects.filter(expires_at__lt=timezone.now() - EXPIRED_KEPT_FOR)
    return old.delete()[0]
