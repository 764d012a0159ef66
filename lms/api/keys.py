"""Keys of API clients: made at random, shown once, kept as a hash.

A random key of 238 bits needs no slow hash: there is nothing to guess (unlike a password).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from lms.api.models import ApiClient
from lms.people.models import Region, User

_ALPHABET = string.ascii_letters + string.digits
_KEY = re.compile(r"bk_([a-z0-9]{8})_([A-Za-z0-9]{40})")
SEEN_EVERY = timedelta(minutes=1)
"""How exactly ``last_used_at`` is kept: not a write for every request."""


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def random_word(length: int) -> str:
    """Letters and digits, log2(62) = 5.95 bits each."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _make_key() -> tuple[str, str]:
    prefix = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(8))
    return prefix, f"bk_{prefix}_{random_word(40)}"


def create_client(
    *,
    name: str,
    scopes: Iterable[str],
    region: Region | None = None,
    created_by: User | None = None,
) -> tuple[ApiClient, str]:
    """A new client and its key, which nobody can see again. ``region`` None means all regions."""
    client = ApiClient(name=name, region=region, scopes=sorted(scopes), created_by=created_by)
    return client, rotate_key(client)


def rotate_key(client: ApiClient) -> str:
    """Give the client a new key and return it; the old one stops working at once."""
    key = put_new_key(client)
    client.save()
    return key


def put_new_key(client: ApiClient) -> str:
    """Like ``rotate_key``, for a caller who saves the client itself."""
    client.key_prefix, key = _make_key()
    client.key_hash = hash_of(key)
    client.key_made_at = timezone.now()
    return key


def end_key(client: ApiClient) -> None:
    """From now on the client has no key, for example because it signs in by OAuth2."""
    client.key_prefix, client.key_hash, client.key_made_at = None, "", None
    client.save(update_fields=["key_prefix", "key_hash", "key_made_at"])


def find_client(key: str) -> ApiClient | None:
    """The active client that ``key`` belongs to."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    client = (
        ApiClient.objects.select_related("region")
        .filter(key_prefix=match.group(1), is_active=True)
        .first()
    )
    if client is None or not hmac.compare_digest(client.key_hash, hash_of(key)):
        return None
    return client


def note_use(client: ApiClient) -> None:
    """Remember that the client was here, to the minute."""
    now = timezone.now()
    if client.last_used_at is None or client.last_used_at < now - SEEN_EVERY:
        ApiClient.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - SEEN_EVERY), pk=client.pk
        ).update(last_used_at=now)
