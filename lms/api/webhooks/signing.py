"""Secrets and signatures of webhooks, by Standard Webhooks (standardwebhooks.com, 2026).

A secret is 32 random bytes, shown as ``whsec_`` and base64, kept encrypted under a key that is
derived from SECRET_KEY: a copy of the database alone signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _vault() -> MultiFernet:
    """The present key first; former ones (SECRET_KEY_FALLBACKS) still open what they closed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [hashlib.sha256(b"webhook secrets:" + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def sealed(secret: str) -> str:
    return _vault().encrypt(secret.encode()).decode()


def opened(sealed_secret: str) -> str:
    """Raises ``cryptography.fernet.InvalidToken`` when SECRET_KEY was replaced altogether."""
    return _vault().decrypt(sealed_secret.encode()).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over id, timestamp and body joined by dots."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers_for(
    *, message_id: str, at: datetime, body: bytes, secrets: Iterable[str]
) -> dict[str, str]:
    """The three headers of the standard; one signature for every secret that is good now."""
    timestamp = int(at.timestamp())
    signatures = [
        signature(secret, message_id=message_id, timestamp=timestamp, body=body)
        for secret in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
