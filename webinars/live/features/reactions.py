"""Reactions: a short sign to everybody, never stored."""

from __future__ import annotations

from typing import Literal

from webinars.live.features.registry import Feature, Rate, SignalContext
from webinars.live.protocol import Payload
from webinars.models.room import Room

feature = Feature("reactions", kinds=[Room.Kind.WEBINAR])


class Reaction(Payload, frozen=True):
    e: Literal["thanks", "agree", "support", "wow", "slower"]


@feature.signal("reaction", payload=Reaction, permission="react", rate=Rate(1, 3))
def react(context: SignalContext, payload: Reaction) -> dict[str, int | str]:
    return {payload.e: 1}
