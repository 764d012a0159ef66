"""A situation of the battery as plain data: what happened, replies from the best to the worst."""

from __future__ import annotations

from typing import Any

PLACES = 4
"""Every situation has four replies, and the best one stands in each place equally often."""


def rated(code: str, text: str, replies: list[tuple]) -> dict[str, Any]:
    """A situation in which each reply is rated. replies: (key 1..5, words[, is critical])."""
    return {
        "code": code,
        "scale": "situations",
        "kind": "rate_each",
        "text": text,
        "choices": [
            {"key": reply[0], "text": reply[1], "is_critical": len(reply) > 2 and reply[2]}
            for reply in replies
        ],
    }


def recognised(code: str, text: str, feelings: list[tuple[int, str]]) -> dict[str, Any]:
    """A situation in which a feeling is recognised. feelings: (points 0..2, words)."""
    return {
        "code": code,
        "scale": "situations",
        "kind": "recognition",
        "text": text,
        "choices": [{"key": key, "text": words, "is_critical": False} for key, words in feelings],
    }


def placed(situations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the replies moved round, so that the place of the best one tells nothing."""
    return [
        {**situation, "choices": _moved(situation["choices"], number % PLACES)}
        for number, situation in enumerate(situations)
    ]


def _moved(choices: list, by: int) -> list:
    return choices[-by:] + choices[:-by] if by else choices
