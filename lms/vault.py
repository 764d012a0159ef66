"""What is kept encrypted in the database, under keys that are derived from SECRET_KEY.

A copy of the database alone tells nothing of it. After a change of SECRET_KEY the former ones in
SECRET_KEY_FALLBACKS still open what they closed.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.encoding import force_bytes

__all__ = ["InvalidToken", "SealedField", "opened", "sealed"]


def sealed(text: str, *, purpose: str) -> str:
    """``text`` encrypted; what is sealed for one purpose is not opened for another."""
    return _vault(purpose, _secrets()).encrypt(text.encode()).decode()


def opened(closed: str, *, purpose: str) -> str:
    """Raises InvalidToken when SECRET_KEY was replaced altogether."""
    return _vault(purpose, _secrets()).decrypt(closed.encode()).decode()


def _secrets() -> tuple[str | bytes, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _vault(purpose: str, secrets: tuple[str | bytes, ...]) -> MultiFernet:
    derived = [
        hashlib.sha256(f"{purpose}:".encode() + force_bytes(key)).digest() for key in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


class SealedField(models.TextField):
    """Text that the database sees encrypted; it cannot be searched or sorted by.

    What no key opens any more reads as empty: it has to be asked for again.
    """

    PURPOSE = "personal details"

    def get_prep_value(self, value: Any) -> str:
        text = super().get_prep_value(value)
        return sealed(text, purpose=self.PURPOSE) if text else ""

    def from_db_value(self, value: str, _expression: Any, _connection: Any) -> str:
        if not value:
            return ""
        try:
            return opened(value, purpose=self.PURPOSE)
        except InvalidToken:
            return ""
