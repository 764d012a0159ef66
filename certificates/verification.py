"""Checking certificates: what the public may learn from a code, and how often it may ask."""

from __future__ import annotations

import hashlib

from django.core.cache import cache

from certificates.codes import read_code
from certificates.models import Certificate

LOOKUPS_PER_MINUTE = 30


class TooManyLookups(Exception):
    """This address has asked too often in the last minute."""


def look_up(typed: str, *, address: str) -> Certificate | None:
    """The certificate of a typed code, or None for a code that was never given out.

    ``address``: who asks, kept only as a hash and for a minute. Raises ``codes.MalformedCode``
    or TooManyLookups.
    """
    _count(address)
    return Certificate.objects.select_related("superseded_by").filter(code=read_code(typed)).first()


def _count(address: str) -> None:
    key = f"verify:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    cache.add(key, 0, timeout=60)
    try:
        if cache.incr(key) > LOOKUPS_PER_MINUTE:
            raise TooManyLookups
    except ValueError:  # the minute ended between the two calls
        cache.add(key, 1, timeout=60)


def public_facts(certificate: Certificate) -> dict:
    """Every printed fact and the state, for people and for machines, and nothing else."""
    snapshot = certificate.snapshot
    return {
        "number": certificate.number,
        "code": snapshot["code"],
        "state": certificate.state,
        "state_changed_at": certificate.changed_at and certificate.changed_at.isoformat(),
        "reason_class": certificate.reason_class,
        "superseded_by": certificate.superseded_by and certificate.superseded_by.number,
        "heading": snapshot["heading"],
        "name": snapshot["name"],
        "programme": snapshot["course"],
        "facts": snapshot["facts"],
        "hours": snapshot["hours"],
        "completed_on": snapshot["completed_on"],
        "issued_at": certificate.issued_at.isoformat(),
        "issuer": snapshot["issuer"],
        "signer": snapshot["signer_name"],
        "region": snapshot["region"],
        "pdf_sha256": certificate.pdf_sha256,
    }
