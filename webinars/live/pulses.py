"""Signals that are not stored: typing, reactions. Gathered, so that a crowd costs a few frames.

Each process gathers what its sockets send, tells all processes twice a second, and passes on what
it has heard as one state for the whole room. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

Items = dict[str, int | str]
MOST_ITEMS = 24
"""More names than anybody reads, more kinds of reactions than there are."""


class Pulses:
    """Signals on their way out of this process and into it, by type."""

    def __init__(self) -> None:
        self._gathered: dict[str, Items] = {}
        self._heard: dict[str, Items] = {}

    def gather(self, type: str, items: Mapping[str, int | str]) -> None:
        """From a socket of this process."""
        _merge(self._gathered.setdefault(type, {}), items)

    def hear(self, type: str, items: Mapping[str, int | str]) -> None:
        """From any process, this one included."""
        _merge(self._heard.setdefault(type, {}), items)

    def take_gathered(self) -> dict[str, Items]:
        taken, self._gathered = self._gathered, {}
        return taken

    def take_heard(self) -> dict[str, Items]:
        taken, self._heard = self._heard, {}
        return taken


def _merge(into: Items, items: Mapping[str, int | str]) -> None:
    """Numbers are added up, texts replaced; beyond so many keys nothing new is taken."""
    for key, value in items.items():
        known = into.get(key)
        if isinstance(value, int) and isinstance(known, int):
            into[key] = known + value
        elif known is not None or len(into) < MOST_ITEMS:
            into[key] = value
