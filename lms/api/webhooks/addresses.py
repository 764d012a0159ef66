"""Where a webhook may go: never into the operator's own network (SSRF).

A name is resolved once, every address it has is judged, and the connection goes to the address
that was judged, so a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_TUNNELS = (
    ipaddress.IPv6Network("2002::/16"),  # 6to4: an IPv4 address inside
    ipaddress.IPv6Network("2001::/32"),  # Teredo: the same
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # NAT64 of one's own network
)


class AddressRefused(Exception):
    """The address must not be called. ``reason``: one of the codes below."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


NOT_AN_ADDRESS, NOT_HTTPS, NOT_FOUND, FORBIDDEN = (
    "not-an-address",
    "not-https",
    "name-not-found",
    "address-forbidden",
)


@dataclass(frozen=True)
class Target:
    """Where to connect (``ip``) and as what to be known there (``host``)."""

    ip: str
    host: str
    port: int
    is_https: bool
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.is_https else 80
        return host if self.port == usual else f"{host}:{self.port}"


def is_forbidden(address: Address) -> bool:
    """Whether an address leads anywhere but to the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_forbidden(address.ipv4_mapped)
        if address in _NAT64:
            return is_forbidden(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.is_site_local or any(address in tunnel for tunnel in _TUNNELS):
            return True
    return not address.is_global or address.is_multicast or address.is_reserved


@dataclass(frozen=True)
class _Parts:
    host: str
    port: int
    is_https: bool
    path: str


def parsed(url: str) -> _Parts:
    """The parts of an address, without asking the network. Raises AddressRefused."""
    if not url.isprintable() or " " in url or len(url) > 500:
        raise AddressRefused(NOT_AN_ADDRESS)
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:  # UnicodeError is one
        raise AddressRefused(NOT_AN_ADDRESS) from None
    is_sound = parts.scheme in ("http", "https") and host and not parts.fragment
    if not is_sound or parts.username is not None or parts.password is not None or port == 0:
        raise AddressRefused(NOT_AN_ADDRESS)
    is_https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise AddressRefused(NOT_AN_ADDRESS)
    return _Parts(host, port or (443 if is_https else 80), is_https, path)


def resolved(url: str, *, allowed: Sequence[Network] = ()) -> Target:
    """Resolve ``url`` and judge it. ``allowed``: networks that the operator permits.

    Plain HTTP is for these networks only. Raises AddressRefused.
    """
    parts = parsed(url)
    addresses = _addresses_of(parts.host, parts.port)
    is_permitted = all(any(address in network for network in allowed) for address in addresses)
    if not is_permitted:
        if any(is_forbidden(address) for address in addresses):
            raise AddressRefused(FORBIDDEN)
        if not parts.is_https:
            raise AddressRefused(NOT_HTTPS)
    return Target(str(addresses[0]), parts.host, parts.port, parts.is_https, parts.path)


def _addresses_of(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(NOT_FOUND) from None
    # A scope id (fe80::1%eth0) is no part of the address.
    return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
