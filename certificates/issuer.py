"""The issuer of this installation; its keys are read once, and again when they change."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper

from certificates.identity import Issuer, Trust, issuer_of, trust_of
from certificates.keys import HISTORY, Keys, KeysMissing, load_keys
from certificates.signing import Authority, NotTimestamped
from certificates.tokens import Token

TIMESTAMP_SECONDS = 20
"""How long an authority may take; then the certificate is tried again later."""


def current_keys() -> Keys:
    """Raises KeysMissing or KeysUnreadable."""
    try:
        changed = (settings.ISSUER_KEYS_DIR / HISTORY).stat().st_mtime_ns
    except OSError as error:
        raise KeysMissing(settings.ISSUER_KEYS_DIR) from error
    return _keys(str(settings.ISSUER_KEYS_DIR), changed, current_token())


def current_token() -> Token | None:
    """Where the private keys are, if they are in a hardware module."""
    if not settings.ISSUER_PKCS11_MODULE:
        return None
    return _token(
        settings.ISSUER_PKCS11_MODULE, settings.ISSUER_PKCS11_TOKEN, settings.ISSUER_PKCS11_PIN
    )


_token = lru_cache(maxsize=4)(Token)


def current_issuer() -> Issuer:
    """Raises KeysMissing, KeysUnreadable or NotTimestamped."""
    return _issuer(current_keys(), settings.PUBLIC_URL, settings.WAGTAIL_SITE_NAME)


def current_trust() -> Trust:
    """Whose signatures this installation calls its own. Raises KeysMissing or KeysUnreadable."""
    return trust_of(current_keys(), url=settings.PUBLIC_URL)


@lru_cache(maxsize=4)
def _keys(folder: str, changed: int, token: Token | None) -> Keys:
    return load_keys(Path(folder), token=token)


@lru_cache(maxsize=4)
def _issuer(keys: Keys, url: str, name: str) -> Issuer:
    return issuer_of(keys, url=url, name=name, authority=_authority())


def _authority() -> Authority | None:
    """Who tells the time, if anybody is configured to. Raises NotTimestamped for bad roots."""
    if not settings.TIMESTAMP_URL:
        return None
    roots: tuple[x509.Certificate, ...] = ()
    if settings.TIMESTAMP_ROOTS:
        try:
            pem = Path(settings.TIMESTAMP_ROOTS).read_bytes()
            roots = tuple(x509.load_pem_x509_certificates(pem))
        except (OSError, ValueError) as error:
            raise NotTimestamped(f"TIMESTAMP_ROOTS: {error}") from error
    return Authority(HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=TIMESTAMP_SECONDS), roots)
