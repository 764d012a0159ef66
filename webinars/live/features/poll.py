"""Polls: prepared or asked on the spot, one answer a person, nobody shown who chose what.

A vote is no event of the log: it is an upsert, and its tally is a state. While the poll is open
only hosts and moderators see the tally, everybody else how many have voted; the result at the
end is an event for all.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Count, F

from lms.people.models import User
from webinars.live.features.registry import (
    CommandContext,
    Feature,
    Rate,
    Refused,
    StateValue,
)
from webinars.live.permissions import Audience, Role, audiences_of
from webinars.live.protocol import ErrorCode, Payload
from webinars.models.poll import Poll, PollVote
from webinars.models.room import Room

feature = Feature("poll", kinds=[Room.Kind.WEBINAR])

Option = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
PollId = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class PollCreate(Payload, frozen=True):
    question: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    options: Annotated[list[Option], msgspec.Meta(min_length=2, max_length=10)]


class PollChange(Payload, frozen=True):
    poll: PollId


class PollAnswer(Payload, frozen=True):
    poll: PollId
    choices: Annotated[list[int], msgspec.Meta(min_length=1, max_length=1)]


@feature.command("poll.create", payload=PollCreate, permission="poll.create")
def create(context: CommandContext, payload: PollCreate) -> dict[str, Any]:
    poll = Poll.objects.create(
        room=context.room, question=payload.question, options=payload.options
    )
    context.append("poll.created", described(poll), to=Audience.STAFF)
    return {"poll": str(poll.uuid)}


@feature.command("poll.open", payload=PollChange, permission="poll.open")
def open_poll(context: CommandContext, payload: PollChange) -> None:
    poll = _moved(context, payload.poll, Poll.State.DRAFT, Poll.State.OPEN, "opened_at")
    context.append("poll.opened", described(poll))


@feature.command("poll.close", payload=PollChange, permission="poll.close")
def close_poll(context: CommandContext, payload: PollChange) -> None:
    poll = _moved(context, payload.poll, Poll.State.OPEN, Poll.State.CLOSED, "closed_at")
    context.append("poll.closed", described(poll) | tally(poll))


@feature.command("poll.vote", payload=PollAnswer, permission="poll.vote", rate=Rate(2, 10))
def vote(context: CommandContext, payload: PollAnswer) -> None:
    """Answer, or change one's answer while the poll is open."""
    poll = _find(context.room, payload.poll, lock=True)
    if poll.state != Poll.State.OPEN:
        raise Refused(ErrorCode.STATE, "the poll is not open", data={"state": poll.state})
    choice = payload.choices[0]
    if not 0 <= choice < len(poll.options):
        raise Refused(ErrorCode.INVALID, field="/d/choices/0")
    PollVote.objects.update_or_create(poll=poll, user=context.user, defaults={"choice": choice})
    Poll.objects.filter(pk=poll.pk).update(version=F("version") + 1)
    mine = {"poll": str(poll.uuid), "choices": [choice]}
    context.append("poll.voted", mine, to=Audience.ME, owner=context.user)
    context.touch("poll", key=str(poll.uuid))
    context.touch("poll.turnout", key=str(poll.uuid))


def _moved(
    context: CommandContext, poll_id: str, source: Poll.State, target: Poll.State, stamp: str
) -> Poll:
    """The poll in its next state; of two who move it at once, one is refused."""
    poll = _find(context.room, poll_id)
    moved = Poll.objects.filter(pk=poll.pk, state=source).update(
        state=target, **{stamp: context.now}
    )
    poll.refresh_from_db()
    if not moved:
        raise Refused(ErrorCode.STATE, f"the poll is {poll.state}", data={"state": poll.state})
    return poll


def _find(room: Room, poll_id: str, *, lock: bool = False) -> Poll:
    """A poll of this room; one of another room is refused like one that does not exist."""
    polls = Poll.objects.select_for_update() if lock else Poll.objects.all()
    try:
        return polls.get(room=room, uuid=UUID(poll_id))
    except (Poll.DoesNotExist, ValidationError, ValueError):
        raise Refused(ErrorCode.FORBIDDEN) from None


def described(poll: Poll) -> dict[str, Any]:
    return {
        "poll": str(poll.uuid),
        "question": poll.question,
        "options": poll.options,
        "state": poll.state,
    }


def tally(poll: Poll) -> dict[str, Any]:
    """How many chose each option, and how many in all."""
    by = [0] * len(poll.options)
    counted = poll.votes.order_by().values_list("choice").annotate(Count("id"))
    for choice, count in counted:
        by[choice] = count
    return {"total": sum(by), "by": by}


@feature.state("poll", audience=Audience.STAFF)
def current_tally(room: Room, key: str) -> StateValue | None:
    poll = Poll.objects.filter(room=room, uuid=key).first()
    return StateValue(poll.version, tally(poll)) if poll is not None else None


@feature.state("poll.turnout", audience=Audience.ROOM)
def turnout(room: Room, key: str) -> StateValue | None:
    poll = Poll.objects.filter(room=room, uuid=key).first()
    return StateValue(poll.version, {"total": poll.votes.count()}) if poll is not None else None


@feature.snapshot
def polls(room: Room, role: Role) -> dict[str, Any]:
    """Open and closed polls; hosts and moderators also see prepared ones and tallies."""
    is_staff = Audience.STAFF in audiences_of(role)
    shown = Poll.objects.filter(room=room)
    if not is_staff:
        shown = shown.exclude(state=Poll.State.DRAFT)
    return {"polls": [_shown(poll, is_staff=is_staff) for poll in shown]}


def _shown(poll: Poll, *, is_staff: bool) -> dict[str, Any]:
    told = described(poll) | {"n": poll.version}
    counted = tally(poll)
    if not is_staff and poll.state == Poll.State.OPEN:
        del counted["by"]
    return told | counted


@feature.personal
def own_votes(room: Room, user: User, role: Role) -> dict[str, Any]:
    votes = PollVote.objects.filter(poll__room=room, user=user).select_related("poll")
    return {"votes": {str(vote.poll.uuid): [vote.choice] for vote in votes}}
