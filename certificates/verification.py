"""Checking certificates: what the public may learn from a code, and how often it may ask."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache import cache

from certificates.codes import grouped, read_code
from certificates.models import Certificate

LOOKUPS_PER_MINUTE = 30


class TooManyLookups(Exception):
    """This address has asked too often in the last minute."""


def look_up(typed: str, *, address: str) -> Certificate | None:
    """The certificate of a typed code, or None for a code that was never given out.

    ``address``: who asks, kept only as a hash and for a minute. Raises ``codes.MalformedCode``
    or TooManyLookups.
    """
    count_lookup(address)
    return (
        Certificate.objects.select_related("superseded_by", "learner")
        .filter(code=read_code(typed))
        .first()
    )


def count_lookup(address: str) -> None:
    """One more question from this address. Raises TooManyLookups."""
    key = f"verify:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    cache.add(key, 0, timeout=60)
    try:
        if cache.incr(key) > LOOKUPS_PER_MINUTE:
            raise TooManyLookups
    except ValueError:  # the minute ended between the two calls
        cache.add(key, 1, timeout=60)


def public_facts(certificate: Certificate) -> dict[str, Any]:
    """Every printed fact and the state, for people and for machines, and nothing else.

    Of one's name, what its holder wants shown. Why a state changed is told as a class only: the
    words of the audit may be about people.
    """
    snapshot = certificate.snapshot
    name, body = snapshot["name"], snapshot.get("body", "")
    if certificate.shows_initials:
        holder = snapshot.get("holder", name)
        initials = " ".join(f"{word[0]}." for word in holder.split())
        for full in {name, holder, snapshot.get("name_dative") or name}:
            body = body.replace(full, initials)
        name = initials
    newer = certificate.superseded_by
    return {
        "number": certificate.number,
        "code": snapshot.get("code") or grouped(certificate.code),
        "state": certificate.state,
        "state_changed_at": certificate.changed_at and certificate.changed_at.isoformat(),
        "reason_class": certificate.reason_class,
        "superseded_by": newer and newer.number,
        "is_duplicate": certificate.is_duplicate,
        "kind": snapshot.get("kind", ""),
        "heading": snapshot["heading"],
        "name": name,
        "body": body,
        "programme": snapshot["course"],
        "facts": snapshot["facts"],
        "hours": snapshot.get("hours", 0),
        "completed_on": snapshot.get("completed_on", ""),
        "issued_at": certificate.issued_at.isoformat(),
        "issued_on": snapshot.get("issued_on", ""),
        "issuer": snapshot["issuer"],
        "signer": snapshot["signer_name"],
        "signer_position": snapshot.get("signer_position", ""),
        "region": snapshot.get("region", ""),
        "pdf_sha256": certificate.pdf_sha256,
    }
