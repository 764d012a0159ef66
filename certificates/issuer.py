"""The issuer of this installation; its keys are read once, and again when they change."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper

from certificates.identity import Issuer, Trust, issuer_of, trust_of
from certificates.keys import HISTORY, Keys, KeysMissing, load_keys


def current_keys() -> Keys:
    """Raises KeysMissing or KeysUnreadable."""
    try:
        changed = (settings.ISSUER_KEYS_DIR / HISTORY).stat().st_mtime_ns
    except OSError as error:
        raise KeysMissing(settings.ISSUER_KEYS_DIR) from error
    return _keys(str(settings.ISSUER_KEYS_DIR), changed)


def current_issuer() -> Issuer:
    """Raises KeysMissing or KeysUnreadable."""
    return _issuer(current_keys(), settings.PUBLIC_URL, settings.WAGTAIL_SITE_NAME)


def current_trust() -> Trust:
    """Whose signatures this installation calls its own. Raises KeysMissing or KeysUnreadable."""
    return trust_of(current_keys(), url=settings.PUBLIC_URL)


@lru_cache(maxsize=4)
def _keys(folder: str, changed: int) -> Keys:
    return load_keys(Path(folder))


@lru_cache(maxsize=4)
def _issuer(keys: Keys, url: str, name: str) -> Issuer:
    timestamper: TimeStamper | None = None
    if settings.TIMESTAMP_URL:
        timestamper = HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=20)
    return issuer_of(keys, url=url, name=name, timestamper=timestamper)
