"""Secrets and signatures of webhooks, by Standard Webhooks (standardwebhooks.com, 2026).

A secret is 32 random bytes, shown as ``whsec_`` and base64, kept encrypted under a key that is
derived from SECRET_KEY: a copy of the database alone signs nothing.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from lms import vault

PREFIX = "whsec_"
PURPOSE = "webhook secrets"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed(secret: str) -> str:
    return vault.sealed(secret, purpose=PURPOSE)


def opened(sealed_secret: str) -> str:
    """Raises ``lms.vault.InvalidToken`` when SECRET_KEY was replaced altogether."""
    return vault.opened(sealed_secret, purpose=PURPOSE)


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
