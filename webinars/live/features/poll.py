"""Polls: prepared or asked on the spot, one answer a person.

A vote is no event of the log: it is an upsert, and its tally is a state. The result at the end is
an event for all; before, hosts and moderators see it, and everybody if the poll says so. In an
anonymous poll nobody is shown who chose what, and nobody could find out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.db.models import F

from lms.people.models import User
from webinars.live import log
from webinars.live.anonymity import forget_voters, voter_key
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
from webinars.models.room import Room, Stream

MOST_WORDS = 3
LONGEST_CLOUD = 60

feature = Feature("poll", kinds=[Room.Kind.WEBINAR])

Option = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
PollId = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class PollCreate(Payload, frozen=True):
    question: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    options: Annotated[list[Option], msgspec.Meta(max_length=10)] = []
    kind: Literal["single", "multiple", "scale", "words"] = "single"
    anonymous: bool = True
    live: bool = False


class PollChange(Payload, frozen=True):
    poll: PollId


class PollAnswer(Payload, frozen=True):
    poll: PollId
    choices: Annotated[list[int], msgspec.Meta(max_length=10)] = []
    words: Annotated[list[Word], msgspec.Meta(max_length=MOST_WORDS)] = []


class WordChoice(Payload, frozen=True):
    poll: PollId
    word: Word


@feature.command("poll.create", payload=PollCreate, permission="poll.create")
def create(context: CommandContext, payload: PollCreate) -> dict[str, Any]:
    takes_words = payload.kind == Poll.Kind.WORDS
    if takes_words != (not payload.options) or len(payload.options) == 1:
        raise Refused(ErrorCode.INVALID, field="/d/options")
    poll = Poll.objects.create(
        room=context.room,
        kind=payload.kind,
        question=payload.question,
        options=payload.options,
        is_anonymous=payload.anonymous,
        is_result_live=payload.live,
    )
    context.append("poll.created", described(poll), to=Audience.STAFF)
    return {"poll": str(poll.uuid)}


def tell_prepared(room: Room, polls: Iterable[Poll], *, actor: User) -> None:
    """Say in the log that polls were laid ready outside of the room."""
    for poll in polls:
        log.append(
            stream=log.shared_stream(room, Stream.Kind.STAFF),
            type="poll.created",
            data=described(poll),
            actor=actor,
            actor_role=Role.HOST,
        )


@feature.command("poll.open", payload=PollChange, permission="poll.open")
def open_poll(context: CommandContext, payload: PollChange) -> None:
    poll = _moved(context, payload.poll, Poll.State.DRAFT, Poll.State.OPEN, "opened_at")
    context.append("poll.opened", described(poll))


@feature.command("poll.close", payload=PollChange, permission="poll.close")
def close_poll(context: CommandContext, payload: PollChange) -> None:
    poll = _moved(context, payload.poll, Poll.State.OPEN, Poll.State.CLOSED, "closed_at")
    if poll.is_anonymous:
        forget_voters(poll.votes.all())
    context.append("poll.closed", described(poll) | tally(poll))


def close_all(room: Room, *, now: datetime) -> None:
    """End what was left open when the room ends, so that its voters are forgotten too."""
    for poll in Poll.objects.select_for_update().filter(room=room, state=Poll.State.OPEN):
        poll.state, poll.closed_at = Poll.State.CLOSED, now
        poll.save(update_fields=["state", "closed_at"])
        if poll.is_anonymous:
            forget_voters(poll.votes.all())


@feature.command(
    "poll.vote",
    payload=PollAnswer,
    permission="poll.vote",
    rate=Rate(2, 10),
    may_be_nameless=True,
)
def vote(context: CommandContext, payload: PollAnswer) -> None:
    """Answer, or change one's answer while the poll is open."""
    poll = _find(context.room, payload.poll, lock=True)
    if poll.state != Poll.State.OPEN:
        raise Refused(ErrorCode.STATE, "the poll is not open", data={"state": poll.state})
    if poll.is_anonymous:
        context.leave_no_name()
    PollVote.objects.update_or_create(
        poll=poll,
        voter=voter_key(poll.uuid, context.user.pk),
        defaults={
            "user": None if poll.is_anonymous else context.user,
            "choices": _choices(poll, payload),
            "words": _words(poll, payload),
        },
    )
    # What was chosen is not in the log: other devices of the person learn only that it was.
    context.append("poll.voted", {"poll": str(poll.uuid)}, to=Audience.ME, owner=context.user)
    _touch(context, poll)


@feature.command("poll.remove_word", payload=WordChoice, permission="poll.moderate")
def remove_word(context: CommandContext, payload: WordChoice) -> None:
    """A moderator takes a word out of the cloud, whoever wrote it."""
    poll = _find(context.room, payload.poll, lock=True)
    unwanted = _folded(payload.word)
    for given in poll.votes.all():
        if unwanted in given.words:
            given.words = [word for word in given.words if word != unwanted]
            given.save(update_fields=["words"])
    _touch(context, poll)
    if poll.state == Poll.State.CLOSED:
        context.append("poll.closed", described(poll) | tally(poll))


