"""Commands of work in groups: the main room's, and the call for help from a group."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from webinars import breakouts
from webinars.live import log
from webinars.live.features.desk import PersonId, person_of
from webinars.live.features.registry import CommandContext, Feature, Rate, Refused, required_text
from webinars.live.permissions import Audience, Role, audiences_of, may
from webinars.live.protocol import ErrorCode, Payload
from webinars.live.rooms import live_urls, rules_of
from webinars.models.breakout import Breakout, BreakoutGroup, BreakoutSeat
from webinars.models.room import Room, Stream

feature = Feature("breakout", kinds=[Room.Kind.WEBINAR])
group_feature = Feature("group", kinds=[Room.Kind.BREAKOUT])

Minutes = Annotated[int, msgspec.Meta(ge=1, le=120)]


class Create(Payload, frozen=True):
    count: Annotated[int, msgspec.Meta(ge=1, le=30)]
    task: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Lasting(Payload, frozen=True):
    minutes: Minutes


class Move(Payload, frozen=True):
    user: PersonId
    group: Annotated[int, msgspec.Meta(ge=1, le=30)]


class Broadcast(Payload, frozen=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Nothing(Payload, frozen=True):
    pass


class Help(Payload, frozen=True):
    wanted: bool


@feature.command("breakout.create", payload=Create, permission="breakout.lead")
def create(context: CommandContext, payload: Create) -> None:
    """Divide those who are here now; a division that was not opened is thrown away."""
    standing = breakouts.current_breakout(context.room)
    if standing is not None and standing.opened_at is not None:
        raise Refused(ErrorCode.STATE, "the groups are at work")
    if standing is not None:
        breakouts.close_breakout(standing, now=context.now, actor=context.user)
    here = rules_of(context.room).present_in(context.room)
    breakout = breakouts.create_breakout(
        context.room, people=here, count=payload.count, task=payload.task.strip()
    )
    _tell_staff(context, breakout)


@feature.command("breakout.move", payload=Move, permission="breakout.lead")
def move(context: CommandContext, payload: Move) -> None:
    breakout = _standing(context.room)
    group = breakout.groups.filter(number=payload.group).first()
    if group is None:
        raise Refused(ErrorCode.FORBIDDEN)
    person = person_of(context.room, payload.user)
    breakouts.seat(breakout, person, group)
    _tell_staff(context, breakout)
    if breakout.opened_at is not None:
        context.append("breakout.moved", {"group": group.number}, to=Audience.ME, owner=person)


@feature.command("breakout.open", payload=Lasting, permission="breakout.lead")
def open_groups(context: CommandContext, payload: Lasting) -> None:
    breakout = _standing(context.room)
    if not breakouts.open_breakout(
        breakout, now=context.now, minutes=payload.minutes, actor=context.user
    ):
        raise Refused(ErrorCode.STATE, "the groups are at work")
    context.append("breakout.opened", breakouts.described(breakout))


@feature.command("breakout.extend", payload=Lasting, permission="breakout.lead")
def extend(context: CommandContext, payload: Lasting) -> None:
    breakout = _standing(context.room)
    if not breakouts.extend_breakout(breakout, minutes=payload.minutes):
        raise Refused(ErrorCode.STATE, "the groups are not at work")
    context.append("breakout.extended", breakouts.described(breakout))


@feature.command("breakout.broadcast", payload=Broadcast, permission="breakout.broadcast")
def broadcast(context: CommandContext, payload: Broadcast) -> None:
    breakouts.broadcast(_standing(context.room), required_text(payload.text))


@feature.command("breakout.close", payload=Nothing, permission="breakout.lead")
def close(context: CommandContext, payload: Nothing) -> None:
    breakouts.close_breakout(_standing(context.room), now=context.now, actor=context.user)


@feature.command("breakout.place", payload=Nothing, permission="breakout.help", rate=Rate(0.5, 5))
def place(context: CommandContext, payload: Nothing) -> dict[str, Any]:
    """One's own group and where it meets; a latecomer gets a place now."""
    breakout = _standing(context.room)
    if breakout.opened_at is None or Audience.STAFF in audiences_of(context.role):
        raise Refused(ErrorCode.STATE, "no group is waiting")
    is_late = not BreakoutSeat.objects.filter(breakout=breakout, user=context.user).exists()
    group = breakouts.place_of(breakout, context.user)
    if is_late:
        _tell_staff(context, breakout)
    others = group.seats.exclude(user=context.user).select_related("user")
    return {
        "group": group.number,
        "with": [other.user.get_short_name() for other in others],
        "urls": live_urls(group.room),
    }


@feature.command("breakout.results", payload=Nothing, permission="breakout.help", rate=Rate(0.5, 5))
def read_results(context: CommandContext, payload: Nothing) -> dict[str, Any]:
    """What the groups brought back."""
    return {"results": breakouts.results(context.room)}


@group_feature.command("group.help", payload=Help, permission="breakout.help")
def call_for_help(context: CommandContext, payload: Help) -> None:
    """Ask the trainer in, or say that it is no longer needed. Not limited: it is needed now."""
    group = BreakoutGroup.objects.select_related("breakout__room").get(room=context.room)
    wanted = context.now if payload.wanted else None
    BreakoutGroup.objects.filter(pk=group.pk).update(help_asked_at=wanted)
    data = {"group": group.number, "wanted": payload.wanted}
    context.append("group.help", data)
    main = log.shared_stream(group.breakout.room, Stream.Kind.STAFF)
    context.append_to(main, "breakout.help", data)


def _standing(room: Room) -> Breakout:
    breakout = breakouts.current_breakout(room)
    if breakout is None:
        raise Refused(ErrorCode.STATE, "there are no groups")
    return breakout


def _tell_staff(context: CommandContext, breakout: Breakout) -> None:
    """Names are for the staff, and too many for one frame in a crowd: they read the board anew."""
    context.append("breakout.changed", {"breakout": breakout.pk}, to=Audience.STAFF)


@feature.command("breakout.board", payload=Nothing, permission="people.list")
def read_board(context: CommandContext, payload: Nothing) -> dict[str, Any]:
    """Who sits where; only in the answer."""
    breakout = breakouts.current_breakout(context.room)
    if breakout is None:
        return {"board": [], "breakout": None}
    return {"board": breakouts.board(breakout), "breakout": breakouts.described(breakout)}


@feature.snapshot
def at_work(room: Room, role: Role) -> dict[str, Any]:
    breakout = breakouts.current_breakout(room)
    if breakout is None or (breakout.opened_at is None and not may(role, "breakout.lead")):
        return {"breakout": None}
    return {"breakout": breakouts.described(breakout)}


@group_feature.snapshot
def of_group(room: Room, role: Role) -> dict[str, Any]:
    group = BreakoutGroup.objects.select_related("breakout").get(room=room)
    return {
        "group": group.number,
        "task": group.breakout.task,
        "help": group.help_asked_at is not None,
    }
