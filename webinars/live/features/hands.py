"""Raised hands: a queue in the order in which they went up."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from webinars.live import log
from webinars.live.features.registry import CommandContext, Feature, Rate, Refused
from webinars.live.permissions import Role
from webinars.live.protocol import ErrorCode, Payload
from webinars.models.members import RaisedHand
from webinars.models.room import Room

feature = Feature("hands", kinds=[Room.Kind.WEBINAR])


class Nothing(Payload, frozen=True):
    pass


class Whose(Payload, frozen=True):
    user: Annotated[str, msgspec.Meta(pattern=r"^u_[0-9]{1,18}\Z")]


@feature.command("hand.raise", payload=Nothing, permission="hand.raise", rate=Rate(1 / 3, 3))
def raise_hand(context: CommandContext, payload: Nothing) -> None:
    """Once more changes nothing: the place in the queue stays."""
    _hand, is_new = RaisedHand.objects.get_or_create(
        room=context.room, user=context.user, defaults={"raised_at": context.now}
    )
    if is_new:
        context.append("hand.raised", _person(context.user))


@feature.command("hand.lower", payload=Nothing, permission="hand.raise", rate=Rate(1 / 3, 3))
def lower_hand(context: CommandContext, payload: Nothing) -> None:
    if RaisedHand.objects.filter(room=context.room, user=context.user).delete()[0]:
        context.append("hand.lowered", {"id": log.public_id(context.user.pk)})


@feature.command("hand.lower_other", payload=Whose, permission="hand.manage")
def lower_other(context: CommandContext, payload: Whose) -> None:
    """The host gives somebody the word, or takes the hand down."""
    user_id = int(payload.user.removeprefix("u_"))
    if not RaisedHand.objects.filter(room=context.room, user_id=user_id).delete()[0]:
        raise Refused(ErrorCode.FORBIDDEN)
    context.append("hand.lowered", {"id": payload.user})


@feature.command("hand.lower_all", payload=Nothing, permission="hand.manage")
def lower_all(context: CommandContext, payload: Nothing) -> None:
    if RaisedHand.objects.filter(room=context.room).delete()[0]:
        context.append("hand.all_lowered", {})


def _person(user) -> dict[str, str]:
    return {"id": log.public_id(user.pk), "n": user.get_short_name()}


@feature.snapshot
def queue(room: Room, role: Role) -> dict[str, Any]:
    hands = RaisedHand.objects.filter(room=room).select_related("user")
    return {"queue": [_person(hand.user) for hand in hands]}