def _choices(poll: Poll, payload: PollAnswer) -> list[int]:
    """The chosen options, each once. Raises Refused ``invalid``."""
    if poll.kind == Poll.Kind.WORDS:
        if payload.choices:
            raise Refused(ErrorCode.INVALID, field="/d/choices")
        return []
    most = len(poll.options) if poll.kind == Poll.Kind.MULTIPLE else 1
    if not 1 <= len(set(payload.choices)) == len(payload.choices) <= most:
        raise Refused(ErrorCode.INVALID, field="/d/choices")
    for index, choice in enumerate(payload.choices):
        if not 0 <= choice < len(poll.options):
            raise Refused(ErrorCode.INVALID, field=f"/d/choices/{index}")
    return sorted(payload.choices)


def _words(poll: Poll, payload: PollAnswer) -> list[str]:
    """The words of an answer to a word cloud, each once. Raises Refused ``invalid``."""
    words = list(dict.fromkeys(filter(None, map(_folded, payload.words))))
    if bool(words) != (poll.kind == Poll.Kind.WORDS):
        raise Refused(ErrorCode.INVALID, field="/d/words")
    return words


def _folded(word: str) -> str:
    """Words that differ only in case and spaces are one."""
    return " ".join(word.lower().split())


def _touch(context: CommandContext, poll: Poll) -> None:
    Poll.objects.filter(pk=poll.pk).update(version=F("version") + 1)
    context.touch("poll", key=str(poll.uuid))
    context.touch("poll.live" if poll.is_result_live else "poll.turnout", key=str(poll.uuid))


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
    except (Poll.DoesNotExist, ValueError):
        raise Refused(ErrorCode.FORBIDDEN) from None


def described(poll: Poll) -> dict[str, Any]:
    return {
        "poll": str(poll.uuid),
        "kind": poll.kind,
        "question": poll.question,
        "options": poll.options,
        "anonymous": poll.is_anonymous,
        "live": poll.is_result_live,
        "state": poll.state,
    }


def tally(poll: Poll) -> dict[str, Any]:
    """How many answered; how many chose each option, or wrote each word (most frequent first)."""
    votes = list(poll.votes.values_list("choices", "words"))
    if poll.kind == Poll.Kind.WORDS:
        cloud = Counter(word for _choices, words in votes for word in words)
        ordered = sorted(cloud.items(), key=lambda found: (-found[1], found[0]))
        return {"total": len(votes), "words": ordered[:LONGEST_CLOUD]}
    by = Counter(choice for choices, _words in votes for choice in choices)
    return {"total": len(votes), "by": [by[index] for index in range(len(poll.options))]}


def names(poll: Poll) -> list[dict[str, Any]]:
    """Who chose what, in a poll that said beforehand that it is not anonymous."""
    if poll.is_anonymous:
        return []
    votes = poll.votes.filter(user__isnull=False).select_related("user").order_by("pk")
    return [
        {"id": log.public_id(v.user.pk), "n": v.user.get_short_name(), "choices": v.choices}
        | ({"words": v.words} if v.words else {})
        for v in votes
    ]


@feature.state("poll", audience=Audience.STAFF)
def current_tally(room: Room, key: str) -> StateValue | None:
    poll = Poll.objects.filter(room=room, uuid=key).first()
    return StateValue(poll.version, tally(poll)) if poll is not None else None


@feature.state("poll.live", audience=Audience.ROOM)
def live_tally(room: Room, key: str) -> StateValue | None:
    """The tally for everybody, of a poll that shows it while people answer."""
    poll = Poll.objects.filter(room=room, uuid=key, is_result_live=True).first()
    return StateValue(poll.version, tally(poll)) if poll is not None else None


@feature.state("poll.turnout", audience=Audience.ROOM)
def turnout(room: Room, key: str) -> StateValue | None:
    poll = Poll.objects.filter(room=room, uuid=key).first()
    return StateValue(poll.version, {"total": poll.votes.count()}) if poll is not None else None


@feature.present
def open_polls(room: Room, role: Role) -> Iterator[tuple[str, str, StateValue]]:
    is_staff = Audience.STAFF in audiences_of(role)
    for poll in Poll.objects.filter(room=room, state=Poll.State.OPEN):
        key = str(poll.uuid)
        counted = tally(poll) if is_staff or poll.is_result_live else {"total": poll.votes.count()}
        if is_staff:
            yield "poll", key, StateValue(poll.version, counted)
        shown = counted if poll.is_result_live else {"total": counted["total"]}
        type = "poll.live" if poll.is_result_live else "poll.turnout"
        yield type, key, StateValue(poll.version, shown)


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
    if poll.state == Poll.State.OPEN and not (is_staff or poll.is_result_live):
        counted = {"total": counted["total"]}
    if is_staff and not poll.is_anonymous:
        counted["names"] = names(poll)
    return told | counted


@feature.personal
def own_votes(room: Room, user: User, role: Role) -> dict[str, Any]:
    """One's own answers; of an anonymous poll only while it is open."""
    votes = {}
    for poll in Poll.objects.filter(room=room).exclude(state=Poll.State.DRAFT):
        own = poll.votes.filter(voter=voter_key(poll.uuid, user.pk)).first()
        if own is not None:
            votes[str(poll.uuid)] = own.words or own.choices
    return {"votes": votes}
