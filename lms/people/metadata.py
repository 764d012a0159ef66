"""Notes of a region's own systems beside a person, an organisation or an enrolment. Pure.

A map of short texts that we keep and give back, and never read.
"""

from __future__ import annotations

from collections.abc import Mapping

Metadata = dict[str, str]
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 20, 40, 500


def joined(own: Mapping[str, str], other: Mapping[str, str]) -> Metadata:
    """Both maps in one: ``own`` wins, and of ``other`` comes what there is room for."""
    together = dict(own)
    for key, value in other.items():
        if len(together) < MOST_KEYS:
            together.setdefault(key, value)
    return together
